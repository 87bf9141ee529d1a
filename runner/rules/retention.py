"""The rule about the age of what may go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
    phases=frozenset({Phase.REVIEW, Phase.EXECUTION}),
    basis="A retention period ends before a record may be destroyed: SEC Release 34-97787 (2023-06-22), "
    "recordings deleted inside their period",
    hint="propose it again on that date, or end the range earlier",
)


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
