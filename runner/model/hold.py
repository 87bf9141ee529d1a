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
class Release:
    """A proposed end of a hold. It counts only with evidence of approval from the forge."""

    reason: str
    released_on: date
    purgeable_from: date


@dataclass(frozen=True, slots=True)
class LegalHold:
    """One valid LegalHold document (``docs/formats.md`` section 1)."""

    name: str
    type: str
    issued_by: str
    scope: HoldScope
    release: Release | None
    body: JsonObject
