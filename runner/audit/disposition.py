"""What the records of one purge certify: version 1 of the content of a certificate of disposition.

Everything here follows from the records and from nothing else, so whoever has the records can
compute it again. What no record says is ``None``. The content of a version never changes, or old
certificates would stop to hold: another content is another version.

Source of the groups: NIST SP 800-88 section 4.8, COMAR 14.18.02.15, ISO 15489-1.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import uuid5

from runner.audit.identity import namespace
from runner.audit.trail import Trail
from runner.model.fields import entries, mapping, member, number, number_or_none, text
from runner.model.job import RecordingFigures
from runner.model.json import Json, JsonObject
from runner.model.log import Record, RecordType
from runner.model.policy import PurgeType, eligible_at
from runner.model.purge import PurgeState
from runner.model.time import format_instant, format_milliseconds
from runner.model.verdict import Verdict

RESIDUALS = (
    "backups in the provider's own cycle",
    "details and aggregates that the provider keeps for analytics",
    "exports and copies outside the platform",
    "voiceprints",
)
"""What a purge does not reach, or nobody here can see."""

RESTORABLE = "what a soft purge keeps, so that it can be restored until its days of grace are over"

METHOD = "logical deletion through the provider's interface; media sanitisation is not claimed"


_UNDONE = frozenset(
    {
        PurgeState.FAILED,
        PurgeState.CANCELLED,
        PurgeState.HALTED,
        PurgeState.RESOLVED_NOT_RUN,
        PurgeState.REFUSED,
    }
)
"""States of which it is known that the order was not carried out, or not to its end."""


class NothingToCertify(ValueError):
    """A purge was never announced, so there is no disposition."""


def verdict_of(trail: Trail) -> Verdict:
    """Judge whether everything selected is gone, as far as the records know."""
    verified = trail.newest(RecordType.VERIFIED)
    if verified is not None:
        said = Verdict(text(verified.body, "verdict"))
        counted = number_or_none(verified.body, "remaining") == 0
        return Verdict.UNKNOWN if said is Verdict.PASS and not counted else said
    return Verdict.FAIL if trail.purge.state in _UNDONE else Verdict.UNKNOWN


def disposition(origin: str, trail: Trail) -> JsonObject:
    """Return the content of the certificate of one purge of the log ``origin``.

    Raises ``NothingToCertify`` for a purge that was refused and never announced.
    """
    intent = trail.intent
    if intent is None:
        raise NothingToCertify(f"purge {trail.purge.id} was never announced, so nothing was destroyed by it")
    body = mapping(intent.body, "policy", "body")
    return {
        "id": str(uuid5(namespace(origin), f"certificate\n{trail.purge.id}\n{trail.records[-1].index}")),
        "log": origin,
        "purgeId": trail.purge.id,
        "status": trail.purge.state.value,
        "verdict": verdict_of(trail).value,
        "recordedUntil": format_instant(trail.records[-1].at),
        "authority": _authority(intent, body),
        "owner": _owner(intent, body),
        "series": _series(body),
        "eligibility": _eligibility(trail, intent, body),
        "holds": _holds(trail, intent),
        "people": _people(trail, intent),
        "quantity": _quantity(trail, intent),
        "method": _method(trail, intent, body),
        "times": _times(trail, intent),
        "verification": _verification(trail),
        "validation": None,
        "residuals": [*RESIDUALS, *([RESTORABLE] if body["purgeType"] == PurgeType.SOFT else [])],
    }


def _authority(intent: Record, body: JsonObject) -> JsonObject:
    policy = mapping(intent.body, "policy")
    return {
        "policy": policy["name"],
        "revision": policy["revision"],
        "path": policy["path"],
        "blob": policy["blob"],
        "commit": policy["commit"],
        "reason": body.get("reason"),
        "ticket": body.get("ticket"),
        "retentionBasis": body.get("retentionBasis"),
        "ropaRef": body.get("ropaRef"),
        "packs": member(intent.body, "packs"),
        "regulations": None,
    }


def _owner(intent: Record, body: JsonObject) -> JsonObject:
    return {
        "owner": body.get("owner"),
        "target": member(intent.body, "target", "name"),
        "organizationId": member(intent.body, "target", "organization_id"),
        "region": None,
        "role": None,
    }


def _series(body: JsonObject) -> JsonObject:
    return {
        "interactionType": body["interactionType"],
        "classification": body["classification"],
        "jurisdictions": body.get("jurisdictions"),
        "tags": body.get("tags", []),
        "start": member(body, "dateRange", "start"),
        "end": member(body, "dateRange", "end"),
        "filters": body.get("filters"),
    }


def _eligibility(trail: Trail, intent: Record, body: JsonObject) -> JsonObject:
    purge, days = trail.purge, body.get("retentionDays")
    eligible = None
    if purge.selection is not None and isinstance(days, int):
        eligible = format_milliseconds(eligible_at(purge.selection.date_range.end, days, purge.trigger))
    return {
        "retentionDays": days,
        "retentionTrigger": body.get("retentionTrigger"),
        "eligibleFrom": eligible,
        "evaluatedAt": format_instant(intent.at),
        "youngestItem": None,
        "oldestItem": None,
    }


def _holds(trail: Trail, intent: Record) -> JsonObject:
    halted = trail.newest(RecordType.HALTED)
    findings = () if halted is None else entries(halted.body, "findings")
    return {
        "compared": member(intent.body, "holds"),
        "comparedAt": format_instant(intent.at),
        "haltedBy": [text(finding, "rule") for finding in findings],
    }


def _people(trail: Trail, intent: Record) -> JsonObject:
    resolved = trail.newest(RecordType.RESOLVED)
    actor = "" if resolved is None else text(resolved.body, "decided_by", "actor_id")
    return {
        "approval": mapping(intent.body, "approval"),
        "announcedBy": _runner(intent),
        "submittedBy": _runner(trail.newest(RecordType.SUBMITTED)),
        "verifiedBy": _runner(trail.newest(RecordType.VERIFIED)),
        "resolvedBy": actor or None,
    }


def _runner(record: Record | None) -> JsonObject | None:
    """Return which process wrote a record; what was empty outside a forge is unknown."""
    if record is None:
        return None
    names = {"tool": "version", "repository": "repository", "workflow": "workflow", "run": "run_id"}
    return {name: text(record.body, "runner", key) or None for name, key in names.items()}


def _quantity(trail: Trail, intent: Record) -> JsonObject:
    verified = trail.newest(RecordType.VERIFIED)
    recordings = trail.purge.recordings or RecordingFigures()
    return {
        "matched": member(intent.body, "counts", "matched"),
        "limit": number(intent.body, "limit"),
        "purged": trail.purge.purged,
        "remaining": None if verified is None else member(verified.body, "remaining"),
        "lookedAt": None if verified is None else verified.body.get("looked_at"),
        "recordings": recordings.total,
        "skipped": recordings.skipped,
        "failed": recordings.failed,
        "byArtefact": None,
        "bytes": None,
    }


def _method(trail: Trail, intent: Record, body: JsonObject) -> JsonObject:
    end = trail.end
    return {
        "method": METHOD,
        "backend": member(intent.body, "target", "backend"),
        "purgeType": body["purgeType"],
        "graceDays": body.get("graceDays"),
        "includeSensitive": body.get("includeSensitive"),
        "planDigest": member(intent.body, "plan", "digest"),
        "attempts": trail.purge.attempt,
        "jobId": trail.purge.job_id,
        "jobStatus": None if end is None else member(end.body, "audit", "metrics", "status"),
        "reason": trail.purge.reason,
    }


def _times(trail: Trail, intent: Record) -> JsonObject:
    submitted, end, date = trail.newest(RecordType.SUBMITTED), trail.end, trail.purge.deletes_at
    return {
        "announcedAt": format_instant(intent.at),
        "submittedAt": None if submitted is None else member(submitted.body, "submitted_at"),
        "endedAt": None if end is None else member(end.body, "audit", "metrics", "endTime"),
        "deletesAt": None if date is None else format_instant(date),
        "haltedAt": _at(trail.newest(RecordType.HALTED)),
        "ambiguousAt": _at(trail.newest(RecordType.AMBIGUOUS)),
        "resolvedAt": _at(trail.newest(RecordType.RESOLVED)),
        "verifiedAt": _at(trail.newest(RecordType.VERIFIED)),
    }


def _at(record: Record | None) -> str | None:
    return None if record is None else format_instant(record.at)


def _verification(trail: Trail) -> Mapping[str, Json]:
    verified, resolved = trail.newest(RecordType.VERIFIED), trail.newest(RecordType.RESOLVED)
    remaining = None if verified is None else member(verified.body, "remaining")
    return {
        "recounted": remaining is not None,
        "recorded": None if verified is None else member(verified.body, "verdict"),
        "resolution": None if resolved is None else member(resolved.body, "decision"),
        "evidence": None if resolved is None else member(resolved.body, "evidence"),
        "reference": None if resolved is None else (text(resolved.body, "reference") or None),
    }
