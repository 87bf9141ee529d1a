"""Rules about the age of what may go: of the range that a policy states, and of every single item."""

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
    phase=Phase.REVIEW,
    basis="A retention period ends before a record may be destroyed: SEC Release 34-97787 (2023-06-22), "
    "recordings deleted inside their period",
    hint="propose it again on that date, or end the range earlier",
)
RET_004 = Rule(
    id="RET-004",
    title="Every single item is old enough",
    severity=Severity.ERROR,
    phase=Phase.PLAN,
    basis="SEC Release 34-97787 (2023-06-22): recordings deleted inside their period. A conversation that "
    "began in the range may have ended later, or been opened again",
    hint="end the range earlier, or wait until the youngest item is old enough",
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


def last_old_enough(
    newest_end: datetime | None, retention_days: int, trigger: RetentionTrigger | None, now: datetime
) -> Iterator[Fault]:
    """RET-004: the end of the interaction that ended last, plus the retention, lies in the past.

    ``newest_end`` is what the platform says, ``None`` when one of those selected has not ended.
    """
    if newest_end is None:
        yield RET_004.fault(
            "/dateRange",
            "the platform does not say that all of the selected interactions have ended",
            at_key=True,
        )
        return
    eligible = eligible_at(newest_end, retention_days, trigger)
    if eligible > now:
        yield RET_004.fault(
            "/dateRange",
            f"the last of the selected interactions ended at {format_instant(newest_end)}; with "
            f"{retention_days} days of retention it may go on {_day_or_instant(eligible)}",
            at_key=True,
        )


def every_end_seen(count: int | None, surveyed: int | None) -> Iterator[Fault]:
    """RET-004: a prepared job takes none but those of which the platform has told when the last ended.

    ``count`` is the job's, ``surveyed`` of how many that was told; a role may show a client fewer
    conversations than its jobs may delete.
    """
    if count is not None and surveyed is not None and count > surveyed:
        yield RET_004.fault(
            "/dateRange",
            f"the prepared job takes {count:,} interactions, and the platform tells of {surveyed:,} when the "
            "last of them ended",
            hint="give the role of the OAuth client analytics:conversationDetail:view in every division in "
            "which it may delete",
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
