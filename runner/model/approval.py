"""Approval: evidence that the right people approved exactly these bytes."""

from __future__ import annotations

from dataclasses import dataclass

from runner.model.json import JsonObject


@dataclass(frozen=True, slots=True)
class Approval:
    """Evidence as it goes into ``purge.intended``: numeric ids, shas, times, URLs; no names."""

    source: str
    evidence: JsonObject
