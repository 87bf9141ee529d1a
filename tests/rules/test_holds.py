from datetime import UTC, date, datetime, timedelta

import pytest

from runner.model.hold import HoldScope, LegalHold, Release
from runner.model.policy import DateRange, InteractionType, Selection
from runner.rules.holds import all_readable, not_held, touches

START, END = datetime(2018, 1, 1, tzinfo=UTC), datetime(2019, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def selection(**attributes):
    return Selection("eu", InteractionType.VOICE, DateRange(START, END, "", ""), attributes)


def hold(release=None, **scope):
    everything = {
        "targets": None,
        "interaction_types": None,
        "start": None,
        "end": None,
        "attributes": {},
        "conversation_ids": None,
    }
    return LegalHold("matter-1", "litigation", HoldScope(**{**everything, **scope}), release, {})


@pytest.mark.parametrize(
    "scope",
    [
        {},
        {"targets": frozenset({"eu", "us"})},
        {"interaction_types": frozenset({InteractionType.VOICE})},
        {"start": END - SECOND},
        {"end": START + SECOND},
        {"attributes": {"department": "billing"}},
        {"attributes": {"queue": "q1"}},
        {"conversation_ids": frozenset({"c-1"})},
        {"conversation_ids": frozenset()},
        {"attributes": {"department": "*"}},
    ],
)
def test_a_hold_reaches_whatever_it_does_not_exclude(scope):
    assert touches(hold(**scope), selection(department=("billing", "claims")))


@pytest.mark.parametrize(
    "scope",
    [
        {"targets": frozenset({"us"})},
        {"interaction_types": frozenset({InteractionType.CHAT})},
        {"start": END},
        {"end": START},
        {"attributes": {"department": "sales"}},
    ],
)
def test_a_hold_that_says_otherwise_does_not_reach(scope):
    assert not touches(hold(**scope), selection(department="billing"))


def test_a_policy_without_the_attribute_is_reached():
    assert touches(hold(attributes={"department": "sales"}), selection())


def test_every_hold_that_reaches_is_told():
    faults = list(not_held(selection(), [hold(), hold(start=END), hold()]))
    assert len(faults) == 2
    assert "matter-1 (litigation)" in faults[0].message


def test_a_release_changes_nothing_and_the_hint_says_so():
    released = hold(Release("settled", date(2026, 1, 1), date(2026, 2, 1)))
    (fault,) = not_held(selection(), [released])
    assert "the hold is active" in fault.hint


def test_a_hold_that_cannot_be_read_stops_everything():
    (fault,) = all_readable(["policies/holds/broken.yaml"])
    assert "policies/holds/broken.yaml" in fault.message
