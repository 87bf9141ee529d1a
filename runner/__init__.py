"""purgectl: reviewed YAML becomes irreversible deletions, each of which can be proven."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from runner.errors import PolicyValidationError

__version__ = "0.1.0"
__all__ = ["PolicyValidationError", "__version__", "validate_policy"]


def validate_policy(policy: Mapping[str, object], now: datetime | None = None) -> dict[str, object]:
    """Check the original article's policy object, and return it.

    ``policy`` holds the article's seven fields: ``interactionType, dateRange{start, end},
    retentionDays, classification, purgeType, filters (optional), reason``. ``now`` is an aware
    datetime, by default the present. The profile is fixed: the seven-field schema, DAT-001,
    DAT-002, RET-001, RET-003, ERA-001 and RSN-001; no file is read.

    Raises ``PolicyValidationError``, whose ``faults`` lists every fault as ``path: message``.
    """
    from runner.plan.article import validate  # jsonschema is slow to import, and most need it not

    return validate(policy, now or datetime.now(UTC))
