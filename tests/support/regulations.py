"""Entries and packs for tests, each with defaults that apply to everything and ask for nothing."""

from __future__ import annotations

import json
from datetime import date

from support.trees import file

from runner.model.duration import parse_calendar_duration
from runner.model.regulation import (
    ClockStart,
    Force,
    Layer,
    Regulation,
    RegulationPack,
    Retain,
    Scope,
)
from runner.model.source import SourceFile

PACK = {
    "apiVersion": "purge/v1",
    "kind": "RegulationPack",
    "owner": "compliance",
    "layer": "core",
    "notice": "An example, not legal advice.",
    "reviewedOn": "2026-11-23",
    "nextReviewBy": "2027-11-23",
    "vocabulary": {"jurisdictions": ["US", "EU", "EU-FR"], "tags": ["telemarketing"]},
    "regulations": [],
}
ENTRY = {
    "id": "law",
    "title": "A law",
    "force": "regulation",
    "jurisdictions": ["*"],
    "citation": {"text": "1 LAW 2", "checkedOn": "2026-11-23", "confidence": "high"},
    "appliesTo": {},
    "clock": {"start": "interaction-end"},
    "retain": {},
}


def regulation(id_: str = "law", **changes: object) -> Regulation:
    """An entry; ``minimum``, ``maximum`` and ``advised`` are durations as text."""
    periods = {
        key: parse_calendar_duration(str(changes.pop(key)))
        for key in ("minimum", "maximum", "advised", "extendable_to")
        if key in changes
    }
    scope = {
        key: frozenset(changes.pop(key)) if key in changes else None
        for key in ("classifications", "interaction_types", "tags")
    }
    fields: dict[str, object] = {
        "id": id_,
        "title": id_.capitalize(),
        "force": Force.REGULATION,
        "jurisdictions": frozenset({"*"}),
        "citation": "1 LAW 2",
        "effective_from": None,
        "effective_to": None,
        "scope": Scope(**scope),
        "clock": ClockStart.INTERACTION_END,
        "event": "",
        "retain": Retain(**periods),
        "permanent": False,
        "requires": (),
        "examples": (),
        **changes,
    }
    return Regulation(**fields)


def pack(name: str, *entries: Regulation, layer: Layer = Layer.CORE) -> RegulationPack:
    """A pack with these entries, in date for a year."""
    return RegulationPack(
        name, layer, date(2026, 11, 23), date(2027, 11, 23), frozenset(), frozenset(), entries, ()
    )


def pack_file(name: str, *entries: dict[str, object], **changes: object) -> SourceFile:
    """The file of a pack; each entry is ``ENTRY`` with changes."""
    fields = {**PACK, "name": name, "regulations": [{**ENTRY, **entry} for entry in entries], **changes}
    first = "# yaml-language-server: $schema=../../schemas/regulation-pack.schema.json\n"
    lines = "".join(f"{key}: {json.dumps(value)}\n" for key, value in fields.items())
    return file(f"policies/regulations/{name}.yaml", first + lines)


def cases_file(name: str, *cases: dict[str, object]) -> SourceFile:
    """The file of a PolicyTest."""
    first = "# yaml-language-server: $schema=../../schemas/policy-test.schema.json\n"
    fields = {"apiVersion": "purge/v1", "kind": "PolicyTest", "name": name, "cases": list(cases)}
    lines = "".join(f"{key}: {json.dumps(value)}\n" for key, value in fields.items())
    return file(f"policies/tests/{name}.yaml", first + lines)
