"""Rules about how long interactions are kept before they may go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time

from runner.model.finding import Fault, Severity
from runner.model.policy import Classification, RetentionTrigger, eligible_at
from runner.model.rule import Phase, Rule
from runner.model.time import exclusive_end, format_instant
from runner.rules.check import Check

HIPAA_FLOOR_DAYS = 2555

RET_001 = Rule(
    id="RET-001",
    title="HIPAA data is kept at least 2,555 days",
    severity=Severity.ERROR,
    phases=frozenset({Phase.REVIEW, Phase.EXECUTION}),
    basis="Organisational floor: HIPAA itself sets no period for PHI; state law commonly sets seven years, "
    "e.g. Cal. Health & Safety Code 123145",
    hint="keep the interactions at least 2555 days; 2557 cover seven calendar years",
)
RET_003 = Rule(
    id="RET-003",
    title="Everything in the range is old enough",
    severity=Severity.ERROR,
    phases=frozenset({Phase.REVIEW, Phase.EXECUTION}),
    basis="A retention period ends before a record may be destroyed: SEC Release 34-97787 (2023-06-22), "
    "recordings deleted inside their period",
    hint="propose it again on that date, or end the range earlier",
)
RET_005 = Rule(
    id="RET-005",
    title="Years are calendar years",
    severity=Severity.WARNING,
    phases=frozenset({Phase.REVIEW}),
    basis="A statute's year is a calendar year, and leap years have 366 days",
    hint="count 366 days for a year, 1,096 for three, 1,827 for five, 2,192 for six and 2,557 for seven",
)


def hipaa_floor(classification: str, retention_days: int) -> Iterator[Fault]:
    """RET-001: ``hipaa`` data is kept at least ``HIPAA_FLOOR_DAYS`` days."""
    if classification == Classification.HIPAA and retention_days < HIPAA_FLOOR_DAYS:
        yield RET_001.fault(
            "/retentionDays",
            f"hipaa data needs at least {HIPAA_FLOOR_DAYS} days of retention, not {retention_days}",
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


def calendar_years(retention_days: int) -> Iterator[Fault]:
    """RET-005: a multiple of 365 days is shorter than as many calendar years."""
    years, rest = divmod(retention_days, 365)
    if years and not rest:
        span = "a calendar year" if years == 1 else f"{years} calendar years"
        yield RET_005.fault("/retentionDays", f"{retention_days} days are shorter than {span} may be")


def _event(trigger: Mapping[str, str] | None) -> RetentionTrigger | None:
    if trigger is None:
        return None
    return RetentionTrigger(trigger["event"], date.fromisoformat(trigger["date"]), trigger["evidence"])


def _day_or_instant(instant: datetime) -> str:
    midnight = instant.astimezone(UTC).time() == time.min
    return instant.date().isoformat() if midnight else format_instant(instant)


CHECKS = (
    Check(RET_001, hipaa_floor, reads=("/classification", "/retentionDays")),
    Check(
        RET_003,
        old_enough,
        reads=("/dateRange/end", "/retentionDays"),
        may_read=("/retentionTrigger",),
        clock=True,
    ),
    Check(RET_005, calendar_years, reads=("/retentionDays",)),
)
