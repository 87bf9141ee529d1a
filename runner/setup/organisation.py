"""What a new repository is made from: the answers that only an organisation can give."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from runner.model.json import JsonObject
from runner.model.source import SourceFile
from runner.setup.wheel import Wheel

OWNER = re.compile(r"@[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})(?:/[a-z0-9][a-z0-9._-]{0,99})?")
"""How CODEOWNERS names a team or an account: ``@organisation/team`` or ``@login``."""

_AGO = 3
"""Years: old enough to be past its retention, and young enough for a platform to look inside (PLT-002)."""


@dataclass(frozen=True, slots=True)
class Owners:
    """Who approves what, each as CODEOWNERS names them."""

    compliance: str
    legal: str
    maintainers: str


@dataclass(frozen=True, slots=True)
class Organisation:
    """Everything that differs from one new repository to another.

    ``documents`` are its first files below ``policies/``, ``target`` is the name of its first target.
    """

    target: str
    documents: tuple[SourceFile, ...]
    owners: Owners
    wheel: Wheel


def first_policy(target: str, now: datetime) -> tuple[str, JsonObject]:
    """Return name and fields of a policy that counts one month of old voice calls, and deletes nothing."""
    year = now.year - _AGO
    return f"observe-voice-{year}-01", {
        "owner": "records-team",
        "target": target,
        "interactionType": "voice",
        "dateRange": {"start": f"{year}-01-01T00:00:00.000Z", "end": f"{year}-01-31T23:59:59.999Z"},
        "retentionDays": 366,
        "retentionBasis": "An example: name the item of your retention schedule here.",
        "classification": "internal",
        "mode": "observe",
        "purgeType": "permanent",
        "allowUnfiltered": True,
        "reason": f"A first look: how many voice calls are there of January {year}? Nothing is deleted.",
        "limits": {"maxInteractions": 1_000_000},
    }
