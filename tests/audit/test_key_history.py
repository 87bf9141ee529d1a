"""Which keys may sign when: every legal and illegal change, against a model that remembers every size."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.auditdrafts import key_draft
from support.faketime import START
from support.gitworld import ORIGIN, RUNNER

from runner.audit.key_history import KeyHistory, Term
from runner.audit.records import encode, opened, parse
from runner.audit.state import IllegalRecord
from runner.merkle.keys import Signer
from runner.model.log import RecordType

KEYS = tuple(Signer(ORIGIN, bytes([number]) * 32).verifier for number in range(5))
A, B, C, D, E = KEYS
ADDED, RETIRED, COMPROMISED = RecordType.KEY_ADDED, RecordType.KEY_RETIRED, RecordType.KEY_COMPROMISED


def first(*keys):
    return parse(0, encode(opened(ORIGIN, "sandbox", [str(key) for key in keys], [], RUNNER, START)))


def record(index, kind, key, **fields):
    return parse(index, encode(key_draft(kind, key, **fields)))


def after(*records, begin=(A,)):
    history = KeyHistory.opened(first(*begin))
    for item in records:
        history = history.follow(ORIGIN, item)
    return history


def test_it_begins_with_the_keys_of_the_first_record():
    history = after(begin=(A, B))
    assert history.valid(1) == history.valid(1000) == (A, B)
    assert history.valid(0) == ()


def test_a_key_that_is_named_twice_at_the_beginning_is_one_key():
    assert after(begin=(A, A)).terms == (Term(A, 0),)


def test_a_key_may_sign_from_the_record_that_admits_it_to_the_one_that_ends_it():
    history = after(record(3, ADDED, B), record(7, RETIRED, A))
    assert [history.valid(size) for size in (1, 3, 4, 7, 8)] == [(A,), (A,), (A, B), (A, B), (B,)]


def test_a_compromised_key_is_ended_and_its_reach_is_told():
    history = after(record(3, ADDED, B), record(7, COMPROMISED, A, from_size=5))
    assert history.term(A) == Term(A, 0, 7, 5)
    assert history.valid(8) == (B,)


def test_a_retired_key_may_turn_out_to_have_been_compromised():
    history = after(record(3, ADDED, B), record(4, RETIRED, A), record(9, COMPROMISED, A, from_size=2))
    assert history.term(A) == Term(A, 0, 4, 2)


@pytest.mark.parametrize(
    ("records", "says"),
    [
        ([record(1, ADDED, A)], "has had before"),
        ([record(1, ADDED, B), record(2, RETIRED, A), record(3, ADDED, A)], "has had before"),
        ([record(1, ADDED, Signer("other.example/log", bytes(32)).verifier)], "another log"),
        ([record(1, RETIRED, A)], "last valid key"),
        ([record(1, COMPROMISED, A, from_size=0)], "last valid key"),
        ([record(1, RETIRED, B)], "never had"),
        ([record(1, ADDED, B), record(2, RETIRED, A), record(3, RETIRED, A)], "no longer valid"),
        ([record(1, ADDED, B), record(2, RETIRED, A), record(3, RETIRED, B)], "last valid key"),
        ([record(1, ADDED, B), record(2, COMPROMISED, A, from_size=3)], "not there yet"),
        (
            [
                record(1, ADDED, B),
                record(2, COMPROMISED, A, from_size=1),
                record(3, COMPROMISED, A, from_size=0),
            ],
            "compromised already",
        ),
    ],
)
def test_what_would_lock_the_log_or_makes_no_sense_is_illegal(records, says):
    with pytest.raises(IllegalRecord, match=says):
        after(*records)


def test_only_the_first_record_begins_a_history_and_only_with_usable_keys():
    with pytest.raises(IllegalRecord, match="names no keys"):
        KeyHistory.opened(record(0, ADDED, A))
    with pytest.raises(IllegalRecord, match="cannot be used"):
        KeyHistory.opened(first(f"{str(A)[:-4]}AAAA"))


def test_other_records_change_nothing():
    history = after()
    assert history.follow(ORIGIN, first(A)) is history


changes = st.lists(
    st.tuples(st.sampled_from([ADDED, RETIRED, COMPROMISED]), st.sampled_from(KEYS), st.integers(0, 30)),
    max_size=25,
)


@given(changes)
def test_there_is_always_a_key_that_can_go_on_and_the_past_never_changes(steps):
    """Each illegal step is skipped, as a writer would have to; what was valid at a size stays so."""
    history, seen, index = KeyHistory.opened(first(A)), {}, 1
    for kind, key, size in steps:
        fields = {"from_size": size} if kind is COMPROMISED else {}
        try:
            history = history.follow(ORIGIN, record(index, kind, key, **fields))
        except IllegalRecord:
            continue
        seen[index] = history.valid(index)
        index += 1
        assert history.valid(index)
        assert set(history.valid(index)) & set(history.valid(index - 1))
    assert all(history.valid(size) == valid for size, valid in seen.items())
    assert KeyHistory.read({"keys": history.form()}, "keys") == history


@pytest.mark.parametrize(
    "item", [{}, {"key": "x"}, {"key": str(A), "since": "0", "until": None, "trusted_size": None}, "x"]
)
def test_a_form_that_is_none_is_refused(item):
    with pytest.raises((KeyError, TypeError, ValueError)):
        KeyHistory.read({"keys": [item]}, "keys")
