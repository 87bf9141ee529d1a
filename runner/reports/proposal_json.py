"""A proposal as JSON (``schemas/proposal.schema.json``)."""

from __future__ import annotations

from runner.model.json import JsonObject
from runner.model.settings import Quorum
from runner.model.time import format_instant
from runner.plan.proposal import Proposal, Proposed
from runner.reports.findings_json import finding_object
from runner.reports.json_text import json_text


def proposal_json(proposal: Proposal) -> str:
    """Return one JSON document, indented, with a final newline."""
    return json_text(
        {
            "version": 1,
            "base": proposal.base,
            "head": proposal.head or None,
            "madeAt": format_instant(proposal.made_at),
            "approvalDays": proposal.settings.valid_for.days,
            "orders": [_order(each) for each in proposal.orders],
            "others": list(proposal.others),
            "unreadable": [finding_object(finding) for finding in proposal.unreadable],
        }
    )


def _order(each: Proposed) -> JsonObject:
    order = each.order
    policy = order.policy
    expected = policy.expected
    return {
        "policy": policy.name,
        "revision": policy.revision,
        "target": policy.target,
        "purgeId": order.purge_id,
        "path": order.path,
        "touch": each.touch.value,
        "standing": order.standing.value,
        "before": None if each.before is None else each.before.value,
        "breadth": None if each.breadth is None else each.breadth.value,
        "changedFields": list(each.fields),
        "count": {
            "selected": each.figures.selected,
            "population": each.figures.population,
            "held": each.figures.held,
            "sharePermille": each.figures.share_permille,
        },
        "expected": None
        if expected is None
        else {"count": expected.count, "tolerancePercent": expected.tolerance_percent},
        "limit": policy.max_interactions,
        "allowedFrom": format_instant(each.allowed_from),
        "citations": [{"entry": entry.id, "text": entry.citation} for entry in each.entries],
        "approvals": _quorum(each.quorum),
        "approvalsMissing": None if each.missing is None else _quorum(each.missing),
        "holds": list(each.holds),
        "digest": each.digest,
        "digestCount": each.digest_count,
        "findings": [finding_object(finding) for finding in order.findings],
    }


def _quorum(quorum: Quorum) -> JsonObject:
    return {"people": quorum.people, "roles": sorted(quorum.roles)}
