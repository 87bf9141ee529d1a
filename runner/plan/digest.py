"""The plan digest: one hash over everything that decides what an order would destroy."""

from __future__ import annotations

import hashlib

import rfc8785

from runner.model.target import Target
from runner.plan.orders import Order


def plan_digest(
    order: Order,
    target: Target,
    holds: tuple[tuple[str, str], ...],
    packs: tuple[tuple[str, str], ...],
) -> str:
    """Return ``sha256:<hex>`` over an order's plan (RFC 8785 bytes).

    Covered are the policy's bytes (by git blob), the target's organisation and backend, the
    window, the holds looked at and the regulation packs that judged (name and blob), the count and
    the guards. So a reviewer's figure and an auditor's record can be compared by one line.
    """
    policy = order.policy
    expected = policy.expected
    statement = {
        "purge_id": order.purge_id,
        "policy": {"path": order.path, "blob": order.blob},
        "target": {
            "name": target.name,
            "organization_id": target.organization_id,
            "backend": target.backend.value,
        },
        "window": {
            "start": policy.selection.date_range.start_text,
            "end": policy.selection.date_range.end_text,
            "eligible_at": policy.eligible_at.isoformat(),
        },
        "holds": [{"name": name, "blob": blob} for name, blob in holds],
        "packs": [{"name": name, "blob": blob} for name, blob in packs],
        "matched": order.count,
        "guards": {
            "limit": policy.max_interactions,
            "expected": None
            if expected is None
            else {"count": expected.count, "tolerancePercent": expected.tolerance_percent},
        },
    }
    return "sha256:" + hashlib.sha256(rfc8785.dumps(statement)).hexdigest()
