"""Rules about the date range: ordered, in the past, and no wider than a year."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from runner.model.finding import Fault, Severity
from runner.model.rule import Phase, Rule
from runner.model.time import exclusive_end, format_instant, parse_instant
from runner.rules.check import Check

SETTLING = timedelta(hours=48)
"""How long Genesys Cloud may take until a new recording can be found."""

WIDEST_RANGE = timedelta(days=366)

DAT_001 = Rule(
    id="DAT-001",
    title="The range is ordered",
    severity=Severity.ERROR,
    phases=frozenset({Phase.REVIEW, Phase.EXECUTION}),
    basis="ISO 8601-1 time interval: the start precedes the end",
    hint="write the earlier instant as start and the later one as end",
)
DAT_002 = Rule(
    id="DAT-002",
    title="The range has ended and settled",
    severity=Severity.ERROR,
    phases=frozenset({Phase.REVIEW, Phase.EXECUTION}),
    basis="Genesys Cloud, recording jobs: a new recording may take up to 48 hours to reach the job query",
    hint="end the range earlier, or wait",
)
DAT_003 = Rule(
    id="DAT-003",
    title="The range is at most 366 days wide",
    severity=Severity.ERROR,
    phases=frozenset({Phase.REVIEW}),
    basis="Decision: a narrow range bounds the damage of a mistake, and long platform queries time out",
    hint="split the range into policies of at most one year each",
)
DAT_005 = Rule(
    id="DAT-005",
    title="The range begins after the organisation did",
    severity=Severity.ERROR,
    phases=frozenset({Phase.REVIEW, Phase.EXECUTION}),
    basis="Decision: a date at which no interaction can have taken place is a slip of the pen",
    hint="correct the year, or goLive in the target's file",
)

_FIRST_PLAUSIBLE_DAY = date(1990, 1, 1)
"""No contact centre brought older recordings along; it counts where the target names no first day."""


def ordered(start: str, end: str) -> Iterator[Fault]:
    """DAT-001: the start lies before the end."""
    if parse_instant(start) >= parse_instant(end):
        yield DAT_001.fault("/dateRange/end", f"the end {end} is not after the start {start}")


def settled(end: str, now: datetime) -> Iterator[Fault]:
    """DAT-002: the end lies at least ``SETTLING`` in the past."""
    last = exclusive_end(end)
    if last > now:
        yield DAT_002.fault("/dateRange/end", f"the end {end} lies in the future")
    elif last > now - SETTLING:
        yield DAT_002.fault(
            "/dateRange/end",
            f"the end {end} is too fresh: interactions settle until {format_instant(last + SETTLING)}",
        )


def narrow(start: str, end: str) -> Iterator[Fault]:
    """DAT-003: the range is no wider than ``WIDEST_RANGE``."""
    width = exclusive_end(end) - parse_instant(start)
    if width > WIDEST_RANGE:
        yield DAT_003.fault(
            "/dateRange",
            f"the range is {width / timedelta(days=1):,.1f} days wide; {WIDEST_RANGE.days} are allowed",
            at_key=True,
        )


def plausible(start: str, go_live: date | None) -> Iterator[Fault]:
    """DAT-005: the start, as written, is not before the target's first day of operation."""
    first = go_live or _FIRST_PLAUSIBLE_DAY
    if date.fromisoformat(start[:10]) < first:
        why = "the target went live on" if go_live else "no interaction is older than"
        yield DAT_005.fault("/dateRange/start", f"the start {start} is too early: {why} {first.isoformat()}")


CHECKS = (
    Check(DAT_001, ordered, reads=("/dateRange/start", "/dateRange/end")),
    Check(DAT_002, settled, reads=("/dateRange/end",), clock=True),
    Check(DAT_003, narrow, reads=("/dateRange/start", "/dateRange/end")),
)
