"""Rules about the date range: ordered, in the past, and narrow."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import partial

from runner.model.finding import Fault, Severity
from runner.model.json import JsonObject
from runner.model.policy import PurgePolicy
from runner.model.regulation import CARD_SAD
from runner.model.rule import Phase, Rule
from runner.model.settings import Settings
from runner.model.time import (
    ONE_MILLISECOND,
    exclusive_end,
    format_instant,
    format_milliseconds,
    parse_instant,
)
from runner.rules.check import Check

DAT_001 = Rule(
    id="DAT-001",
    title="The range is ordered",
    severity=Severity.ERROR,
    phase=Phase.REVIEW,
    basis="ISO 8601-1 time interval: the start precedes the end",
    hint="write the earlier instant as start and the later one as end",
)
DAT_002 = Rule(
    id="DAT-002",
    title="The range has ended and settled",
    severity=Severity.ERROR,
    phase=Phase.REVIEW,
    basis="Genesys Cloud, recording jobs: a new recording may take up to 48 hours to reach the job query",
    hint="end the range earlier, or wait",
)
DAT_003 = Rule(
    id="DAT-003",
    title="The range is not too wide",
    severity=Severity.ERROR,
    phase=Phase.REVIEW,
    basis="Decision: a narrow range bounds the damage of a mistake, and long platform queries time out",
    hint="split the range into several policies",
)
DAT_005 = Rule(
    id="DAT-005",
    title="The range begins after the organisation did",
    severity=Severity.ERROR,
    phase=Phase.REVIEW,
    basis="Decision: a date at which no interaction can have taken place is a slip of the pen",
    hint="correct the year, or goLive in the target's file",
)
DAT_006 = Rule(
    id="DAT-006",
    title="A range does not end at midnight",
    severity=Severity.WARNING,
    phase=Phase.REVIEW,
    basis="Decision: an end is included to the millisecond, so one at midnight leaves out the day it names",
    hint="end with the last millisecond of a day, T23:59:59.999Z",
)

_FIRST_PLAUSIBLE_DAY = date(1990, 1, 1)
"""No contact centre brought older recordings along; it counts where the target names no first day."""

_MIDNIGHT = re.compile(r"(.{10})T00:00:00(?:\.0+)?(Z|[+-].+)")
"""A day and an offset around the midnight of an RFC 3339 date-time."""

_UNITS = (
    ("day", timedelta(days=1)),
    ("hour", timedelta(hours=1)),
    ("minute", timedelta(minutes=1)),
    ("second", timedelta(seconds=1)),
    ("millisecond", ONE_MILLISECOND),
)


def ordered(start: str, end: str) -> Iterator[Fault]:
    """DAT-001: the start lies before the end."""
    if parse_instant(start) >= parse_instant(end):
        yield DAT_001.fault("/dateRange/end", f"the end {end} is not after the start {start}")


def settling(settings: Settings, tags: Collection[str] | None) -> timedelta:
    """Return how long a range is left alone after its end.

    The platform takes that long to know a new recording. Card authentication data waits for
    nothing (ERA-003).
    """
    return timedelta(0) if _urgent(tags) else settings.settling


def allowed_from(settings: Settings, policy: PurgePolicy) -> datetime:
    """Return the first instant at which all that a policy selects is old enough and has settled."""
    tags = policy.body.get("tags")
    wait = settling(settings, [str(tag) for tag in tags] if isinstance(tags, list) else None)
    return max(policy.eligible_at, policy.selection.date_range.end + wait)


def settled(settings: Settings, end: str, tags: Collection[str] | None, now: datetime) -> Iterator[Fault]:
    """DAT-002: the end lies in the past, as long ago as such data takes to settle."""
    last = exclusive_end(end)
    wait = settling(settings, tags)
    if last > now:
        yield DAT_002.fault("/dateRange/end", f"the end {end} lies in the future")
    elif last > now - wait:
        yield DAT_002.fault(
            "/dateRange/end",
            f"the end {end} is too fresh: interactions settle until {format_instant(last + wait)}",
        )


def known(end: datetime, settled_until: datetime | None, *, tells: bool) -> Iterator[Fault]:
    """DAT-002: the platform's data is complete up to the (exclusive) end of the range.

    ``settled_until`` is what the platform says, ``None`` for nothing; one that ``tells`` must say it.
    """
    if settled_until is None and tells:
        yield DAT_002.fault("/dateRange/end", "the platform does not say until when its data is complete")
    elif settled_until is not None and end > settled_until:
        yield DAT_002.fault(
            "/dateRange/end",
            f"the platform's data is complete until {format_instant(settled_until)}, before the range ends",
        )


def narrow(widest: timedelta, start: str, end: str, tags: Collection[str] | None) -> Iterator[Fault]:
    """DAT-003: the range is no wider than ``widest``; that of card authentication data may be (ERA-003)."""
    begins = parse_instant(start)
    excess = exclusive_end(end) - begins - widest
    if excess > timedelta(0) and not _urgent(tags):
        latest = format_milliseconds(begins + widest - ONE_MILLISECOND)
        yield DAT_003.fault(
            "/dateRange",
            f"the range is {_spelled(excess)} too wide; {widest.days} days are allowed",
            hint=f"end it at {latest}, or split it into several policies",
            at_key=True,
        )


def plausible(start: str, go_live: date | None) -> Iterator[Fault]:
    """DAT-005: the start, as written, is not before the target's first day of operation."""
    first = go_live or _FIRST_PLAUSIBLE_DAY
    if date.fromisoformat(start[:10]) < first:
        why = "the target went live on" if go_live else "no interaction is older than"
        yield DAT_005.fault("/dateRange/start", f"the start {start} is too early: {why} {first.isoformat()}")


