"""The words for an order that every report of a plan uses."""

from __future__ import annotations

from runner.model.policy import DateRange, FilterValue, PurgePolicy
from runner.model.text import printable, shorten
from runner.plan.orders import Standing
from runner.reports.findings import counted

MEANING = {
    Standing.READY: "would run",
    Standing.REFUSED: "refused",
    Standing.WAITING: "waits: the platform asked for a pause",
    Standing.OPEN: "is running: apply goes on with it",
    Standing.AMBIGUOUS: "outcome unknown: a person must decide",
    Standing.CLOSED: "has ended; it never runs again under this revision",
    Standing.OBSERVED: "is only observed: counted, never submitted",
    Standing.BASELINE: "stood on main when the log was opened; raise its revision to run it",
}

_MIDNIGHT = "T00:00:00.000Z"
_LAST_INSTANT = "T23:59:59.999Z"


def kind(policy: PurgePolicy) -> str:
    """Permanent, or soft with the days in which it can be taken back."""
    days = policy.grace_days
    grace = "" if days is None else f" (can be taken back for {counted(days, 'day')})"
    return policy.purge_type.value + grace


def attributes(policy: PurgePolicy) -> str:
    """The attributes that must match, as one bounded line; empty where there are none."""
    pairs = (f"{name} = {_value(value)}" for name, value in policy.selection.attributes.items())
    return shorten(printable(", ".join(pairs)), 160)


def span(dates: DateRange) -> str:
    """A range as written, or by its days where it holds whole ones."""
    if dates.start_text.endswith(_MIDNIGHT) and dates.end_text.endswith(_LAST_INSTANT):
        return f"{dates.start_text[:10]} to {dates.end_text[:10]}"
    return f"{dates.start_text} to {dates.end_text}"


def _value(value: FilterValue) -> str:
    return " or ".join(map(str, value)) if isinstance(value, tuple) else str(value)
