"""What is overdue, for a person at a terminal."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from runner.model.time import format_instant, format_milliseconds
from runner.plan.overdue import Beginning, Data, Late, Overdue
from runner.reports.findings import counted, harmless
from runner.reports.orders import conditions


def overdue_text(found: Overdue, logs: Collection[str], unread: Sequence[str]) -> str:
    """Return what is late by target, and what could not be told.

    ``logs`` are the targets whose log this clone has, ``unread`` the paths of policies and holds
    with errors of form or schema.
    """
    lines = [f"Overdue at {format_instant(found.as_of)}: {_ranges(found)}. This informs, and stops no purge."]
    for beginning in found.beginnings:
        lines += ["", *_target(beginning, logs)]
        for late in found.late:
            if late.data.target == beginning.target:
                lines += _late(late, found)
    lines += _untold(found, unread)
    return "\n".join(lines) + "\n"


def _ranges(found: Overdue) -> str:
    if not found.late:
        return "nothing"
    held = sum(1 for late in found.late if late.held_by)
    return counted(len(found.late), "range") + (f", {held:,} of them held" if held else "")


def _target(beginning: Beginning, logs: Collection[str]) -> Iterator[str]:
    name = harmless(beginning.target)
    basis = "when it went live" if beginning.declared else "the earliest start in a policy, without a goLive"
    yield f"Target {name}, from {format_milliseconds(beginning.start)} ({basis})"
    if beginning.target not in logs:
        yield "  This clone does not know what was purged before, so data that is gone already is listed too."
        yield f"  To fetch the log that knows: git fetch origin audit/{name}:refs/remotes/origin/audit/{name}"


def _late(late: Late, found: Overdue) -> Iterator[str]:
    entry = late.entry
    days = counted(late.days_late(found.as_of), "day")
    yield f"  {format_milliseconds(late.start)} until before {format_milliseconds(late.end)}"
    yield f"    {_data(late.data)}"
    yield f"    {harmless(entry.id)}: {harmless(entry.title)} [{harmless(entry.citation)}]"
    yield f"    the oldest had to be gone by {format_milliseconds(late.gone_by)}, {days} ago"
    if late.held_by:
        yield f"    held: it stays until {harmless(', '.join(late.held_by))} is released"


def _untold(found: Overdue, unread: Sequence[str]) -> Iterator[str]:
    if found.undated or unread:
        yield from ("", "What cannot be told")
    for undated in found.undated:
        entry = undated.entry
        yield f"  {harmless(entry.id)} counts from an event without a date here: {harmless(entry.event)}"
        yield f"    {_data(undated.data)}; no retentionTrigger in {harmless(', '.join(undated.policies))}"
    for path in unread:
        yield f"  {harmless(path)} has errors and was not looked at: see purgectl validate"


def _data(data: Data) -> str:
    traits = data.traits
    places = "any jurisdiction" if traits.jurisdictions is None else ", ".join(sorted(traits.jurisdictions))
    words = [traits.interaction_type, traits.classification, places, ", ".join(sorted(traits.tags))]
    words += [f"{name}: {value}" for name, value in conditions(data.attributes, data.dimensions)]
    return harmless("; ".join(filter(None, words)))
