"""``purgectl audit proof`` and ``verify-proof``: from a log to three files, and from them to a verdict."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.auditcommand import audit, valid
from support.auditdrafts import Drafting, key_draft
from support.faketime import START
from support.forgery import record_bytes
from support.gitworld import ORIGIN, GitWorld, git

from runner.merkle.keys import Signer, Verifier
from runner.merkle.proof import BadProof, prove, read_inclusion
from runner.model.log import RecordType

D = Drafting()
TARGET = ("--target", "sandbox")
KNOWN = Path(__file__).resolve().parents[1] / "merkle" / "known_answers"
VKEY = f"{ORIGIN}+27053ca4+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
PROOF, RECORD = (KNOWN / "proof.txt").read_bytes(), (KNOWN / "record-3.json").read_bytes()


@pytest.fixture
def log(tmp_path):
    """A log of five records, known to the clone."""
    world = GitWorld.with_log(tmp_path, events=())
    world.store().append([D.intended(), D.submitted(), D.ended(), D.verified()])
    git(world.clone, "fetch", "--quiet", "origin")
    return world


def proof(log, *arguments):
    return audit(log.clone, "proof", *TARGET, *arguments)


def checked(folder, *arguments, key=VKEY, record="r.json", file="r.proof"):
    return audit(folder, "verify-proof", "--vkey", str(key), "--record", record, file, *arguments)


@pytest.fixture
def known(tmp_path):
    """A folder with the published example, and no repository around it."""
    (tmp_path / "r.proof").write_bytes(PROOF)
    (tmp_path / "r.json").write_bytes(RECORD)
    return tmp_path


@pytest.mark.parametrize("index", range(5))
def test_every_record_is_proven_outside_any_repository(log, tmp_path_factory, index):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    files = ("--record", str(elsewhere / "r.json"), "-o", str(elsewhere / "r.proof"))
    made = proof(log, "--index", str(index), *files)
    assert (made.code, made.out) == (0, "")
    assert (elsewhere / "r.json").read_bytes() == record_bytes(log, index)
    done = checked(elsewhere, key=log.signer.verifier)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"Proven: record {index} is in the log {ORIGIN}\n")
    document = valid("proof", json.loads(checked(elsewhere, "--format", "json", key=log.signer.verifier).out))
    assert (document["index"], document["record"]) == (index, json.loads(record_bytes(log, index)))


def test_a_proof_goes_to_stdout_and_a_record_is_found_by_its_id(log):
    by_index = proof(log, "--index", "3").out
    assert by_index.startswith("c2sp.org/tlog-proof@v1\nindex 3\n")
    record_id = json.loads(record_bytes(log, 3))["id"]
    assert proof(log, "--id", record_id).out == by_index


def test_no_file_that_exists_is_overwritten(log):
    (log.clone / "there").write_text("mine")
    for arguments in (("-o", "there"), ("--record", "there")):
        done = proof(log, "--index", "1", *arguments)
        assert (done.code, "there is a file already" in done.err) == (2, True)
    assert (log.clone / "there").read_text() == "mine"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((), 2),
        (("--index", "1", "--id", "x"), 2),
        (("--index", "5"), 2),
        (("--index", "-1"), 2),
        (("--id", "nothing\x1b[31m"), 2),
        (("--index", "1", "--vkey", VKEY), 6),
    ],
)
def test_what_cannot_be_proven_is_refused(log, arguments, code):
    done = proof(log, *arguments)
    assert (done.code, done.out) == (code, "")
    assert "\x1b" not in done.err


def test_a_log_that_does_not_verify_proves_nothing(log):
    forged = log.repository().commit(log.tip(), {"records/000/000/001.json": b"{}"}, "x", START)
    git(log.clone, "update-ref", "refs/remotes/origin/audit/sandbox", forged)
    done = proof(log, "--index", "0")
    assert (done.code, done.out) == (6, "")
    assert "record 1 was changed" in done.err


def test_a_record_that_only_a_stolen_key_vouches_for_is_not_proven(log):
    new = Signer.generate(ORIGIN)
    trusted = [log.signer.verifier, new.verifier]
    log.store(verifiers=trusted).append([key_draft(RecordType.KEY_ADDED, new.verifier)])
    told = key_draft(RecordType.KEY_COMPROMISED, log.signer.verifier, from_size=3)
    log.store(signer=new, verifiers=trusted).append([told])
    git(log.clone, "fetch", "--quiet", "origin")
    assert [proof(log, "--vkey", str(new.verifier), "--index", str(i)).code for i in range(7)] == [
        *(0, 0, 0),
        *(9, 9, 9),
        0,
    ]


def test_the_published_example_holds(known):
    done = checked(known)
    assert done.code == 0
    assert "checkpoint  4:nRStI5N8mlnPDzp8rbt+Z8GWm58WNbv9m8UrCyvpqPk=" in done.out
    document = valid("proof", json.loads(checked(known, "--format", "json").out))
    assert document["record"] is None


@pytest.mark.parametrize(
    ("file", "change", "says"),
    [
        ("r.json", lambda data: data + b"\n", "not number 3"),
        ("r.json", lambda data: data.replace(b"1481", b"1480"), "not number 3"),
        ("r.json", lambda data: b"", "not number 3"),
        ("r.json", lambda data: b"x" * 100_000, "not number 3"),
        ("r.proof", lambda data: b"", "must begin with"),
        ("r.proof", lambda data: b"\xff" + data, "not UTF-8"),
        ("r.proof", lambda data: data.replace(b"\n", b"\r\n"), "must begin with"),
        ("r.proof", lambda data: data.replace(b"@v1\n", b"@v1\nextra eA==\n"), "index of a record"),
        ("r.proof", lambda data: data.replace(b"index 3", b"index 03"), "index of a record"),
        ("r.proof", lambda data: data.replace(b"index 3", b"index 2"), "not number 2"),
        ("r.proof", lambda data: data.replace(b"0HhsbaYB", b"0HhsbaY"), "base64 of 32 bytes"),
        ("r.proof", lambda data: data.replace(b"index 3\n", b"index 3\n" + b"A" * 43 + b"=\n"), "number 3"),
        ("r.proof", lambda data: data.replace(b"index 3\n", b"index 3\n" + b"A" * 20_000), "base64 of 32"),
        ("r.proof", lambda data: data.replace(b"index 3\n", b"index 3\n" + b"\n" * 9000), "nothing else"),
        ("r.proof", lambda data: data + b"x" * 40_000, "more than 32768 bytes"),
        ("r.proof", lambda data: data.replace(b"\n4\n", b"\n5\n"), "signature on the checkpoint is false"),
        ("r.proof", lambda data: data.replace(b"audit.example.com", b"audit.example.org"), "origin differs"),
        ("r.proof", lambda data: data.replace(b"JwU8p", b"KwU8p"), "no trusted key has signed"),
    ],
)
def test_every_change_exits_6_and_says_what_is_wrong(known, file, change, says):
    (known / file).write_bytes(change((known / file).read_bytes()))
    done = checked(known)
    assert (done.code, done.out) == (6, "")
    assert says in done.err


@settings(max_examples=300)
@given(place=st.integers(0, len(PROOF) - 1), bit=st.integers(1, 255))
def test_no_flipped_byte_of_a_proof_proves_anything(place, bit):
    changed = PROOF[:place] + bytes([PROOF[place] ^ bit]) + PROOF[place + 1 :]
    with pytest.raises(BadProof):
        prove(RECORD, read_inclusion(changed), [Verifier.parse(VKEY)])


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data):
    for text in (data, PROOF[:31] + data):
        with pytest.raises(BadProof):
            prove(RECORD, read_inclusion(text), [Verifier.parse(VKEY)])


def test_another_key_does_not_do(known):
    done = checked(known, key=Signer.generate(ORIGIN).verifier)
    assert done.code == 6
    assert "by key id 27053ca4" in done.err
    assert checked(known, "--vkey", VKEY, key=Signer.generate(ORIGIN).verifier).code == 0
    assert checked(known, key=Signer.generate("other.example/log").verifier).code == 6
    assert checked(known, key="nonsense\x1b[31m").code == 2


@pytest.mark.parametrize("name", ["gone", ".", "a\x1b[31mb"])
def test_a_file_that_cannot_be_read_exits_9(known, name):
    for done in (checked(known, file=name), checked(known, record=name)):
        assert done.code == 9
        assert "\x1b" not in done.err
        assert re.search(r"^  next:  ", done.err, re.MULTILINE)
