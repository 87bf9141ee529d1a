"""A legal hold: what must not be deleted, whoever asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from runner.model.json import JsonObject
from runner.model.policy import FilterValue, InteractionType


@dataclass(frozen=True, slots=True)
class HoldScope:
    """Where a hold reaches. ``None`` and an empty mapping mean *all*: absence widens a hold.

    ``start`` is inclusive, ``end`` exclusive; ``end`` is ``None`` for an open range.
    """

    targets: frozenset[str] | None
    interaction_types: frozenset[InteractionType] | None
    start: datetime | None
    end: datetime | None
    attributes: Mapping[str, FilterValue]
    conversation_ids: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class LegalHold:
    """One valid LegalHold document (``docs/formats.md`` section 1).

    ``purgeable_from`` is the day that its release names, ``None`` without a release. That counts only
    with evidence of approval from the forge.
    """

    name: str
    type: str
    issued_by: str
    scope: HoldScope
    purgeable_from: date | None
    body: JsonObject
