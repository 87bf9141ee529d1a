"""Wider or narrower: held against the interactions that each selection matches."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.model.policy import EACH_TYPE, DateRange, InteractionType, Selection
from runner.plan.breadth import Breadth, breadth

DAY = timedelta(days=1)
FIRST = datetime(2018, 1, 1, tzinfo=UTC)


def days(start, end):
    return DateRange(FIRST + start * DAY, FIRST + end * DAY, str(start), str(end))


ALL = Selection("sandbox", InteractionType.VOICE, days(0, 10), {"department": "billing"})

values = st.sampled_from(["a", "b", 1])
attributes = st.dictionaries(
    st.sampled_from(["x", "y"]), st.one_of(values, st.lists(values, max_size=3).map(tuple))
)
selections = st.builds(
    Selection,
    st.sampled_from(["one", "two"]),
    st.sampled_from([InteractionType.VOICE, InteractionType.CHAT, InteractionType.ANY]),
    st.tuples(st.integers(0, 4), st.integers(1, 4)).map(lambda each: days(each[0], each[0] + each[1])),
    attributes,
)


def matched(selection):
    """Every imaginable interaction that a selection matches, as day and the values of both attributes."""

    def accepts(name, value):
        wanted = selection.attributes.get(name)
        if wanted is None:
            return True
        return repr(value) in {repr(each) for each in (wanted if isinstance(wanted, tuple) else (wanted,))}

    return {
        (selection.target, kind, day, repr(x), repr(y))
        for kind in EACH_TYPE
        if selection.interaction_type in (kind, InteractionType.ANY)
        for day in range(10)
        if selection.date_range.start <= FIRST + day * DAY < selection.date_range.end
        for x in ("a", "b", 1, None)
        for y in ("a", "b", 1, None)
        if accepts("x", x) and accepts("y", y)
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, Breadth.SAME),
        ({"date_range": days(1, 10)}, Breadth.NARROWER),
        ({"date_range": days(0, 11)}, Breadth.WIDER),
        ({"date_range": days(1, 11)}, Breadth.OTHER),
        ({"attributes": {}}, Breadth.WIDER),
        ({"attributes": {"department": ("billing", "sales")}}, Breadth.WIDER),
        ({"attributes": {"department": "billing", "queue": "q"}}, Breadth.NARROWER),
        ({"attributes": {"department": "sales"}}, Breadth.OTHER),
        ({"attributes": {"department": "Billing"}}, Breadth.OTHER),
        ({"attributes": {}, "date_range": days(1, 9)}, Breadth.OTHER),
        ({"target": "another"}, Breadth.OTHER),
        ({"interaction_type": InteractionType.CHAT}, Breadth.OTHER),
        ({"interaction_type": InteractionType.ANY}, Breadth.WIDER),
        ({"dimensions": {"queue": ("q",)}}, Breadth.NARROWER),
        ({"date_range": replace(ALL.date_range, start_text="written otherwise")}, Breadth.SAME),
    ],
)
def test_a_change_is_named_by_what_it_does(change, expected):
    assert breadth(ALL, replace(ALL, **change)) is expected


@given(before=selections, after=selections)
def test_what_is_claimed_is_true_of_every_interaction(before, after):
    claimed = breadth(before, after)
    if claimed in (Breadth.SAME, Breadth.NARROWER):
        assert matched(after) <= matched(before)
    if claimed in (Breadth.SAME, Breadth.WIDER):
        assert matched(after) >= matched(before)


@given(before=selections, after=selections)
def test_the_way_back_has_the_opposite_name(before, after):
    opposite = {Breadth.NARROWER: Breadth.WIDER, Breadth.WIDER: Breadth.NARROWER}
    claimed = breadth(before, after)
    assert breadth(after, before) is opposite.get(claimed, claimed)


@given(first=selections, second=selections, third=selections)
def test_what_narrows_twice_is_narrower(first, second, third):
    if breadth(first, second) is breadth(second, third) is Breadth.NARROWER:
        assert breadth(first, third) is Breadth.NARROWER


@given(each=selections)
def test_nothing_differs_from_itself(each):
    assert breadth(each, each) is Breadth.SAME
