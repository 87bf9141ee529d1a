"""Submission: announce, look again, send once, record. The order of these four is the product."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from runner.apply.decision import Halt, Nothing, Submit, Withdraw, before_submission
from runner.apply.drafts import Drafts
from runner.apply.outcome import Ending, PurgeResult
from runner.apply.world import Judge, Ports, look
from runner.audit.state import fold
from runner.errors import ExitCode, OutcomeUnknown, RemoteFailure, RequestRejected, RetryLater
from runner.model.approval import Approval
from runner.model.job import Job
from runner.model.log import Appended, Draft
from runner.model.purge import Purge
from runner.plan.orders import Order
from runner.plan.world import World

_FIRST_PAUSE = timedelta(minutes=15)
_LONGEST_PAUSE = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Submission:
    """Carries one order from ``main`` to the platform."""

    ports: Ports
    judge: Judge
    drafts: Drafts

    def __call__(self, world: World, order: Order, approval: Approval, attempt: int) -> PurgeResult:
        """Submit one guarded order at most once, and say what became of it.

        ``purge.intended`` is on the remote branch before the request leaves, ``main`` and the log
        are read once more in between, and every answer is recorded. Raises ``RemoteFailure`` when
        the log cannot be written and ``LogBroken`` when it does not verify.
        """
        draft = self.drafts.intended(world, order, approval, attempt)
        self.ports.watcher.say(f"{order.policy.name}: announcing the purge in the log")
        appended = self.ports.log.append([draft])
        if not _is_mine(appended, draft):
            return PurgeResult(order.key, Ending.WAITING, "another run has just announced this purge")
        intended = fold(appended.log.records)[order.purge_id]
        try:
            stopped = self._look_again(order, intended)
        except RemoteFailure as failure:
            return self._postpone(order, intended, failure)
        return self._send(order, intended) if stopped is None else stopped

    def _look_again(self, announced: Order, intended: Purge) -> PurgeResult | None:
        """Read ``main`` and the log right before the irreversible call; ``None`` means go."""
        world = look(self.ports, announced.policy.target, before={announced.purge_id: announced.purge})
        order = world.order(announced.purge_id)
        if order is not None:
            order, _ = self.judge(world, order)
        now = self.ports.clock.now()
        match before_submission(intended, world.purges.get(announced.purge_id), announced, order, now):
            case Submit():
                return None
            case Halt(findings, why):
                self.ports.log.append([self.drafts.halted(intended, findings)])
                return PurgeResult(announced.key, Ending.HALTED, why, findings=findings)
            case Withdraw(why):
                self.ports.log.append([self.drafts.withdrawn(intended, announced)])
                return PurgeResult(announced.key, Ending.WAITING, why)
            case Nothing(why):
                return PurgeResult(announced.key, Ending.WAITING, why)

    def _send(self, order: Order, intended: Purge) -> PurgeResult:
        self.ports.watcher.say(f"{order.policy.name}: submitting")
        sent_at = self.ports.clock.now()
        try:
            job = self.ports.submitter.submit(order.policy)
        except OutcomeUnknown as unknown:
            self.ports.log.append([self.drafts.ambiguous(intended, "no-answer")])
            return PurgeResult(order.key, Ending.AMBIGUOUS, unknown.message, submitted_now=True)
        except RequestRejected as rejection:
            return self._rejected(order, intended, rejection)
        except RemoteFailure as failure:
            return self._postpone(order, intended, failure)
        self.ports.watcher.say(f"{order.policy.name}: accepted as job {job.id}")
        return self._record(order, intended, job, sent_at)

    def _record(self, order: Order, intended: Purge, job: Job, sent_at: datetime) -> PurgeResult:
        """Write down that the platform accepted. A log that cannot be written now is a loud failure."""
        try:
            self.ports.log.append([self.drafts.submitted(intended, job, sent_at)])
        except RemoteFailure as failure:
            text = f"job {job.id} was accepted, but the log could not be written: {failure.message}"
            return PurgeResult(order.key, Ending.AMBIGUOUS, text, submitted_now=True, job_id=job.id)
        return PurgeResult(order.key, Ending.POLLING, job.raw_status, submitted_now=True, job_id=job.id)

    def _rejected(self, order: Order, intended: Purge, rejection: RequestRejected) -> PurgeResult:
        """Record a refusal by the platform: for good, or to be tried again later."""
        if not rejection.permanent:
            return self._postpone(order, intended, rejection)
        draft = self.drafts.rejected(intended, rejection)
        self.ports.log.append([draft])
        return PurgeResult(order.key, Ending.FAILED, rejection.message)

    def _postpone(self, order: Order, intended: Purge, failure: RemoteFailure) -> PurgeResult:
        """Record that nothing was sent, and when the next run may try again."""
        not_before = pause_after(failure, intended.attempt, self.ports.clock.now())
        status = failure.status if isinstance(failure, RequestRejected) else None
        self.ports.log.append([self.drafts.postponed(intended, order, not_before, status)])
        return PurgeResult(order.key, Ending.WAITING, failure.message, trouble=ExitCode.REMOTE_FAILURE)


def pause_after(failure: RemoteFailure, attempt: int, now: datetime) -> datetime:
    """Return when a submission that was not accepted may be tried again.

    The platform's own wish wins; else 15 minutes, doubled with every attempt, at most a day, so
    that a schedule does not flood the log.
    """
    if isinstance(failure, RetryLater):
        return failure.not_before
    doubled: int = 2 ** min(attempt - 1, 10)
    return now + min(_FIRST_PAUSE * doubled, _LONGEST_PAUSE)


def _is_mine(appended: Appended, draft: Draft) -> bool:
    return any(record.id == draft.id for record in appended.landed)
