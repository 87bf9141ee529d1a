"""What a run writes down: every event of a purge, as the fields of its record."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from runner.apply.decision import LEASE
from runner.apply.outcome import Figures
from runner.apply.resolution import Resolution
from runner.audit.identity import record_id
from runner.audit.purge_form import recordings_form
from runner.errors import RequestRejected
from runner.model.approval import Approval
from runner.model.finding import Finding
from runner.model.job import Job, JobStatus
from runner.model.json import Json, JsonObject
from runner.model.log import Draft, Log, RecordType
from runner.model.notice import Notice
from runner.model.platform import Preparation, Remains
from runner.model.purge import Purge
from runner.model.time import format_instant, format_milliseconds
from runner.model.verdict import Verdict
from runner.plan.digest import plan_digest
from runner.plan.orders import Order
from runner.plan.world import World
from runner.ports import Clock

_MOST_FINDINGS = 50
_LONGEST_PATH = 500
_ENDS = {
    JobStatus.COMPLETED: RecordType.COMPLETED,
    JobStatus.FAILED: RecordType.FAILED,
    JobStatus.CANCELLED: RecordType.CANCELLED,
}


@dataclass(frozen=True, slots=True)
class Drafts:
    """Makes drafts for the log ``origin``, signed with the identity of this runner.

    ``runner`` holds version, repository, commit, workflow, run ids and a session id that no other
    process has. Fields are those of ``schemas/records.schema.json``.
    """

    origin: str
    runner: JsonObject
    clock: Clock

    def refused(self, order: Order) -> Draft:
        """``purge.refused`` at selection: written once for a purge, a blob and its findings."""
        return self._refusal(
            order.purge_id, order.policy.target, _policy(order), order.commit, order.findings
        )

    def withdrawn(
        self, intended: Purge, commit: str, not_before: datetime | None = None, status: int | None = None
    ) -> Draft:
        """``purge.refused`` at submission: the intent had no effect and may be made again.

        ``not_before`` is when, where the platform or a growing pause says so, ``status`` the
        platform's HTTP status.
        """
        policy: JsonObject = {
            "name": intended.policy,
            "revision": intended.revision,
            "path": intended.path,
            "blob": intended.blob,
        }
        draft = self._refusal(intended.id, intended.target, policy, commit, (), intended.attempt)
        later = None if not_before is None else format_instant(not_before)
        return replace(draft, fields={**draft.fields, "not_before": later, "status": status})

    def new_refusal(self, order: Order) -> list[Draft]:
        """Draft a refusal at selection, unless the log has the very same one already."""
        draft = self.refused(order)
        return [] if order.purge is not None and draft.id in order.purge.refusals else [draft]

    def intended(
        self, world: World, order: Order, approval: Approval, attempt: int, preparation: Preparation
    ) -> Draft:
        """``purge.intended``: everything that decides what will be destroyed, before the request."""
        target, holds = world.target, world.holds
        return self._draft(
            RecordType.INTENDED,
            {
                "purge_id": order.purge_id,
                "attempt": attempt,
                "target": {
                    "name": target.name,
                    "organization_id": target.organization_id,
                    "backend": target.backend.value,
                },
                "policy": {**_policy(order), "commit": order.commit, "body": order.policy.body},
                "plan": {"digest": plan_digest(order, target, holds, world.packs)},
                **_counted(order, preparation),
                "limit": order.policy.max_interactions,
                "holds": [{"name": name, "blob": blob} for name, blob in holds],
                "packs": [{"name": name, "blob": blob} for name, blob in world.packs],
                "approval": {"source": approval.source, "evidence": approval.evidence},
                "lease_until": format_instant(self.clock.now() + LEASE),
            },
        )

    def submitted(self, intended: Purge, job: Job, sent_at: datetime) -> Draft:
        """``purge.submitted``: the platform accepted the request sent at ``sent_at``."""
        return self._accepted(intended, job, sent_at, recovered=False)

    def adopted(self, intended: Purge, job: Job) -> Draft:
        """``purge.submitted``, recovered: its answer was lost, and the platform was asked for the job.

        Nobody knows when it was sent, so it counts from the intent.
        """
        announced = self.clock.now() if intended.lease_until is None else intended.lease_until - LEASE
        return self._accepted(intended, job, announced, recovered=True)

    def _accepted(self, intended: Purge, job: Job, sent_at: datetime, *, recovered: bool) -> Draft:
        return self._event(
            RecordType.SUBMITTED,
            intended,
            {
                "job": {"id": job.id},
                "submitted_at": format_milliseconds(sent_at),
                "correlation_id": job.correlation_id,
                "response_sha256": job.response_sha256,
                "recovered": recovered,
            },
        )

    def halted(self, intended: Purge, findings: tuple[Finding, ...]) -> Draft:
        """``purge.halted``: the order changed between its intent and its POST; nothing was sent."""
        return self._event(RecordType.HALTED, intended, {"findings": _findings(findings)})

    def ambiguous(self, purge: Purge, reason: str) -> Draft:
        """``purge.ambiguous``: nobody can tell whether it ran; a person must decide."""
        return self._event(RecordType.AMBIGUOUS, purge, {"reason": reason})

    def rejected(self, intended: Purge, rejection: RequestRejected) -> Draft:
        """``purge.failed`` for a request that the platform refused for good: no job exists."""
        now = self.clock.now()
        job = Job("", JobStatus.FAILED, f"http-{rejection.status}", 0, rejection.reason or None, None, "")
        return self.ended(intended, job, now, Figures(0, 0, None))

    def ended(self, purge: Purge, job: Job, started: datetime, figures: Figures) -> Draft:
        """``purge.completed``, ``.failed`` or ``.cancelled`` with the article's audit fields.

        ``auditId`` is the record's own id, so the two can never part.
        """
        kind, now = _ENDS[job.status], self.clock.now()
        audit_id = record_id(self.origin, kind, {"purge_id": purge.id, "attempt": purge.attempt})
        audit = {
            "auditId": audit_id,
            "timestamp": format_instant(now),
            "purgeId": purge.id,
            "metrics": {
                "jobId": job.id or None,
                "status": job.raw_status,
                "startTime": format_milliseconds(started),
                "endTime": format_milliseconds(now),
                "durationMs": figures.duration_ms,
                "totalInteractionsPurged": figures.purged,
                "errorReason": job.error_reason,
            },
            "complianceTags": list(purge.compliance_tags),
            "throughputPerSecond": figures.throughput,
        }
        recordings: JsonObject = {}
        if job.recordings is not None:
            recordings = {"recordings": recordings_form(job.recordings)}
        return self._event(
            kind,
            purge,
            {
                "audit": audit,
                **recordings,
                "correlation_id": job.correlation_id,
                "response_sha256": job.response_sha256 or None,
            },
        )

    def verified(self, purge: Purge, verdict: Verdict, remains: Remains) -> Draft:
        """``purge.verified``: what was found when somebody looked again after the job had ended."""
        looked: JsonObject = {} if remains.looked_at is None else {"looked_at": remains.looked_at}
        facts: JsonObject = {"verdict": verdict.value, "remaining": remains.count, "purged": purge.purged}
        return self._event(RecordType.VERIFIED, purge, {**facts, **looked})

    def resolved(self, purge: Purge, resolution: Resolution) -> Draft:
        """``purge.resolved``: what a person has found out, and what the decision rests on."""
        job: Json = None if resolution.job_id is None else {"id": resolution.job_id}
        facts: JsonObject = {
            "decision": resolution.decision.value,
            "evidence": resolution.evidence.value,
            "job": job,
            "reference": resolution.reference,
            "decided_by": {"actor_id": resolution.actor_id},
        }
        return self._event(RecordType.RESOLVED, purge, facts)

    def heartbeat(self, log: Log) -> Draft:
        """``log.heartbeat`` of this day (UTC): somebody looked, and so things stood."""
        return self._draft(
            RecordType.LOG_HEARTBEAT,
            {
                "day": self.clock.now().date().isoformat(),
                "open": sum(purge.state.open for purge in log.purges.values()),
                "waiting": len(log.outbox),
                "dead": len(log.dead),
            },
        )

    def delivered(self, notices: tuple[Notice, ...]) -> Draft:
        """``notice.delivered``: which notices arrived in this drain, after how many attempts."""
        deliveries: list[Json] = [_attempted(notice) for notice in notices]
        return self._draft(RecordType.NOTICE_DELIVERED, {"deliveries": deliveries})

    def given_up(self, notices: tuple[Notice, ...]) -> Draft:
        """``notice.dead``: which notices this drain gave up, and what their last attempt came to."""
        return self._draft(
            RecordType.NOTICE_DEAD,
            {"notices": [_attempted(notice) for notice in notices]},
        )

    def replayed(self, notices: tuple[Notice, ...]) -> Draft:
        """``notice.replayed``: a person sends these again, delivered, given up or waiting as they are."""
        named: list[Json] = [{"endpoint": notice.endpoint, "index": notice.index} for notice in notices]
        return self._draft(RecordType.NOTICE_REPLAYED, {"notices": named})

    def _refusal(
        self,
        purge_id: str,
        target: str,
        policy: JsonObject,
        commit: str,
        findings: tuple[Finding, ...],
        attempt: int = 0,
    ) -> Draft:
        """Draft a refusal: at selection, or (``attempt`` from 1) at submission."""
        return self._draft(
            RecordType.REFUSED,
            {
                "purge_id": purge_id,
                "target": target,
                "policy": policy,
                "commit": commit,
                "phase": "submission" if attempt else "selection",
                "attempt": attempt,
                "findings": _findings(findings),
                "status": None,
                "not_before": None,
            },
        )

    def _event(self, kind: RecordType, purge: Purge, fields: JsonObject) -> Draft:
        own: JsonObject = {"purge_id": purge.id, "attempt": purge.attempt, "intent": purge.intent}
        return self._draft(kind, {**own, **fields})

    def _draft(self, kind: RecordType, fields: JsonObject) -> Draft:
        complete: JsonObject = {**fields, "runner": self.runner}
        return Draft(kind, record_id(self.origin, kind, complete), self.clock.now(), complete)


def _counted(order: Order, preparation: Preparation) -> JsonObject:
    """Return the count right before, and the prepared job that has counted, if one has."""
    if preparation.job_id is None:
        return {"counts": {"matched": order.count}}
    deletes_at, manifest = preparation.deletes_at, preparation.manifest_sha256
    return {
        "counts": {"matched": order.count, "recordings": preparation.recordings},
        "job": {
            "id": preparation.job_id,
            "deletes_at": None if deletes_at is None else format_instant(deletes_at),
            **({} if manifest is None else {"manifest_sha256": manifest}),
        },
    }


def _attempted(notice: Notice) -> JsonObject:
    return {
        "endpoint": notice.endpoint,
        "index": notice.index,
        "attempts": notice.attempts,
        "result": notice.last_result,
    }


def _policy(order: Order) -> dict[str, Json]:
    policy = order.policy
    return {"name": policy.name, "revision": policy.revision, "path": order.path, "blob": order.blob}


def _findings(findings: tuple[Finding, ...]) -> list[Json]:
    """Rule and place only: a record holds no human text beside a policy's reason.

    The first ones are enough to refuse, and a record has an end.
    """
    named = sorted({(finding.rule, finding.path[:_LONGEST_PATH]) for finding in findings})
    return [{"rule": rule, "path": path} for rule, path in named[:_MOST_FINDINGS]]
