from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.model.policy import DateRange, InteractionType, Selection
from runner.rules.overlap import as_wide, covers, may_both_match, overlapping, reach

DAY = timedelta(days=1)
YEAR = datetime(2018, 1, 1, tzinfo=UTC)

values = st.one_of(
    st.sampled_from(["a", "A ", "b", "1", "true", "*"]),
    st.sampled_from([1, 2, True, False]),
    st.lists(st.sampled_from(["a", "b", "c", 1]), max_size=3).map(tuple),
)
attributes = st.dictionaries(st.sampled_from(["department", "queue", "region"]), values, max_size=3)

dimensions = st.dictionaries(
    st.sampled_from(["queue", "direction"]), st.sampled_from([("a",), ("b",), ("a", "b")]), max_size=2
)
VOICE_AND_CHAT = [InteractionType.VOICE, InteractionType.CHAT]


@st.composite
def selections(draw):
    start = YEAR + draw(st.integers(0, 20)) * DAY
    end = start + draw(st.integers(-2, 10)) * DAY
    return Selection(
        target=draw(st.sampled_from(["eu", "us"])),
        interaction_type=draw(st.sampled_from([*VOICE_AND_CHAT, InteractionType.ANY])),
        date_range=DateRange(start, end, "", ""),
        attributes=draw(attributes),
        dimensions=draw(dimensions),
    )


def share_an_interaction(a, b):
    return (
        a.target == b.target
        and (
            a.interaction_type == b.interaction_type
            or InteractionType.ANY in (a.interaction_type, b.interaction_type)
        )
        and a.date_range.intersects(b.date_range)
        and may_both_match(a.attributes, b.attributes)
        and may_both_match(a.dimensions, b.dimensions)
    )


@given(st.lists(selections(), max_size=12))
def test_the_sweep_finds_exactly_the_pairs_that_comparing_all_finds(tree):
    pairs = {(i, j) for i, j in combinations(range(len(tree)), 2) if share_an_interaction(tree[i], tree[j])}
    found = list(overlapping(tree))
    assert set(found) == pairs
    assert len(found) == len(pairs)


@pytest.mark.parametrize(
    ("a", "b", "both"),
    [
        ({}, {}, True),
        ({"queue": "a"}, {}, True),
        ({"queue": "a"}, {"region": "b"}, True),
        ({"queue": "a"}, {"queue": "b"}, False),
        ({"queue": "a"}, {"queue": " A"}, True),
        ({"queue": "straße"}, {"queue": "STRASSE"}, True),
        ({"queue": "cafe\u0301"}, {"queue": "caf\u00e9"}, True),
        ({"queue": 1}, {"queue": "1"}, True),
        ({"queue": True}, {"queue": "true"}, True),
        ({"queue": True}, {"queue": 1}, False),
        ({"queue": ("a", "b")}, {"queue": ("b", "c")}, True),
        ({"queue": ("a", "b")}, {"queue": ("c", "d")}, False),
        ({"queue": "*"}, {"queue": "b"}, True),
        ({"queue": ()}, {"queue": "b"}, True),
        ({"queue": "a", "region": "eu"}, {"queue": "a", "region": "us"}, False),
        ({"Queue": "a"}, {"queue": "b"}, True),
    ],
)
def test_in_doubt_two_conditions_may_match_one_interaction(a, b, both):
    assert may_both_match(a, b) is both
    assert may_both_match(b, a) is both


class Compared(str):
    """An attribute's name that counts how often it is looked at."""

    looks = 0

    def __hash__(self):
        Compared.looks += 1
        return super().__hash__()

    __eq__ = str.__eq__


def work_for(count):
    """How many look-ups the sweep needs for as many policies of one year, each with its own department."""
    tree = [
        Selection(
            "eu",
            InteractionType.VOICE,
            DateRange(YEAR, YEAR + 365 * DAY, "", ""),
            {Compared("department"): f"d{number}", Compared("retention_status"): "expired"},
        )
        for number in range(count)
    ]
    Compared.looks = 0
    assert list(overlapping(tree)) == []
    return Compared.looks


def test_the_work_does_not_grow_with_the_square_of_the_policies():
    assert work_for(2000) < 2.5 * work_for(1000)


class TestAsWide:
    @pytest.mark.parametrize(
        ("wider", "narrower"),
        [
            ({}, {}),
            ({}, {"queue": "a"}),
            ({"queue": "a"}, {"queue": ("a",), "region": "b"}),
            ({"queue": ("a", "b")}, {"queue": "b"}),
        ],
    )
    def test_it_is_where_everything_that_is_asked_for_is_accepted(self, wider, narrower):
        assert as_wide(wider, narrower)

    @pytest.mark.parametrize(
        ("wider", "narrower"),
        [
            ({"queue": "a"}, {}),
            ({"queue": "a"}, {"queue": ("a", "b")}),
            ({"queue": "a"}, {"queue": "A"}),
            ({"queue": "*"}, {"queue": "a"}),
            ({"queue": 1}, {"queue": True}),
            ({"queue": 1}, {"queue": "1"}),
            ({"queue": "a"}, {"queue": ()}),
            ({"queue": "a", "region": "b"}, {"queue": "a"}),
        ],
    )
    def test_in_doubt_it_is_not(self, wider, narrower):
        assert not as_wide(wider, narrower)

    @given(attributes, attributes)
    def test_what_a_wider_one_cannot_share_the_narrower_one_cannot_either(self, a, b):
        if as_wide(a, b):
            assert may_both_match(a, b)


@given(selections(), selections())
def test_what_certainly_covers_another_shares_its_interactions(a, b):
    if covers(a, b) and a.target == b.target and a.date_range.intersects(b.date_range):
        assert list(overlapping([a, b])) == [(0, 1)]


@given(selections(), selections())
def test_whole_conversations_are_told_apart_by_target_and_dates_alone(a, b):
    assert reach(a, whole_conversations=False) == a
    taken = [reach(each, whole_conversations=True) for each in (a, b)]
    share = a.target == b.target and a.date_range.intersects(b.date_range)
    assert list(overlapping(taken)) == ([(0, 1)] if share else [])
