"""The organisation's own time, which a test may move ahead instead of waiting."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from runner.model.time import format_milliseconds

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Clock:
    """Milliseconds since 1970-01-01T00:00:00Z. It can be moved ahead, never back."""

    def __init__(self, seconds: Callable[[], float] = time.time) -> None:
        self._seconds = seconds
        self._ahead = 0.0

    @property
    def ahead(self) -> float:
        """By how many seconds it was moved in all."""
        return self._ahead

    def now(self) -> int:
        """The present."""
        return int((self._seconds() + self._ahead) * 1000)

    def move(self, seconds: float) -> None:
        """Let time pass."""
        self._ahead += seconds


def milliseconds(moment: datetime) -> int:
    """An aware datetime as milliseconds since 1970, rounded down."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def as_datetime(moment: int) -> datetime:
    """Milliseconds since 1970 as an aware datetime."""
    return _EPOCH + timedelta(milliseconds=moment)


def written(moment: int) -> str:
    """Milliseconds since 1970 as the platform writes them: ``2026-11-23T09:00:00.123Z``."""
    return format_milliseconds(as_datetime(moment))


def months_later(moment: int, months: int) -> int:
    """The same day and time in another month, or the last day of a shorter one."""
    start = as_datetime(moment)
    years, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    first = start.replace(year=years, month=month + 1, day=1)
    following = (first + timedelta(days=31)).replace(day=1)
    last_day = (following - timedelta(days=1)).day
    return milliseconds(first.replace(day=min(start.day, last_day)))
