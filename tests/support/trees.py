"""Documents for tests: valid ones, and the same with a change, as the files of a tree."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime

from runner.documents.reading import read
from runner.documents.typed import selection
from runner.model.purge import Purge, PurgeState
from runner.model.source import EntryKind, SourceFile

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)

POLICY: Mapping[str, object] = {
    "apiVersion": "purge/v1",
    "kind": "PurgePolicy",
    "owner": "records-team",
    "target": "sandbox",
    "interactionType": "voice",
    "dateRange": {"start": "2018-01-01T00:00:00.000Z", "end": "2018-12-31T23:59:59.999Z"},
    "retentionDays": 2557,
    "classification": "confidential",
    "jurisdictions": ["US"],
    "purgeType": "permanent",
    "filters": {"attributes": {"department": "billing"}},
    "reason": "Seven-year period of the 2018 billing calls has ended. Ticket REC-412.",
    "limits": {"maxInteractions": 5000},
    "retentionBasis": "Retention schedule RS-12, item 4",
}
HOLD: Mapping[str, object] = {
    "apiVersion": "purge/v1",
    "kind": "LegalHold",
    "type": "litigation",
    "basis": "Reasonable anticipation of litigation.",
    "issuedBy": "legal",
    "issuedOn": "2026-10-05",
    "scope": {},
    "review": {"every": "P90D"},
}
TARGET: Mapping[str, object] = {
    "apiVersion": "purge/v1",
    "kind": "Target",
    "region": "sandbox",
    "backend": "interactions-purge",
    "approvals": "none",
    "counts": "required",
    "webhooks": [],
    "log": {"origin": "sandbox.purgectl.example/interactions", "keys": []},
    "poll": {"deadline": "PT1H"},
    "rateLimit": {"perMinute": 300},
}


def file(path: str, text: str | bytes, blob: str = "") -> SourceFile:
    """A regular file of the tree."""
    data = text.encode() if isinstance(text, str) else text
    return SourceFile(path, EntryKind.FILE, data, len(data), blob)


def policy(name: str, without: tuple[str, ...] = (), **changes: object) -> SourceFile:
    """A policy that breaks no rule, with the given fields changed or left out."""
    return _document("purges", "purge-policy", name, POLICY, without, changes)


def hold(name: str, without: tuple[str, ...] = (), **changes: object) -> SourceFile:
    """A hold on everything, unless its scope is given."""
    return _document("holds", "legal-hold", name, HOLD, without, changes)


def target(name: str = "sandbox", without: tuple[str, ...] = (), **changes: object) -> SourceFile:
    """A target on loopback, with a log of its own."""
    log = {"origin": f"{name}.purgectl.example/interactions", "keys": []}
    return _document("targets", "target", name, {**TARGET, "log": log}, without, changes)


def purge(source: SourceFile, state: PurgeState, *, blob: str = "", revision: int = 1) -> Purge:
    """What the log knows of a policy's purge; ``blob`` is that of its newest intent."""
    document = read(source)
    assert document.value is not None
    begun = state is not PurgeState.REFUSED
    return Purge(
        id=f"{document.name}-{revision}",
        target=str(document.value["target"]),
        policy=document.name,
        revision=revision,
        state=state,
        path=source.path,
        blob=blob if begun else "",
        selection=selection(document.value) if begun else None,
        intent=1 if begun else None,
    )


def _document(
    folder: str,
    schema: str,
    name: str,
    body: Mapping[str, object],
    without: tuple[str, ...],
    changes: Mapping[str, object],
) -> SourceFile:
    fields = {key: value for key, value in {**body, "name": name, **changes}.items() if key not in without}
    first = f"# yaml-language-server: $schema=../../schemas/{schema}.schema.json\n"
    lines = "".join(f"{key}: {json.dumps(value)}\n" for key, value in fields.items())
    return file(f"policies/{folder}/{name}.yaml", first + lines)
