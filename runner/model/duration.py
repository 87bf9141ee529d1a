"""Durations of the law: calendar years and months, weeks and days, compared by the worst case."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

_DURATION = re.compile(
    r"P(?:(?P<weeks>\d{1,4})W|(?:(?P<years>\d{1,2})Y)?(?:(?P<months>\d{1,3})M)?(?:(?P<days>\d{1,5})D)?)",
    re.ASCII,
)
_CYCLE_YEARS = 400
"""After as many years the Gregorian calendar repeats."""


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time whose years and months have no fixed number of days."""

    months: int
    days: int

    @property
    def longest_days(self) -> int:
        """The days that it takes at most, wherever in the calendar it begins: 2,557 for seven years."""
        return _longest(self.months) + self.days

    def and_days(self, days: int) -> Duration:
        """Return a duration that is so many days longer, or shorter if ``days`` is negative."""
        return replace(self, days=self.days + days)

    def and_months(self, months: int) -> Duration:
        """Return a duration that is so many months longer."""
        return replace(self, months=self.months + months)


def parse_calendar_duration(text: str) -> Duration:
    """Read ``P7Y``, ``P24M``, ``P1Y6M``, ``P90D`` or ``P2W``. Raises ``ValueError`` with a sentence.

    Source: ISO 8601-1 section 5.5.2, without hours, minutes and seconds.
    """
    found = _DURATION.fullmatch(text)
    if found is None or text == "P":
        raise ValueError("must be a duration such as P7Y, P24M, P1Y6M or P90D")
    count = {unit: int(digits) for unit, digits in found.groupdict(default="0").items()}
    return Duration(count["years"] * 12 + count["months"], count["weeks"] * 7 + count["days"])


@lru_cache
def _longest(months: int) -> int:
    """Count the days of the longest run of whole months.

    A run that begins after the first of a month is as long, or shorter where its last day does
    not exist and the month's own last day takes its place.
    """
    begins = (divmod(month, 12) for month in range(2000 * 12, (2000 + _CYCLE_YEARS) * 12))
    return max(
        date(year + (month + months) // 12, (month + months) % 12 + 1, 1).toordinal()
        - date(year, month + 1, 1).toordinal()
        for year, month in begins
    )
