from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.model.duration import Duration, parse_calendar_duration

days_of_the_calendar = st.dates(min_value=date(1900, 1, 1), max_value=date(2399, 12, 31))
durations = st.builds(Duration, months=st.integers(0, 240), days=st.integers(0, 400))


def after(start, duration):
    """The day a duration later as people count: the same day of a later month, or its last one."""
    year, month = divmod(start.year * 12 + start.month - 1 + duration.months, 12)
    month += 1
    same = date(year, month, min(start.day, monthrange(year, month)[1]))
    return same + timedelta(days=duration.days)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("P1Y", 366),
        ("P3Y", 1096),
        ("P4Y", 1461),
        ("P5Y", 1827),
        ("P6Y", 2192),
        ("P7Y", 2557),
        ("P10Y", 3653),
        ("P6M", 184),
        ("P18M", 550),
        ("P24M", 731),
        ("P25M", 762),
        ("P1Y6M", 550),
        ("P2W", 14),
        ("P90D", 90),
        ("P0D", 0),
        ("P1Y1D", 367),
    ],
)
def test_the_worst_case_is_counted_over_the_calendar(text, days):
    assert parse_calendar_duration(text).longest_days == days


@given(days_of_the_calendar, durations)
def test_no_run_of_the_real_calendar_takes_longer(start, duration):
    assert (after(start, duration) - start).days <= duration.longest_days


@given(durations)
def test_some_run_of_the_real_calendar_takes_as_long(duration):
    starts = (date(year, month, 1) for year in range(2000, 2400) for month in range(1, 13))
    assert any((after(start, duration) - start).days == duration.longest_days for start in starts)


@given(st.integers(1, 99))
def test_so_many_times_365_days_are_never_so_many_calendar_years(years):
    assert parse_calendar_duration(f"P{years}Y").longest_days > 365 * years


@pytest.mark.parametrize(
    "text", ["P", "", "7Y", "P7", "PT24H", "P-1Y", "P1D1Y", "P1.5Y", "P7Y ", "P٧Y", "P1W1D"]
)
def test_what_is_no_calendar_duration_is_refused_in_a_sentence(text):
    with pytest.raises(ValueError, match="such as P7Y"):
        parse_calendar_duration(text)
