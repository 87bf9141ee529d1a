"""A plan for a person at a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from runner.model.time import format_instant
from runner.plan.orders import Order, Standing
from runner.plan.plan import Plan, PlannedOrder
from runner.reports.findings_text import sentence
from runner.reports.orders import MEANING, filters, kind, share, types


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
    yield f"  {policy.name} (revision {policy.revision}) {MEANING[order.standing]}"
    yield (
        f"    what    {types(policy)}, {dates.start_text} to {dates.end_text}, "
        f"{policy.classification.value}, {kind(policy)}"
    )
    yield f"    where   {filters(policy) or 'everything of this type in the range'}"
    if order.standing not in (Standing.CLOSED, Standing.OPEN, Standing.AMBIGUOUS):
        yield f"    count   {_count(order)}"
        yield f"    since   {format_instant(policy.eligible_at)} everything selected is old enough"
    if planned.digest is not None:
        yield f"    digest  {planned.digest}"
    for finding in order.findings:
        yield f"    {sentence(finding)}"


def _count(order: Order) -> str:
    limit = f"limit {order.policy.max_interactions:,}"
    if order.count is None:
        return f"unknown, {limit}"
    part = share(order.count, order.population)
    return ", ".join(filter(None, (f"{order.count:,} interactions", part, limit)))


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
