"""The words for an order that every report of a plan uses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from runner.model.policy import DateRange, FilterValue, InteractionType, PurgePolicy
from runner.model.text import printable, shorten
from runner.plan.figures import share_permille
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


def filters(policy: PurgePolicy) -> str:
    """What must match besides type and range, as one bounded line; empty where there is nothing."""
    selection = policy.selection
    pairs = (f"{name} = {value}" for name, value in conditions(selection.attributes, selection.dimensions))
    return shorten(printable(", ".join(pairs)), 160)


def conditions(
    attributes: Mapping[str, FilterValue], dimensions: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[str, str]]:
    """Each condition as its name and its values, as written; a dimension is told apart from an attribute."""
    yield from ((name, _value(value)) for name, value in attributes.items())
    yield from ((f"platform.{name}", _value(value)) for name, value in dimensions.items())


def types(policy: PurgePolicy) -> str:
    """The type of interactions in a word or two."""
    kind = policy.selection.interaction_type
    return "every type" if kind is InteractionType.ANY else kind.value


def share(selected: int | None, population: int | None) -> str:
    """Of how many interactions that is, and which part of them; empty where it is not known."""
    part = share_permille(selected, population)
    return "" if part is None else f"of {population:,} of this type in the range ({part / 10:.1f} %)"


def span(dates: DateRange) -> str:
    """A range as written, or by its days where it holds whole ones."""
    if dates.start_text.endswith(_MIDNIGHT) and dates.end_text.endswith(_LAST_INSTANT):
        return f"{dates.start_text[:10]} to {dates.end_text[:10]}"
    return f"{dates.start_text} to {dates.end_text}"


def _value(value: FilterValue) -> str:
    return " or ".join(map(str, value)) if isinstance(value, tuple) else str(value)
