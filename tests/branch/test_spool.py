"""The spool: what it holds, whom it believes, and that nothing of it gets lost or in by force."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.auditdrafts import Drafting
from support.gitworld import ORIGIN

from runner.audit.records import canonical
from runner.audit.trust import Trust
from runner.branch.spool import LIMIT, BadSpool, SpoolFolder, read, write
from runner.errors import Refused, UsageError
from runner.merkle.keys import Signer
from runner.model.log import RecordType

SIGNER = Signer(ORIGIN, bytes(range(32)))
TRUST = Trust(ORIGIN, "sandbox", (SIGNER.verifier,))
DRAFTING = Drafting()
LASTING = {
    "submitted": DRAFTING.submitted(),
    "withdrawn": DRAFTING.refused("submission"),
    "halted": DRAFTING.halted(),
    "completed": DRAFTING.ended(),
    "failed": DRAFTING.ended(RecordType.FAILED),
    "cancelled": DRAFTING.ended(RecordType.CANCELLED),
}
FILE = write([DRAFTING.submitted()], TRUST, SIGNER)


@pytest.mark.parametrize("draft", LASTING.values(), ids=LASTING.keys())
def test_what_was_written_is_read_again(draft):
    assert read(write([draft], TRUST, SIGNER), TRUST) == (draft,)


def test_several_records_keep_their_order():
    several = tuple(LASTING.values())
    assert read(write(several, TRUST, SIGNER), TRUST) == several


@pytest.mark.parametrize("draft", [DRAFTING.intended(), DRAFTING.ambiguous(), DRAFTING.resolved()])
def test_what_no_run_leaves_behind_is_refused_even_when_it_is_signed(draft):
    with pytest.raises(BadSpool, match="no run leaves behind"):
        read(write([draft], TRUST, SIGNER), TRUST)


def test_an_id_that_is_not_that_of_its_event_is_refused():
    other = replace(DRAFTING.submitted(), id=DRAFTING.halted().id)
    with pytest.raises(BadSpool, match="no run leaves behind"):
        read(write([other], TRUST, SIGNER), TRUST)


OTHERS = {
    "log": (replace(TRUST, origin="audit.example.com/other"), SIGNER, "another log or target"),
    "target": (replace(TRUST, target="sandbox-2"), SIGNER, "another log or target"),
    "key": (TRUST, Signer(ORIGIN, bytes(32)), "no key that the target trusts"),
}


@pytest.mark.parametrize(("trust", "signer", "why"), OTHERS.values(), ids=OTHERS.keys())
def test_a_file_of_another_log_target_or_key_is_refused(trust, signer, why):
    with pytest.raises(BadSpool, match=why):
        read(write([DRAFTING.submitted()], trust, signer), TRUST)


@given(place=st.integers(0, len(FILE) - 1), flip=st.integers(1, 255))
def test_every_byte_is_under_the_signature(place, flip):
    with pytest.raises(BadSpool):
        read(FILE[:place] + bytes([FILE[place] ^ flip]) + FILE[place + 1 :], TRUST)


@given(data=st.binary(max_size=300))
def test_whatever_lies_there_is_refused_in_words(data):
    with pytest.raises(BadSpool):
        read(data, TRUST)


HOSTILE = {
    "no object": b"[]",
    "nothing": b"{}",
    "no records": canonical(
        {"v": 1, "origin": ORIGIN, "target": "sandbox", "records": 7, "signature": "AA=="}
    ),
    "one field more": canonical({**json.loads(FILE), "checkpoint": "x"}),
    "deep": b'{"a":' * 5000 + b"1" + b"}" * 5000,
    "a newline at the end": FILE + b"\n",
    "twice the same key": FILE.replace(b'{"origin"', b'{"origin":"x","origin"', 1),
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_files_are_refused(data):
    with pytest.raises(BadSpool):
        read(data, TRUST)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "spool"


def spool(folder: Path, *more: Path) -> SpoolFolder:
    return SpoolFolder(folder, TRUST, SIGNER, more)


def test_a_file_is_private_and_leaves_when_it_is_dropped(folder):
    kept = spool(folder).keep([DRAFTING.submitted()])
    assert stat.S_IMODE(Path(kept).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    ((name, drafts),) = [(each.name, each.drafts) for each in spool(folder).pending()]
    assert (name, drafts) == (kept, (DRAFTING.submitted(),))
    spool(folder).drop(kept)
    assert spool(folder).pending() == ()
    spool(folder).drop(kept)


def test_keeping_the_same_twice_is_one_file_and_a_torn_one_is_no_file(folder):
    first = spool(folder).keep([DRAFTING.submitted()])
    Path(first).with_suffix(".unfinished").write_bytes(b"half a rec")
    assert spool(folder).keep([DRAFTING.submitted()]) == first
    assert [each.name for each in spool(folder).pending()] == [first]
    assert sorted(path.name for path in folder.iterdir()) == [Path(first).name]


def test_another_targets_files_are_left_alone(folder):
    other = replace(TRUST, target="other")
    kept = SpoolFolder(folder, other, SIGNER).keep([Drafting(target="other").submitted()])
    assert spool(folder).pending() == ()
    assert Path(kept).exists()


def test_a_file_that_somebody_named_is_read_first_and_stays(folder, tmp_path):
    own = spool(folder).keep([DRAFTING.halted()])
    named = tmp_path / "from-elsewhere"
    named.write_bytes(FILE)
    both = spool(folder, named)
    assert [each.name for each in both.pending()] == [str(named), own]
    both.drop(str(named))
    assert named.exists()


def test_a_changed_file_refuses_everything_and_is_named(folder):
    kept = Path(spool(folder).keep([DRAFTING.submitted()]))
    kept.write_bytes(kept.read_bytes().replace(b"job-1", b"job-2"))
    spool(folder).keep([DRAFTING.halted()])
    with pytest.raises(Refused, match="has signed it as it is now") as refused:
        spool(folder).pending()
    assert refused.value.where == str(kept)


def test_a_file_larger_than_any_of_ours_is_refused(folder):
    kept = Path(spool(folder).keep([DRAFTING.submitted()]))
    with kept.open("ab") as file:
        file.truncate(LIMIT + 1)
    with pytest.raises(Refused, match="too large"):
        spool(folder).pending()


def test_a_file_that_cannot_be_read_is_not_passed_over(folder):
    kept = Path(spool(folder).keep([DRAFTING.submitted()]))
    kept.unlink()
    kept.mkdir()
    with pytest.raises(Refused, match="cannot be read"):
        spool(folder).pending()


def test_a_folder_that_cannot_be_made_is_a_usage_error(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="spool cannot be written"):
        spool(tmp_path / "file" / "spool")


def test_a_folder_that_vanishes_is_told_when_something_is_to_be_kept(folder):
    opened = spool(folder)
    folder.rmdir()
    with pytest.raises(UsageError, match="the spool cannot be written"):
        opened.keep([DRAFTING.submitted()])
