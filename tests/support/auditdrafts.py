"""Drafts that follow one another as a run would write them, for tests of the log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from support.faketime import START
from support.gitworld import ORIGIN, RUNNER

from runner.audit.identity import purge_id, record_id
from runner.audit.records import encode
from runner.model.json import Json
from runner.model.log import Draft, Record, RecordType

BODY = {
    "apiVersion": "purge/v1",
    "kind": "PurgePolicy",
    "name": "billing",
    "owner": "records-team",
    "target": "sandbox",
    "interactionType": "voice",
    "dateRange": {"start": "2018-01-01T00:00:00.000Z", "end": "2018-12-31T23:59:59.999Z"},
    "retentionDays": 2557,
    "classification": "hipaa",
    "purgeType": "permanent",
    "filters": {"attributes": {"department": "billing", "team": ["a", 7]}},
    "reason": "Seven-year period has ended. Ticket REC-412.",
    "limits": {"maxInteractions": 5000},
}
BLOB = "b" * 40
SHA = "c" * 64


@dataclass(frozen=True)
class Drafting:
    """Drafts about one purge; ``intent`` is the leaf index of its newest intent."""

    policy: str = "billing"
    revision: int = 1
    target: str = "sandbox"
    origin: str = ORIGIN
    attempt: int = 1
    intent: int = 1
    at: datetime = START
    runner: Mapping[str, Json] = field(default_factory=lambda: RUNNER)

    @property
    def purge_id(self) -> str:
        return purge_id(self.origin, self.target, self.policy, self.revision)

    def draft(self, kind: RecordType, fields: Mapping[str, Json]) -> Draft:
        complete = {**fields, "runner": self.runner}
        return Draft(kind, record_id(self.origin, kind, complete), self.at, complete)

    def intended(self, **changes: Json) -> Draft:
        fields = {
            "purge_id": self.purge_id,
            "attempt": self.attempt,
            "target": {"name": self.target, "organization_id": None, "backend": "interactions-purge"},
            "policy": {**self._policy(), "commit": "d" * 40, "body": {**BODY, "name": self.policy}},
            "plan": {"digest": f"sha256:{SHA}"},
            "counts": {"matched": 1482},
            "limit": 5000,
            "holds": [{"name": "matter-1", "blob": BLOB}],
            "packs": [],
            "approval": {"source": "none", "evidence": {}},
            "lease_until": "2026-11-23T09:02:00Z",
        }
        return self.draft(RecordType.INTENDED, {**fields, **changes})

    def submitted(self, job: str = "job-1") -> Draft:
        return self._event(
            RecordType.SUBMITTED,
            {
                "job": {"id": job},
                "submitted_at": "2026-11-23T09:00:05.250Z",
                "correlation_id": None,
                "response_sha256": SHA,
                "recovered": False,
            },
        )

    def ended(self, kind: RecordType = RecordType.COMPLETED, job: str | None = "job-1") -> Draft:
        audit_id = record_id(self.origin, kind, {"purge_id": self.purge_id})
        metrics = {
            "jobId": job,
            "status": kind.value.removeprefix("purge."),
            "startTime": "2026-11-23T09:00:05.250Z",
            "endTime": "2026-11-23T09:00:35.250Z",
            "durationMs": 30000,
            "totalInteractionsPurged": 1482 if job else None,
            "errorReason": None,
        }
        audit = {
            "auditId": audit_id,
            "timestamp": "2026-11-23T09:00:35Z",
            "purgeId": self.purge_id,
            "metrics": metrics,
            "complianceTags": ["hipaa", "permanent", "automated_retention"],
            "throughputPerSecond": 49,
        }
        return self._event(kind, {"audit": audit, "correlation_id": None, "response_sha256": None})

    def halted(self) -> Draft:
        findings = [{"rule": "HLD-001", "path": "/filters"}]
        return self._event(RecordType.HALTED, {"findings": findings})

    def ambiguous(self, reason: str = "no-answer") -> Draft:
        return self._event(RecordType.AMBIGUOUS, {"reason": reason})

    def resolved(self, decision: str = "ran") -> Draft:
        return self._event(
            RecordType.RESOLVED,
            {
                "decision": decision,
                "evidence": "job-seen" if decision == "ran" else "job-absent",
                "job": {"id": "job-1"} if decision == "ran" else None,
                "reference": "CASE-7",
                "decided_by": {"actor_id": "4711"},
            },
        )

    def verified(self, verdict: str = "PASS") -> Draft:
        return self._event(RecordType.VERIFIED, {"verdict": verdict, "remaining": 0, "purged": 1482})

    def refused(self, phase: str = "selection", not_before: str | None = None) -> Draft:
        fields = {
            "purge_id": self.purge_id,
            "target": self.target,
            "policy": self._policy(),
            "commit": "d" * 40,
            "phase": phase,
            "attempt": self.attempt if phase == "submission" else 0,
            "findings": [] if phase == "submission" else [{"rule": "RET-003", "path": "/dateRange"}],
            "status": None,
            "not_before": not_before,
        }
        return self.draft(RecordType.REFUSED, fields)

    def delivered(self, *notices: tuple[str, int]) -> Draft:
        sent = [{"endpoint": end, "index": i, "attempts": 1, "result": "http-200"} for end, i in notices]
        return self.draft(RecordType.NOTICE_DELIVERED, {"deliveries": sent})

    def given_up(self, *notices: tuple[str, int]) -> Draft:
        tried = [{"endpoint": end, "index": i, "attempts": 36, "result": "connect"} for end, i in notices]
        return self.draft(RecordType.NOTICE_DEAD, {"notices": tried})

    def replayed(self, *notices: tuple[str, int]) -> Draft:
        named = [{"endpoint": end, "index": i} for end, i in notices]
        return self.draft(RecordType.NOTICE_REPLAYED, {"notices": named})

    def _event(self, kind: RecordType, fields: Mapping[str, Json]) -> Draft:
        own = {"purge_id": self.purge_id, "attempt": self.attempt, "intent": self.intent}
        return self.draft(kind, {**own, **fields})

    def _policy(self) -> dict[str, Json]:
        path = f"policies/purges/{self.policy}.yaml"
        return {"name": self.policy, "revision": self.revision, "path": path, "blob": BLOB}


def key_draft(kind: RecordType, key: object, **fields: Json) -> Draft:
    """A draft about a key of the log; ``from_size`` is a field of ``key.compromised`` alone."""
    complete = {"key": str(key), **fields, "runner": RUNNER}
    return Draft(kind, record_id(ORIGIN, kind, complete), START, complete)


def records(*drafts: Draft) -> list[Record]:
    """The records that drafts would become, from leaf 0 on."""
    from runner.audit.records import parse

    return [parse(index, encode(draft)) for index, draft in enumerate(drafts)]
