"""A plan as JSON (``schemas/plan.schema.json``)."""

from __future__ import annotations

from runner.model.json import JsonObject
from runner.model.time import format_instant
from runner.plan.figures import share_permille
from runner.plan.plan import Plan, PlannedOrder
from runner.reports.findings_json import finding_object
from runner.reports.json_text import json_text


def plan_json(plan: Plan) -> str:
    """Return one JSON document, indented, with a final newline."""
    document = {
        "version": 1,
        "target": plan.target.name,
        "commit": plan.commit,
        "madeAt": format_instant(plan.made_at),
        "orders": [_order(planned) for planned in plan.orders],
        "unreadable": [finding_object(finding) for finding in plan.unreadable],
    }
    return json_text(document)


def _order(planned: PlannedOrder) -> JsonObject:
    order = planned.order
    policy = order.policy
    return {
        "policy": policy.name,
        "revision": policy.revision,
        "purgeId": order.purge_id,
        "path": order.path,
        "standing": order.standing.value,
        "count": order.count,
        "population": order.population,
        "sharePermille": share_permille(order.count, order.population),
        "limit": policy.max_interactions,
        "eligibleAt": format_instant(policy.eligible_at),
        "digest": planned.digest,
        "findings": [finding_object(finding) for finding in order.findings],
    }
