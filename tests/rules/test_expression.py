"""PLT-002: what a platform can be told, at both sides of each limit."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.model.policy import DateRange, InteractionType, Selection
from runner.model.target import Backend
from runner.model.time import ONE_MILLISECOND, exclusive_end, format_milliseconds, parse_instant
from runner.rules.expression import Age, age, by_age, by_whole_days, checks, comparable, dated, of_messages

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
DAY = timedelta(days=1)
INSTANTS = st.integers(0, 13_000 * 86_400_000).map(
    lambda milliseconds: datetime(1990, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
)
MIDNIGHTS = INSTANTS.map(lambda each: each.replace(hour=0, minute=0, second=0, microsecond=0))


def span(start, end):
    return DateRange(start, end, format_milliseconds(start), format_milliseconds(end - ONE_MILLISECOND))


def of(start, end, kind=InteractionType.ANY, **filters):
    return Selection("t", kind, span(start, end), {}, filters)


def proposed(hint):
    """The ranges that a hint names."""
    words = hint.replace(",", "").split()
    at = [
        position for position, word in enumerate(words) if word == "to" and words[position - 1].endswith("Z")
    ]
    return [span(parse_instant(words[i - 1]), exclusive_end(words[i + 1])) for i in at]


class TestWholeDays:
    @given(MIDNIGHTS, st.integers(1, 400))
    def test_a_range_from_midnight_to_midnight_passes(self, start, days):
        assert list(by_whole_days(span(start, start + days * DAY))) == []

    @given(INSTANTS, st.timedeltas(ONE_MILLISECOND, timedelta(days=20)))
    def test_what_is_proposed_for_any_other_passes_and_is_nearest(self, start, width):
        asked = span(start, start + width)
        for fault in by_whole_days(asked):
            *inside, around = proposed(fault.hint)
            assert all(not list(by_whole_days(each)) for each in (*inside, around))
            assert around.start <= asked.start
            assert asked.end <= around.end
            assert around.end - around.start < width + 2 * DAY
            for each in inside:
                assert asked.start <= each.start < each.end <= asked.end
                assert each.end - each.start > width - 2 * DAY

    def test_the_offset_counts_and_not_the_text(self):
        start = parse_instant("2023-01-01T01:00:00.000+01:00")
        assert list(by_whole_days(span(start, start + DAY))) == []

    def test_the_last_day_that_there_is_breaks_nothing(self):
        last = parse_instant("9999-12-31T23:59:59.998Z")
        assert len(list(by_whole_days(span(last - DAY, last)))) == 1


class TestFiveYears:
    @pytest.mark.parametrize(
        ("start", "end", "side"),
        [
            (NOW - 1825 * DAY, NOW, Age.YOUNGER),
            (NOW - 1825 * DAY - ONE_MILLISECOND, NOW, Age.BOTH),
            (NOW - 1900 * DAY, NOW - 1827 * DAY, Age.OLDER),
            (NOW - 1900 * DAY, NOW - 1827 * DAY + ONE_MILLISECOND, Age.BOTH),
        ],
    )
    def test_a_range_is_clear_of_every_way_to_count_them(self, start, end, side):
        assert age(span(start, end), NOW) is side

    @given(MIDNIGHTS, st.integers(1, 183), st.integers(0, 4000))
    def test_a_cut_that_is_proposed_leaves_two_parts_that_can_be_asked_for_in_time(self, start, days, ahead):
        asked, now = span(start, start + days * DAY), start + timedelta(days=ahead)
        if age(asked, now) is not Age.BOTH:
            return
        (fault,) = by_age(of(asked.start, asked.end), now)
        for younger, older in [proposed(fault.hint)] if " from " in fault.hint else []:
            assert (older.start, older.end, younger.end) == (asked.start, younger.start, asked.end)
            assert age(younger, now + timedelta(days=30)) is Age.YOUNGER
            assert age(older, older.end + timedelta(days=1827)) is Age.OLDER

    def test_the_first_and_the_last_instant_that_there_are_break_nothing(self):
        first, last = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
        assert len(list(by_age(of(NOW, NOW + DAY), first))) == 1
        around = of(datetime(9994, 6, 1, tzinfo=UTC), datetime(9996, 6, 1, tzinfo=UTC))
        (fault,) = by_age(around, last)
        assert "9999-12-31" in fault.hint

    def test_six_months_of_what_is_older_and_no_day_more(self):
        start = datetime(2015, 8, 31, tzinfo=UTC)
        assert list(by_age(of(start, datetime(2016, 2, 29, tzinfo=UTC)), NOW)) == []
        (fault,) = by_age(of(start, datetime(2016, 3, 1, tzinfo=UTC)), NOW)
        (first,) = proposed(fault.hint)
        assert first.end == datetime(2016, 2, 29, tzinfo=UTC)

    def test_types_and_filters_are_for_what_is_younger(self):
        old = of(NOW - 2000 * DAY, NOW - 1900 * DAY, InteractionType.VOICE, queue=("q",))
        assert [fault.pointer for fault in by_age(old, NOW)] == ["/interactionType", "/filters"]
        young = of(NOW - 400 * DAY, NOW - 300 * DAY, InteractionType.VOICE, queue=("q",))
        assert list(by_age(young, NOW)) == []
        assert len(list(by_age(replace(young, interaction_type=InteractionType.ANY), NOW))) == 1


@pytest.mark.parametrize(
    ("kind", "wanted", "faults"),
    [
        (InteractionType.SMS, ("sms",), 0),
        (InteractionType.SMS, ("sms", "whatsapp"), 1),
        (InteractionType.SOCIAL, ("whatsapp", "line"), 0),
        (InteractionType.SOCIAL, ("sms",), 1),
        (InteractionType.VOICE, ("sms",), 1),
        (InteractionType.ANY, ("sms",), 1),
    ],
)
def test_a_type_of_message_is_one_of_its_own_kind(kind, wanted, faults):
    assert len(list(of_messages(of(NOW, NOW, kind, messageType=wanted)))) == faults
    assert list(of_messages(of(NOW, NOW, kind))) == []


def test_a_soft_purge_says_for_how_long():
    assert list(dated("soft", 1)) == list(dated("permanent", None)) == []
    assert [fault.pointer for fault in dated("soft", None)] == ["/graceDays"]


@pytest.mark.parametrize("backend", Backend)
def test_every_backend_answers_to_something(backend):
    assert checks(backend, of(NOW, NOW))


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("x" * 1023, True),
        ("x" * 1024, False),
        ("\u00e9" * 511, True),
        ("\u00e9" * 512, False),
        (7, True),
        ((), True),
    ],
)
def test_an_attribute_is_compared_with_what_the_platform_does_not_cut(value, told):
    selection = replace(of(NOW, NOW + DAY), attributes={"short": True, "note": ("x", value) if value else ()})
    assert [fault.pointer for fault in comparable(selection)] == ([] if told else ["/filters/attributes"])
