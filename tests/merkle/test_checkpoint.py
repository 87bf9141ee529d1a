"""Keys, checkpoints and proofs: known answers byte for byte, and everything that must be refused."""

import base64
import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.gitworld import ORIGIN

from runner.audit.outbox import Occasion
from runner.audit.outbox import body as notice_body
from runner.audit.records import strict_json
from runner.merkle.checkpoint import BadCheckpoint, body, read, root_from_text, sign
from runner.merkle.keys import BadKey, Signer, Verifier
from runner.merkle.proof import hashes, inclusion_text
from runner.merkle.tree import Tree, leaf_hash
from runner.model.log import Checkpoint, Record

KNOWN = Path(__file__).with_name("known_answers")
RECORDS = [(KNOWN / f"record-{index}.json").read_bytes() for index in range(4)]
NOTE = (KNOWN / "checkpoint").read_bytes()
PROOF = (KNOWN / "proof.txt").read_text()
VKEY = f"{ORIGIN}+27053ca4+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
SKEY = f"PRIVATE+KEY+{ORIGIN}+27053ca4+AQABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"
ROOT = "nRStI5N8mlnPDzp8rbt+Z8GWm58WNbv9m8UrCyvpqPk="
TREE = Tree(leaf_hash(data) for data in RECORDS)
SIGNER, VERIFIER = Signer.parse(SKEY), Verifier.parse(VKEY)


def test_known_answer_of_the_tree():
    assert hashes([leaf_hash(data) for data in RECORDS]) == [
        "PkLYBtFsoWXFppdvWz45UDv0/QdXspsumOphUPq+QYA=",
        "GLxHIt2abU4fGRlP7+k/vyvLVoF8wqrR8nsfMZo3rPQ=",
        "0HhsbaYBEgoSnPw8Zq+wq53cGU8CsZIoURyW6CemRdY=",
        "IAq4OmJ+SKQzmDDJR+snA9maZ2aNUcYHRKMu4hf7m6Y=",
    ]
    assert hashes([TREE.root()]) == [ROOT]
    assert hashes([TREE.root(3)]) == ["G+vmQfIXhhTBvfklw0SvsUPVgPTm2nnOQsldzyEa7ko="]
    assert hashes(TREE.frontier(3)) == [
        "7X2mdaxJuFhiHWRu4eHf3b4AcSufvm3YfHTIuv/+zm4=",
        "0HhsbaYBEgoSnPw8Zq+wq53cGU8CsZIoURyW6CemRdY=",
    ]
    assert hashes(TREE.consistency(3, 4)) == [
        "0HhsbaYBEgoSnPw8Zq+wq53cGU8CsZIoURyW6CemRdY=",
        "IAq4OmJ+SKQzmDDJR+snA9maZ2aNUcYHRKMu4hf7m6Y=",
        "7X2mdaxJuFhiHWRu4eHf3b4AcSufvm3YfHTIuv/+zm4=",
    ]


def test_known_answer_of_the_keys():
    assert Signer(ORIGIN, bytes(range(32))).secret() == SKEY
    assert str(SIGNER.verifier) == VKEY
    assert SIGNER.verifier == VERIFIER


def test_known_answer_of_the_checkpoint():
    assert sign(Checkpoint(ORIGIN, 4, TREE.root()), SIGNER) == NOTE
    assert read(NOTE, ORIGIN, [VERIFIER]) == Checkpoint(ORIGIN, 4, TREE.root())


def test_known_answer_of_the_proof():
    assert inclusion_text(3, TREE.inclusion(3, 4), NOTE) == PROOF
    assert len(PROOF.encode()) == 343


