"""A plan for a person at a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from runner.model.policy import PurgePolicy
from runner.model.text import printable, shorten
from runner.model.time import format_instant
from runner.plan.orders import Order, Standing
from runner.plan.plan import Plan, PlannedOrder
from runner.reports.findings import counted
from runner.reports.findings_text import sentence

_MEANING = {
    Standing.READY: "would run",
    Standing.REFUSED: "refused",
    Standing.WAITING: "waits: the platform asked for a pause",
    Standing.OPEN: "is running: apply goes on with it",
    Standing.AMBIGUOUS: "outcome unknown: a person must decide",
    Standing.CLOSED: "has ended; it never runs again under this revision",
    Standing.OBSERVED: "is only observed: counted, never submitted",
    Standing.BASELINE: "stood on main when the log was opened; raise its revision to run it",
}


def plan_text(plan: Plan) -> str:
    """Return the whole plan, one block an order, and a closing line with the totals."""
    lines = [f"Plan for target {plan.target.name} at {plan.commit[:12]}, {format_instant(plan.made_at)}", ""]
    for planned in plan.orders:
        lines += [*_block(planned), ""]
    for finding in plan.unreadable:
        lines += [f"    {sentence(finding)}", ""]
    return "\n".join([*lines, _totals(plan)]) + "\n"


def _block(planned: PlannedOrder) -> Iterator[str]:
    order = planned.order
    policy = order.policy
    dates = policy.selection.date_range
    yield f"  {policy.name} (revision {policy.revision}) {_MEANING[order.standing]}"
    yield (
        f"    what    {policy.selection.interaction_type.value}, {dates.start_text} to {dates.end_text}, "
        f"{policy.classification.value}, {_kind(policy)}"
    )
    yield f"    where   {_attributes(order)}"
    if order.standing not in (Standing.CLOSED, Standing.OPEN, Standing.AMBIGUOUS):
        yield f"    count   {_count(order)}"
        yield f"    since   {format_instant(policy.eligible_at)} everything selected is old enough"
    if planned.digest is not None:
        yield f"    digest  {planned.digest}"
    for finding in order.findings:
        yield f"    {sentence(finding)}"


def _kind(policy: PurgePolicy) -> str:
    """Permanent, or soft with the days in which it can be taken back."""
    days = policy.grace_days
    grace = "" if days is None else f" (can be taken back for {counted(days, 'day')})"
    return policy.purge_type.value + grace


def _attributes(order: Order) -> str:
    attributes = order.policy.selection.attributes
    if not attributes:
        return "everything of this type in the range"
    pairs = (f"{name} = {_value(value)}" for name, value in attributes.items())
    return shorten(printable(", ".join(pairs)), 160)


def _value(value: object) -> str:
    return " or ".join(str(item) for item in value) if isinstance(value, tuple) else str(value)


def _count(order: Order) -> str:
    limit = f"limit {order.policy.max_interactions:,}"
    return f"unknown, {limit}" if order.count is None else f"{order.count:,} interactions, {limit}"


def _totals(plan: Plan) -> str:
    standings = [planned.order.standing for planned in plan.orders]
    ready = [planned.order for planned in plan.orders if planned.order.submittable]
    known = sum(order.count or 0 for order in ready)
    unknown = sum(order.count is None for order in ready)
    text = f"{len(ready)} of {len(standings)} policies would run, selecting {known:,} interactions"
    if unknown:
        text += f" and an unknown number in {unknown}"
    refused = sum(standing is Standing.REFUSED for standing in standings)
    return text + (f"; {refused} refused." if refused else ".")
