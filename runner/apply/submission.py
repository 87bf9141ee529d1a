"""Submission: announce, look again, send once, record. The order of these four is the product."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from runner.apply.decision import Halt, Nothing, Submit, Withdraw, before_submission
from runner.apply.drafts import Drafts
from runner.apply.judge import Judge
from runner.apply.look import Ports, look
from runner.apply.outcome import Ending, PurgeResult
from runner.apply.recording import Recorder
from runner.apply.term import Term
from runner.audit.records import fits
from runner.errors import (
    ExitCode,
    Interrupted,
    OutcomeUnknown,
    PurgectlError,
    Refused,
    RemoteFailure,
    RequestRejected,
    RetryLater,
)
from runner.model.approval import Approval
from runner.model.job import Job
from runner.model.log import Appended, Draft
from runner.model.purge import Purge
from runner.plan.guards import Measurement
from runner.plan.orders import Order
from runner.plan.world import World
from runner.rules import execution

_FIRST_PAUSE = timedelta(minutes=15)
_LONGEST_PAUSE = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Submission:
    """Carries one order from ``main`` to the platform."""

    ports: Ports
    judge: Judge
    drafts: Drafts
    record: Recorder
    term: Term

    def __call__(
        self, world: World, order: Order, approval: Approval, attempt: int, measurement: Measurement
    ) -> PurgeResult:
        """Submit one guarded order at most once, and say what became of it.

        ``purge.intended`` is on the remote branch before the request leaves, ``main`` and the log
        are read once more in between, and every answer is recorded. Raises ``PurgectlError`` only
        while nothing was sent.
        """
        draft = self.drafts.intended(world, order, approval, attempt, measurement.preparation)
        if not fits(draft):
            finding = world.review.locate(order.path, execution.too_large_for_a_record())
            return PurgeResult(order.key, Ending.REFUSED, findings=(finding,))
        self.ports.watcher.say(f"{order.policy.name}: announcing the purge in the log")
        appended = self.ports.log.append([draft])
        if not _is_mine(appended, draft):
            return PurgeResult(order.key, Ending.WAITING, "another run has just announced this purge")
        intended = appended.log.purges[order.purge_id]
        try:
            stopped = self._look_again(world, order, intended, measurement)
        except RemoteFailure as failure:
            if self.term.requested():
                return self._withdraw(order, intended, failure.message)
            return self._postpone(order, intended, failure)
        return self._send(world, order, intended) if stopped is None else stopped

    def _look_again(
        self, then: World, announced: Order, intended: Purge, measured: Measurement
    ) -> PurgeResult | None:
        """Read ``main`` and the log right before the irreversible call; ``None`` means go.

        The forge and the platform are asked first, because that may take a while: what was merged
        meanwhile is seen by the look that follows.
        """
        try:
            testimony = self.judge.testify(then, announced)
            survey = None if measured.preparation.job_id is None else measured.survey
            measurement = self.judge.measure(announced, measured.preparation, survey)
            world = look(self.ports, then.target, before={announced.purge_id: announced.purge})
        except Refused as refusal:
            return self._halt(announced, intended, Halt((), refusal.message))
        order = world.order(announced.purge_id)
        if order is not None:
            order, _ = self.judge(world, order, testimony, measurement)
        purge, now = world.purges.get(announced.purge_id), self.ports.clock.now()
        as_announced = (world.holds, world.packs) == (then.holds, then.packs)
        over = self.term.over()
        match before_submission(intended, purge, announced, order, now, as_announced=as_announced, over=over):
            case Submit():
                return None
            case Halt() as halt:
                return self._halt(announced, intended, halt)
            case Withdraw(why):
                return self._withdraw(announced, intended, why)
            case Nothing(why):
                return PurgeResult(announced.key, Ending.WAITING, why)

    def _halt(self, announced: Order, intended: Purge, halt: Halt) -> PurgeResult:
        result = PurgeResult(announced.key, Ending.HALTED, halt.why, findings=halt.findings)
        return self._recorded(result, self.drafts.halted(intended, halt.findings))

    def _withdraw(self, announced: Order, intended: Purge, why: str) -> PurgeResult:
        """Record that the request was not sent, so that the next run may announce it again at once."""
        trouble = None if self.term.over() else ExitCode.REMOTE_FAILURE
        result = PurgeResult(announced.key, Ending.WAITING, why, trouble=trouble)
        return self._recorded(result, self.drafts.withdrawn(intended, announced.commit))

    def _send(self, world: World, order: Order, intended: Purge) -> PurgeResult:
        self.ports.watcher.say(f"{order.policy.name}: submitting")
        sent_at = self.ports.clock.now()
        try:
            job = self.ports.submitter.submit(order.policy, intended.prepared_job)
        except OutcomeUnknown as unknown:
            return self._lost(order, intended, unknown)
        except Interrupted as interrupted:
            return self._withdraw(order, intended, interrupted.message)
        except RequestRejected as rejection:
            return self._rejected(world, order, intended, rejection)
        except RemoteFailure as failure:
            return self._postpone(order, intended, failure)
        return self._accepted(world, order, intended, job, sent_at)

    def _lost(self, order: Order, intended: Purge, unknown: OutcomeUnknown) -> PurgeResult:
        """Tell that the answer is lost. Where jobs can be listed, a later run looks for this one's."""
        result = PurgeResult(order.key, Ending.AMBIGUOUS, unknown.message, submitted_now=True)
        try:
            jobs = self.ports.reader.find(intended)
        except PurgectlError:
            jobs = ()
        if jobs is None:
            return self._recorded(result, self.drafts.ambiguous(intended, "no-answer"))
        detail = f"{unknown.message}; a later run asks the platform for the job"
        return replace(result, ending=Ending.WAITING, detail=detail, trouble=ExitCode.OUTCOME_UNKNOWN)

    def _accepted(
        self, world: World, order: Order, intended: Purge, job: Job, sent_at: datetime
    ) -> PurgeResult:
        """Write down that the platform accepted. Without that record a person is needed."""
        if any(purge.job_id == job.id for purge in world.purges.values()):
            text = f"the platform answered with job {job.id}, which belongs to another purge"
            result = PurgeResult(order.key, Ending.AMBIGUOUS, text, submitted_now=True)
            return self._recorded(result, self.drafts.ambiguous(intended, "no-answer"))
        result = PurgeResult(order.key, Ending.POLLING, job.raw_status, submitted_now=True, job_id=job.id)
        told = self._recorded(result, self.drafts.submitted(intended, job, sent_at))
        self.ports.watcher.say(f"{order.policy.name}: accepted as job {job.id}")
        return told if told.trouble is None else replace(told, ending=Ending.AMBIGUOUS)

    def _rejected(
        self, world: World, order: Order, intended: Purge, rejection: RequestRejected
    ) -> PurgeResult:
        """Record a refusal by the platform: for good, or to be tried again later."""
        if intended.prepared_job is not None and forbids(rejection):
            faults = execution.permitted(rejection.message, rejection.hint)
            findings = tuple(world.review.locate(order.path, fault) for fault in faults)
            refused = PurgeResult(order.key, Ending.REFUSED, findings=findings)
            later = pause_after(rejection, intended.attempt, self.ports.clock.now())
            return self._recorded(
                refused, self.drafts.withdrawn(intended, order.commit, later, rejection.status)
            )
        if not rejection.permanent:
            return self._postpone(order, intended, rejection)
        result = PurgeResult(order.key, Ending.FAILED, rejection.message)
        return self._recorded(result, self.drafts.rejected(intended, rejection))

    def _postpone(self, order: Order, intended: Purge, failure: RemoteFailure) -> PurgeResult:
        """Record that nothing was sent, and when the next run may try again."""
        not_before = pause_after(failure, intended.attempt, self.ports.clock.now())
        status = failure.status if isinstance(failure, RequestRejected) else None
        result = PurgeResult(order.key, Ending.WAITING, failure.message, trouble=ExitCode.REMOTE_FAILURE)
        draft = self.drafts.withdrawn(intended, order.commit, not_before, status)
        return self._recorded(result, draft)

    def _recorded(self, result: PurgeResult, draft: Draft) -> PurgeResult:
        """Record a result. A log that cannot be written now does not lose it."""
        return self.record([draft]).upon(result)


def pause_after(failure: RemoteFailure, attempt: int, now: datetime) -> datetime:
    """Return when a submission that was not accepted may be tried again.

    The platform's own wish wins; else 15 minutes, doubled with every attempt, so that a schedule
    does not flood the log. Neither is more than a day, because a purge must not be forgotten.
    """
    doubled: int = 2 ** min(attempt - 1, 10)
    wish = failure.not_before if isinstance(failure, RetryLater) else now + _FIRST_PAUSE * doubled
    return min(wish, now + _LONGEST_PAUSE)


def forbids(refusal: PurgectlError) -> bool:
    """Whether a refusal is of the client, not of the request: it lacks a scope or a permission."""
    return isinstance(refusal, Refused) or (isinstance(refusal, RequestRejected) and refusal.status == 403)


def _is_mine(appended: Appended, draft: Draft) -> bool:
    return any(record.id == draft.id for record in appended.landed)