def test_known_answer_of_the_notice():
    record = Record(3, RECORDS[3], strict_json(RECORDS[3]))
    made = notice_body(ORIGIN, record, TREE, Occasion(NOTE, 4, 3))
    known = made.replace(b'"type":"purgectl.', b'"type":"com.example.')
    assert hashlib.sha256(known).hexdigest() == (
        "8b0ecbb933cc852902864c08b75c29c52eb30161ac2efa8dd039c10186ae6288"
    )
    assert len(known) == 1430


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not on this machine")
def test_openssl_verifies_the_checkpoint_without_our_code(tmp_path):
    """The recipe of docs/audit-log.md, with the files that it names."""
    text, _, signatures = NOTE.rpartition(b"\n\n")
    signature = base64.b64decode(signatures.split()[-1])
    (tmp_path / "text").write_bytes(text + b"\n")
    (tmp_path / "sig").write_bytes(signature[-64:])
    public = base64.b64decode(VKEY.split("+", 2)[2])
    (tmp_path / "pub.der").write_bytes(bytes.fromhex("302a300506032b6570032100") + public[-32:])
    command = ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", "pub.der", "-rawin"]
    command += ["-in", "text", "-sigfile", "sig"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "Signature Verified Successfully" in done.stdout
    (tmp_path / "text").write_bytes(text.replace(b"\n4\n", b"\n5\n") + b"\n")
    assert subprocess.run(command, cwd=tmp_path, capture_output=True).returncode != 0


@given(st.integers(0, len(NOTE) - 1), st.integers(1, 255))
def test_no_changed_byte_of_a_note_passes(place, change):
    changed = bytearray(NOTE)
    changed[place] ^= change
    with pytest.raises(BadCheckpoint):
        read(bytes(changed), ORIGIN, [VERIFIER])


OTHER = Signer.generate(ORIGIN)


def note(text, *signers):
    lines = [
        f"— {signer.name} {base64.b64encode(signer.verifier.id + signer.sign(text.encode())).decode()}\n"
        for signer in signers
    ]
    return f"{text}\n{''.join(lines)}".encode()


GOOD = body(Checkpoint(ORIGIN, 4, TREE.root()))


def test_an_unknown_signature_beside_a_good_one_is_ignored():
    assert read(note(GOOD, OTHER, SIGNER), ORIGIN, [VERIFIER]).size == 4


@pytest.mark.parametrize(
    ("data", "says"),
    [
        pytest.param(note(GOOD, OTHER), "no trusted key", id="another key"),
        pytest.param(note(GOOD), "not a signed note", id="no signature"),
        pytest.param(GOOD.encode(), "not a signed note", id="text alone"),
        pytest.param(NOTE.rstrip(b"\n"), "not a signed note", id="no final newline"),
        pytest.param(NOTE + b"\n", "not a signed note", id="one newline more"),
        pytest.param(NOTE.replace(b"\n", b"\r\n"), "not a signed note", id="CRLF"),
        pytest.param(b"\xff" + NOTE, "not UTF-8", id="not UTF-8"),
        pytest.param(NOTE + b"x" * 20_000, "too large", id="too large"),
        pytest.param(b"", "not a signed note", id="empty"),
        pytest.param(note(GOOD + "extension\n", SIGNER), "nothing else", id="extension line"),
        pytest.param(note(GOOD.replace("\n4\n", "\n04\n"), SIGNER), "no size", id="leading zero"),
        pytest.param(note(GOOD.replace("\n4\n", "\n-4\n"), SIGNER), "no size", id="negative"),
        pytest.param(note(GOOD.replace(ORIGIN, "other.example/log"), SIGNER), "origin differs", id="origin"),
        pytest.param(note(GOOD.replace(ROOT, ROOT[4:]), SIGNER), "32 bytes", id="short root"),
        pytest.param(NOTE + b"\xe2\x80\x94 x !!\n", "malformed signature", id="garbage signature"),
        pytest.param(NOTE.replace(b"JwU8p", b"=wU8p"), "canonical base64", id="broken base64"),
    ],
)
def test_a_bad_note_is_refused_with_a_reason(data, says):
    with pytest.raises(BadCheckpoint, match=says):
        read(data, ORIGIN, [VERIFIER])


def test_a_root_must_be_written_in_one_way_only():
    assert root_from_text(ROOT) == TREE.root()
    for text in ("", "x", ROOT[:-1], ROOT[:-2] + "l=", " " + ROOT, "ü"):
        with pytest.raises(BadCheckpoint):
            root_from_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "+",
        "name",
        "name+27053ca4",
        VKEY.replace("27053ca4", "27053ca5"),
        VKEY.replace("27053ca4", "27053CA4"),
        VKEY[:-1],
        VKEY[:-2] + "!!",
        VKEY.replace("+AQ", "+Ag"),
        f"a b+27053ca4+{VKEY.split('+', 2)[2]}",
        VKEY + "\n",
        "ö" + VKEY,
        SKEY,
    ],
)
def test_what_is_no_verifier_key_is_refused(text):
    with pytest.raises(BadKey):
        Verifier.parse(text)


@pytest.mark.parametrize("text", ["", VKEY, SKEY[:-1], SKEY.replace("27053ca4", "00000000"), SKEY + "="])
def test_what_is_no_signing_key_is_refused_and_never_quoted(text):
    with pytest.raises(BadKey) as caught:
        Signer.parse(text)
    assert "AQABAgME" not in str(caught.value)


def test_a_signer_never_shows_its_seed():
    assert "AQABAgME" not in repr(SIGNER)
    assert repr(bytes(range(32)))[2:-1] not in repr(SIGNER)


@pytest.mark.parametrize("origin", ["", "a b", "a+b", "a\nb", "é", "x" * 201])
def test_an_origin_that_cannot_name_a_key_is_refused(origin):
    with pytest.raises(BadKey):
        Signer.generate(origin)


@given(st.binary(max_size=100))
def test_what_is_signed_verifies_and_nothing_else(message):
    signature = SIGNER.sign(message)
    assert VERIFIER.verifies(signature, message)
    assert not VERIFIER.verifies(signature, message + b"x")
    assert not OTHER.verifier.verifies(signature, message)
