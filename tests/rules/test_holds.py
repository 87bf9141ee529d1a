import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.model.hold import HoldScope, LegalHold
from runner.model.policy import DateRange, InteractionType, Selection
from runner.model.time import exclusive_end, parse_instant
from runner.rules.hold_causes import CAUSES
from runner.rules.holds import (
    all_readable,
    cooled_off,
    not_deleted,
    not_narrowed,
    still_there,
    untouched,
)
from runner.rules.holds import not_held as judged
from runner.rules.holds import touches as reaches

SCHEMA = Path(__file__).resolve().parents[2] / "schemas" / "legal-hold.schema.json"
START, END = datetime(2018, 1, 1, tzinfo=UTC), datetime(2019, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
COOL_OFF = timedelta(days=30)


def touches(each, wanted, whole=False):
    return reaches(each, wanted, whole_conversations=whole)


def not_held(wanted, all_holds, whole=False):
    return judged(wanted, all_holds, whole_conversations=whole)


def selection(**attributes):
    return Selection("eu", InteractionType.VOICE, DateRange(START, END, "", ""), attributes)


def hold(purgeable_from=None, type_="litigation", **scope):
    everything = {
        "targets": None,
        "interaction_types": None,
        "start": None,
        "end": None,
        "attributes": {},
        "conversation_ids": None,
    }
    return LegalHold("matter-1", type_, "legal", HoldScope(**{**everything, **scope}), purgeable_from, {})


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


NARROWED_BESIDE_THE_POINT = [
    {"interaction_types": frozenset({InteractionType.CHAT})},
    {"attributes": {"department": "sales"}},
]


@pytest.mark.parametrize("scope", NARROWED_BESIDE_THE_POINT)
def test_only_targets_and_dates_narrow_a_hold_where_whole_conversations_go(scope):
    wanted = selection(department="billing")
    assert touches(hold(**scope), wanted, whole=True)
    assert not touches(hold(**scope, targets=frozenset({"us"})), wanted, whole=True)
    assert not touches(hold(**scope, start=END), wanted, whole=True)
    assert not touches(hold(**scope, end=START), wanted, whole=True)
    (fault,) = not_held(wanted, [hold(**scope)], whole=True)
    assert "whole conversations" in fault.message
    assert "by dates" in fault.hint
    (fault,) = not_held(wanted, [hold()], whole=True)
    assert "whole conversations" not in fault.message


def test_a_policy_for_every_type_is_reached_by_a_hold_on_one():
    every = replace(selection(), interaction_type=InteractionType.ANY)
    assert touches(hold(interaction_types=frozenset({InteractionType.CHAT})), every)


def test_a_policy_without_the_attribute_is_reached():
    assert touches(hold(attributes={"department": "sales"}), selection())


def test_every_hold_that_reaches_is_told():
    faults = list(not_held(selection(), [hold(), hold(start=END), hold()]))
    assert len(faults) == 2
    assert faults[0].message == (
        "litigation hold matter-1 (policies/holds/matter-1.yaml, ordered by legal) "
        "reaches what this policy selects"
    )


def test_a_release_changes_nothing_and_the_hint_says_so():
    released = hold(purgeable_from=date(2026, 2, 1))
    (fault,) = not_held(selection(), [released])
    assert "the hold is active" in fault.hint


def test_a_hold_that_cannot_be_read_stops_everything():
    (fault,) = all_readable(["policies/holds/broken.yaml"])
    assert "policies/holds/broken.yaml" in fault.message


MILLISECOND = timedelta(milliseconds=1)
INSTANTS = st.timedeltas(timedelta(days=-30), timedelta(days=400)).map(lambda offset: START + offset)
HOLDS = st.lists(
    st.builds(hold, start=st.none() | INSTANTS, end=st.none() | INSTANTS).filter(
        lambda each: None in (each.scope.start, each.scope.end) or each.scope.start < each.scope.end
    ),
    min_size=1,
    max_size=5,
)


def test_a_hold_over_a_part_of_the_range_refuses_it_whole_and_proposes_the_rest():
    start, end = parse_instant("2018-03-01T00:00:00Z"), exclusive_end("2018-03-31T23:59:59.999Z")
    (fault,) = not_held(selection(), [hold(start=start, end=end)])
    assert fault.hint.endswith(
        "; outside the dates of every hold lies 2018-01-01T00:00:00.000Z to 2018-02-28T23:59:59.999Z "
        "and 2018-04-01T00:00:00.000Z to 2018-12-31T23:59:59.999Z"
    )


def test_what_is_proposed_lies_outside_every_hold_that_reaches():
    march = hold(start=datetime(2018, 3, 1, tzinfo=UTC), end=datetime(2018, 4, 1, tzinfo=UTC))
    elsewhere = hold(targets=frozenset({"us"}))
    later = hold(start=datetime(2018, 3, 20, tzinfo=UTC))
    faults = list(not_held(selection(), [march, elsewhere, later]))
    assert len(faults) == 2
    assert all(
        fault.hint.endswith("lies 2018-01-01T00:00:00.000Z to 2018-02-28T23:59:59.999Z") for fault in faults
    )


def test_a_hold_over_the_whole_range_leaves_nothing_to_propose():
    (fault,) = not_held(selection(), [hold()])
    assert "lies" not in fault.hint


def test_many_ranges_are_counted():
    days = [START + timedelta(days=30 * number) for number in range(1, 6)]
    (first, *_) = not_held(selection(), [hold(start=day, end=day + SECOND) for day in days])
    assert first.hint.endswith(" and 3 more")


@given(HOLDS, INSTANTS, INSTANTS)
def test_no_hold_reaches_a_proposal_and_what_is_left_out_is_held(holds, one, other):
    start, end = sorted((one, other))
    end = max(end, start + MILLISECOND)
    free = untouched(DateRange(start, end, "", ""), holds)
    for part in free:
        assert start <= part.start < part.end <= end
        assert parse_instant(part.start_text) == part.start
        assert exclusive_end(part.end_text) == part.end
        assert part.start < parse_instant(part.end_text)
        narrowed = Selection("eu", InteractionType.VOICE, part, {})
        assert not any(touches(each, narrowed) for each in holds)
    edges = [start, *(edge for part in free for edge in (part.start, part.end)), end]
    for left, right in zip(edges[::2], edges[1::2], strict=True):
        held = max((min(right, each.scope.end or right) for each in holds), default=left)
        assert right - left <= 4 * MILLISECOND or held > left


@pytest.mark.parametrize(
    ("type_", "rule", "noun", "basis"),
    [
        ("litigation", "HLD-001", "litigation hold", "FRCP 37(e)"),
        ("tax", "HLD-001", "tax hold", "18 U.S.C. 1519"),
        ("dsar", "HLD-003", "data-subject request", "GDPR Art. 15"),
        ("restriction-art18", "HLD-003", "restriction of processing", "GDPR Art. 18"),
        ("complaint", "HLD-003", "complaint", "29 CFR 1602.14"),
        ("subpoena", "HLD-003", "subpoena", "FRCP 45(e)(1)"),
        ("regulatory-inquiry", "HLD-003", "regulator's inquiry", "18 U.S.C. 1519"),
    ],
)
def test_a_hold_answers_to_the_rule_and_the_law_of_its_type(type_, rule, noun, basis):
    (fault,) = not_held(selection(), [hold(type_=type_)])
    assert fault.rule == rule
    assert fault.message.startswith(f"{noun} matter-1 (policies/holds/")
    assert basis in fault.basis
    if "GDPR" not in basis:
        assert "GDPR" not in fault.basis


def test_every_type_of_the_schema_has_a_cause():
    types = json.loads(SCHEMA.read_text(encoding="utf-8"))["properties"]["type"]["enum"]
    assert sorted(CAUSES) == sorted(types)


@pytest.mark.parametrize("days", [30, 31, 4000])
def test_a_release_that_cools_off_long_enough_is_fine(days):
    released = date(2026, 1, 1)
    release = {"releasedOn": str(released), "purgeableFrom": str(released + timedelta(days=days))}
    assert list(cooled_off(COOL_OFF, release)) == []


@pytest.mark.parametrize("day", ["2026-01-30", "2026-01-01", "2025-12-31", "0001-01-01"])
def test_a_release_that_does_not_cool_off_is_refused_and_the_hold_is_said_to_be_active(day):
    (fault,) = cooled_off(COOL_OFF, {"releasedOn": "2026-01-01", "purgeableFrom": day})
    assert (fault.rule, fault.pointer) == ("HLD-004", "/release/purgeableFrom")
    assert "The hold is active" in fault.message


def test_a_hold_without_a_release_has_nothing_to_cool_off():
    assert list(cooled_off(COOL_OFF, None)) == []


def test_a_deleted_hold_is_named():
    (fault,) = not_deleted("matter-1")
    assert "matter-1" in fault.message


VALUES = st.sampled_from(["*", "a", "A ", "b", ("a", "b"), ("b",), 1, "1", ()])
SCOPES = st.builds(
    HoldScope,
    targets=st.none() | st.frozensets(st.sampled_from(["eu", "us"]), min_size=1),
    interaction_types=st.none() | st.frozensets(st.sampled_from(list(InteractionType)[:3]), min_size=1),
    start=st.none() | st.sampled_from([START, START + SECOND]),
    end=st.none() | st.sampled_from([END, END + SECOND]),
    attributes=st.dictionaries(st.sampled_from(["x", "y"]), VALUES),
    conversation_ids=st.none(),
)
SPANS = st.sampled_from([START - SECOND, START, START + SECOND, END, END + SECOND])


@given(
    SCOPES,
    SCOPES,
    st.builds(
        Selection,
        st.sampled_from(["eu", "us"]),
        st.sampled_from(list(InteractionType)[:3]),
        st.builds(lambda start: DateRange(start, start + SECOND, "", ""), SPANS),
        st.dictionaries(st.sampled_from(["x", "y"]), VALUES),
    ),
)
def test_what_a_hold_that_was_not_narrowed_reached_it_goes_on_to_reach(old, new, selected):
    before, after = (LegalHold("h", "litigation", "legal", scope, None, {}) for scope in (old, new))
    if not list(not_narrowed("h", old, new)) and touches(before, selected):
        assert touches(after, selected)
    assert list(not_narrowed("h", old, old)) == []


def test_a_hold_that_judged_a_purge_has_a_file_still():
    assert list(still_there(["a"], ["a", "b"])) == []
    gone = list(still_there(["b", "a", "b"], []))
    assert [(fault.rule, fault.message.split()[1]) for fault in gone] == [("HLD-007", "a"), ("HLD-007", "b")]