def ends_with_a_day(pointer: str, end: str) -> Iterator[Fault]:
    """DAT-006: the end, as written, is not a midnight, of whose day only one millisecond is in the range."""
    midnight = _MIDNIGHT.fullmatch(end)
    if midnight:
        day, offset = midnight.groups()
        yield DAT_006.fault(
            pointer,
            f"the range ends at the beginning of {day}, and has only the first millisecond of that day",
            hint=f"did you mean {day}T23:59:59.999{offset}, or the same of the day before?",
        )


def _spelled(length: timedelta) -> str:
    """Say a length in words: ``2 days and 1 millisecond``."""
    parts = []
    for unit, size in _UNITS:
        count, length = divmod(length, size)
        if count:
            parts.append(f"{count:,} {unit}" + ("" if count == 1 else "s"))
    return " and ".join(parts) or "less than a millisecond"


def _urgent(tags: Collection[str] | None) -> bool:
    """Whether data must go at once, as ERA-003 demands of what carries this tag."""
    return CARD_SAD in (tags or ())


def whole_days_held(scope: JsonObject) -> Iterator[Fault]:
    """DAT-006 for a hold: one that ends at midnight would let the day go that it names."""
    span = scope.get("dateRange")
    end = span.get("end") if isinstance(span, Mapping) else None
    if isinstance(end, str):
        yield from ends_with_a_day("/scope/dateRange/end", end)


WHOLE_DAYS_HELD = Check(DAT_006, whole_days_held, reads=("/scope",))
"""What the document of a hold answers for in this family."""


def checks(settings: Settings) -> tuple[Check, ...]:
    """Return the checks of a range that its document decides."""
    both = ("/dateRange/start", "/dateRange/end")
    return (
        Check(DAT_001, ordered, reads=both),
        Check(
            DAT_002,
            partial(settled, settings),
            reads=("/dateRange/end",),
            may_read=("/tags",),
            clock=True,
        ),
        Check(DAT_003, partial(narrow, settings.widest_range), reads=both, may_read=("/tags",)),
    )
