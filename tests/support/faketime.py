"""A clock that moves only when somebody sleeps, and dice that always fall the same way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class FakeTime:
    """``ports.Clock``. ``slept`` lists every pause in seconds."""

    def __init__(self) -> None:
        self.slept: list[float] = []
        self.elapsed = 0.0

    def now(self) -> datetime:
        return START + timedelta(seconds=self.elapsed)

    def monotonic(self) -> float:
        return self.elapsed

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.slept.append(seconds)
        self.elapsed += seconds


def highest(ceiling: float) -> float:
    """``ports.Jitter`` that always draws the longest wait."""
    return ceiling
