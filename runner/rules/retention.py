"""Rules about the age of what may go: of the range that a policy states, and of every single item."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from runner.model.finding import Fault, Severity
from runner.model.policy import RetentionTrigger, eligible_at
from runner.model.rule import Phase, Rule
from runner.model.time import exclusive_end, format_instant
from runner.rules.check import Check

RET_003 = Rule(
    id="RET-003",
    title="Everything in the range is old enough",
    severity=Severity.ERROR,
    phase=Phase.REVIEW,
    basis="A retention period ends before a record may be destroyed: SEC Release 34-97787 (2023-06-22), "
    "recordings deleted inside their period",
    hint="propose it again on that date, or end the range earlier",
)
RET_004 = Rule(
    id="RET-004",
    title="Every single item is old enough",
    severity=Severity.ERROR,
    phase=Phase.EXECUTION,
    basis="SEC Release 34-97787 (2023-06-22): recordings deleted inside their period. A conversation that "
    "began in the range may have ended later, or been opened again",
    hint="end the range earlier, or wait until the youngest item is old enough",
    planned=True,
)


@dataclass(frozen=True, slots=True)
class Items:
    """How many of the selected interactions ended at an instant, as the platform tells it.

    ``ended`` is ``None`` where the platform tells no end: they may not have ended at all.
    """

    ended: datetime | None
    count: int


def old_enough(
    end: str, retention_days: int, trigger: Mapping[str, str] | None, now: datetime
) -> Iterator[Fault]:
    """RET-003: the range's end plus the retention lies in the past.

    ``trigger`` is the policy's ``retentionTrigger`` as written.
    """
    eligible = eligible_at(exclusive_end(end), retention_days, _event(trigger))
    if eligible > now:
        yield RET_003.fault(
            "/dateRange",
            f"not old enough: with {retention_days} days of retention this range becomes eligible on "
            f"{_day_or_instant(eligible)}",
            at_key=True,
        )


def each_old_enough(
    items: Iterable[Items], retention_days: int, trigger: RetentionTrigger | None, now: datetime
) -> Iterator[Fault]:
    """RET-004: the end of each item plus the retention lies in the past. One that is younger stops all."""
    young = 0
    youngest: datetime | None = None
    for item in items:
        if item.count and (item.ended is None or eligible_at(item.ended, retention_days, trigger) > now):
            young += item.count
            youngest = max((end for end in (youngest, item.ended) if end is not None), default=None)
    if young:
        last = (
            "the platform tells no end of them"
            if youngest is None
            else f"the last of them ended at {format_instant(youngest)}"
        )
        yield RET_004.fault(
            "/dateRange",
            f"{young:,} of the selected interactions are not old enough with {retention_days} days of "
            f"retention; {last}",
            at_key=True,
        )


def _event(trigger: Mapping[str, str] | None) -> RetentionTrigger | None:
    if trigger is None:
        return None
    return RetentionTrigger(trigger["event"], date.fromisoformat(trigger["date"]), trigger["evidence"])


def _day_or_instant(instant: datetime) -> str:
    midnight = instant.astimezone(UTC).time() == time.min
    return instant.date().isoformat() if midnight else format_instant(instant)


CHECKS = (
    Check(
        RET_003,
        old_enough,
        reads=("/dateRange/end", "/retentionDays"),
        may_read=("/retentionTrigger",),
        clock=True,
    ),
)
