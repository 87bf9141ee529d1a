"""A folded purge as JSON, for a snapshot, and back. What is not known is left out."""

from __future__ import annotations

from datetime import datetime

from runner.documents import typed
from runner.model.fields import mapping, number, number_or_none, text, texts
from runner.model.job import RecordingFigures
from runner.model.json import Json, JsonObject
from runner.model.policy import RetentionTrigger, Selection
from runner.model.purge import Purge, PurgeState
from runner.model.regulation import Traits
from runner.model.time import format_exactly, parse_instant


def form(purge: Purge) -> JsonObject:
    """Return a purge as an object; ``read`` is the way back."""
    whole: dict[str, Json] = {
        "id": purge.id,
        "target": purge.target,
        "policy": purge.policy,
        "revision": purge.revision,
        "state": purge.state.value,
        "path": purge.path,
        "blob": purge.blob,
        "document": _document(purge.selection, purge.traits, purge.trigger),
        "limit": purge.limit,
        "matched": purge.matched,
        "compliance_tags": purge.compliance_tags,
        "intent": purge.intent,
        "attempt": purge.attempt,
        "lease_until": _instant(purge.lease_until),
        "prepared_job": purge.prepared_job,
        "deletes_at": _instant(purge.deletes_at),
        "leaves_sensitive": purge.leaves_sensitive or None,
        "submitted_at": _instant(purge.submitted_at),
        "job_id": purge.job_id,
        "changed_at": _instant(purge.changed_at),
        "purged": purge.purged,
        "recordings": None if purge.recordings is None else recordings_form(purge.recordings),
        "reason": purge.reason,
        "verdict": purge.verdict,
        "not_before": _instant(purge.not_before),
        "holds": sorted(purge.holds),
        "refusals": sorted(purge.refusals),
    }
    return {key: value for key, value in whole.items() if value is not None}


def read(body: JsonObject) -> Purge:
    """Read what ``form`` wrote.

    Raises ``KeyError``, ``TypeError`` or ``ValueError`` for anything else.
    """
    document = _complete(mapping(body, "document")) if "document" in body else None
    return Purge(
        id=text(body, "id"),
        target=text(body, "target"),
        policy=text(body, "policy"),
        revision=number(body, "revision"),
        state=PurgeState(text(body, "state")),
        path=text(body, "path"),
        blob=text(body, "blob"),
        selection=None if document is None else typed.selection(document),
        traits=None if document is None else typed.traits(document),
        trigger=None if document is None else typed.retention_trigger(document),
        limit=number(body, "limit"),
        matched=_optional_number(body, "matched"),
        compliance_tags=texts(body, "compliance_tags"),
        intent=_optional_number(body, "intent"),
        attempt=number(body, "attempt"),
        lease_until=_optional_instant(body, "lease_until"),
        prepared_job=_optional_text(body, "prepared_job"),
        deletes_at=_optional_instant(body, "deletes_at"),
        leaves_sensitive="leaves_sensitive" in body,
        submitted_at=_optional_instant(body, "submitted_at"),
        job_id=_optional_text(body, "job_id"),
        changed_at=_optional_instant(body, "changed_at"),
        purged=_optional_number(body, "purged"),
        recordings=read_recordings(body),
        reason=_optional_text(body, "reason"),
        verdict=_optional_text(body, "verdict"),
        not_before=_optional_instant(body, "not_before"),
        holds=frozenset(texts(body, "holds")),
        refusals=frozenset(texts(body, "refusals")),
    )


def recordings_form(figures: RecordingFigures) -> JsonObject:
    """Return what a job said of its recordings as an object; ``read_recordings`` is the way back."""
    return {
        "total": figures.total,
        "processed": figures.processed,
        "skipped": figures.skipped,
        "failed": figures.failed,
    }


def read_recordings(body: JsonObject) -> RecordingFigures | None:
    """Read ``recordings`` of a purge or a record, ``None`` when there are none. Raises as ``read``."""
    if "recordings" not in body:
        return None
    said = mapping(body, "recordings")
    return RecordingFigures(
        total=number_or_none(said, "total"),
        processed=number_or_none(said, "processed"),
        skipped=number_or_none(said, "skipped"),
        failed=number_or_none(said, "failed"),
    )


def _document(
    selection: Selection | None, traits: Traits | None, trigger: RetentionTrigger | None
) -> JsonObject | None:
    """Return the part of the policy that the purge keeps, as the policy itself would say it."""
    if selection is None or traits is None:
        return None
    document: dict[str, Json] = {
        "target": selection.target,
        "interactionType": selection.interaction_type.value,
        "dateRange": {"start": selection.date_range.start_text, "end": selection.date_range.end_text},
        "filters": _filters(selection),
        "classification": traits.classification,
        "tags": sorted(traits.tags),
    }
    if traits.jurisdictions is not None:
        document["jurisdictions"] = sorted(traits.jurisdictions)
    if trigger is not None:
        document["retentionTrigger"] = {
            "event": trigger.event,
            "date": trigger.date.isoformat(),
            "evidence": trigger.evidence,
        }
    return document


def _complete(document: JsonObject) -> JsonObject:
    """Refuse a document without what a policy may leave out, but ``form`` never does."""
    texts(document, "tags")
    mapping(document, "filters", "attributes")
    return document


def _filters(selection: Selection) -> JsonObject:
    filters: dict[str, Json] = {"attributes": selection.attributes}
    if selection.dimensions:
        filters["dimensions"] = selection.dimensions
    return filters


def _instant(instant: datetime | None) -> str | None:
    return None if instant is None else format_exactly(instant)


def _optional_instant(body: JsonObject, key: str) -> datetime | None:
    return parse_instant(text(body, key)) if key in body else None


def _optional_number(body: JsonObject, key: str) -> int | None:
    return number(body, key) if key in body else None


def _optional_text(body: JsonObject, key: str) -> str | None:
    return text(body, key) if key in body else None
