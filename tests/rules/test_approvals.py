from datetime import UTC, datetime, timedelta

import pytest
from support.regulations import regulation

from runner.model.settings import Quorum, Settings
from runner.rules.approvals import Evidence, Vote, approved, asked, in_time, independent

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
TWO_WEEKS = timedelta(days=14)
HIPAA = Quorum(3, frozenset({"privacy-officer", "records-manager"}))
BLOB, OTHER = "a" * 40, "b" * 40


def vote(person, *roles, blob=BLOB, days=1):
    return Vote(person, frozenset(roles), blob, NOW - timedelta(days=days))


PRIVACY, RECORDS, THIRD = vote(1, "privacy-officer"), vote(2, "records-manager"), vote(3)


def evidence(*votes, involved=()):
    return Evidence(BLOB, votes, frozenset(involved))


def messages(faults):
    return [fault.message.rpartition(": ")[2] for fault in faults]


def test_three_people_in_the_two_roles_are_a_quorum():
    found = evidence(PRIVACY, RECORDS, THIRD, involved={7})
    assert [
        *approved(found, HIPAA),
        *independent(found, HIPAA),
        *in_time(found, NOW, valid_for=TWO_WEEKS),
    ] == []


@pytest.mark.parametrize(
    ("votes", "lacking"),
    [
        ((), "0 of 3 people, no privacy-officer, no records-manager"),
        ((PRIVACY, RECORDS), "2 of 3 people"),
        ((PRIVACY, RECORDS, RECORDS, PRIVACY), "2 of 3 people"),
        ((PRIVACY, THIRD, vote(4)), "no records-manager"),
        ((PRIVACY, RECORDS, vote(3, blob=OTHER)), "2 of 3 people"),
    ],
)
def test_what_is_missing_of_a_quorum_is_named(votes, lacking):
    assert messages(approved(evidence(*votes), HIPAA)) == [lacking]


@pytest.mark.parametrize("person", [1, 3])
def test_who_is_involved_does_not_count(person):
    found = evidence(PRIVACY, RECORDS, THIRD, involved={person})
    (message,) = messages(independent(found, HIPAA))
    assert message.startswith("2 of 3 people")
    assert list(approved(found, HIPAA)) == []


def test_the_vote_of_one_who_is_involved_does_no_harm_where_enough_others_voted():
    assert list(independent(evidence(PRIVACY, RECORDS, THIRD, vote(4), involved={4}), HIPAA)) == []


def test_a_quorum_that_was_never_there_is_told_once():
    assert list(independent(evidence(PRIVACY, involved={1}), HIPAA)) == []


def test_an_approval_expires_a_moment_after_its_last_day():
    found = evidence(vote(1, days=40), vote(2, days=14))
    assert list(in_time(found, NOW, valid_for=TWO_WEEKS)) == []
    assert len(list(in_time(found, NOW + timedelta(seconds=1), valid_for=TWO_WEEKS))) == 1


def test_a_late_vote_of_somebody_involved_or_of_other_bytes_keeps_nothing_fresh():
    late = (vote(7, days=0), vote(3, days=0, blob=OTHER))
    assert len(list(in_time(evidence(vote(1, days=15), *late, involved={7}), NOW, valid_for=TWO_WEEKS))) == 1


def test_a_policy_asks_for_what_its_class_and_every_entry_asks_for():
    entries = [regulation(), regulation(approvals=Quorum(1, frozenset({"legal"})))]
    assert asked(Settings(), (), "public", unfiltered=False) == Quorum(1)
    assert asked(Settings(), (), "hipaa", unfiltered=False) == HIPAA
    assert asked(Settings(), entries, "pii", unfiltered=False) == Quorum(
        2, frozenset({"legal", "privacy-officer"})
    )
    assert asked(Settings(), [regulation(approvals=Quorum(4))], "hipaa", unfiltered=True).people == 5
    stricter = Settings({"approvals/unfilteredExtra": 3})
    assert asked(stricter, (), "public", unfiltered=True).people == 4
