"""The run: every approved purge on ``main`` that has no terminal record, in one pass.

It never depends on which event started it. The order is: read and verify; settle what earlier
runs left open; record refusals; submit; poll; verify; drain the outbox.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from runner.apply.decision import (
    AwaitPerson,
    DeclareAmbiguous,
    Intend,
    Nothing,
    Refuse,
    Step,
    Verify,
    Wait,
    next_step,
)
from runner.apply.drafts import Drafts
from runner.apply.drain import drain
from runner.apply.outcome import Ending, PurgeResult, RunOutcome
from runner.apply.polling import Polling
from runner.apply.submission import Submission
from runner.apply.verification import verdict_of
from runner.apply.world import Judge, Ports, look
from runner.audit.state import fold
from runner.errors import ExitCode, RemoteFailure
from runner.model.log import Draft
from runner.model.purge import Purge, PurgeState
from runner.model.target import Counts
from runner.model.time import format_instant
from runner.plan.orders import Order
from runner.plan.world import World


@dataclass(frozen=True, slots=True)
class Limits:
    """What bounds a run: ``deadline`` on the monotonic clock, and the kill switch."""

    deadline: float
    kill_switch_open: bool


@dataclass(frozen=True, slots=True)
class Run:
    """One level-triggered run on one target."""

    ports: Ports
    drafts: Drafts
    limits: Limits
    target: str

    def __call__(self) -> RunOutcome:
        """Carry everything out, and tell what came of it even where a stage fails.

        Raises ``Refused`` and ``LogBroken`` before any effect, and ``LogBroken`` also later, when
        the log stops verifying while the run is under way.
        """
        world = look(self.ports, self.target)
        results: dict[str, PurgeResult] = {}
        trouble: list[tuple[ExitCode, str]] = []
        with _told_in(trouble):
            self._settle(world, results)
            self._submit(world, results)
            self._poll(world, results)
            self._verify(world, results)
        log, delivered = world.log, 0
        with _told_in(trouble):
            delivered = drain(self.ports, self.drafts)
            log = self.ports.log.load()
        return RunOutcome(
            target=self.target,
            commit=world.commit,
            checkpoint=log.checkpoint,
            results=tuple(results.values()),
            unreadable=world.unreadable,
            delivered=delivered,
            waiting=log.outbox,
            trouble=tuple(trouble),
        )

    def _settle(self, world: World, results: dict[str, PurgeResult]) -> None:
        """Deal with everything that needs no request to the platform."""
        records: list[Draft] = []
        for purge_id in sorted({*world.purges, *(order.purge_id for order in world.orders)}):
            purge, order = world.purges.get(purge_id), world.order(purge_id)
            step = next_step(purge, order, self.ports.clock.now())
            result = _settled(step, purge, order)
            if result is not None:
                results[purge_id] = result
            if isinstance(step, DeclareAmbiguous) and purge is not None:
                records.append(self.drafts.ambiguous(purge, step.reason))
            if isinstance(step, Refuse) and order is not None:
                records += self._new_refusal(order)
        if records:
            self.ports.log.append(records)

    def _new_refusal(self, order: Order) -> list[Draft]:
        """Draft a refusal, unless the log has the very same one already."""
        draft = self.drafts.refused(order)
        return [] if order.purge is not None and draft.id in order.purge.refusals else [draft]

    def _submit(self, world: World, results: dict[str, PurgeResult]) -> None:
        judge = Judge(self.ports, self.limits.kill_switch_open)
        submission = Submission(self.ports, judge, self.drafts)
        for order in world.orders:
            step = next_step(order.purge, order, self.ports.clock.now())
            if not isinstance(step, Intend):
                continue
            if self.ports.clock.monotonic() >= self.limits.deadline:
                results[order.purge_id] = PurgeResult(order.key, Ending.WAITING, "this run's time is over")
                continue
            results[order.purge_id] = self._submit_one(world, order, step.attempt, judge, submission)

    def _submit_one(
        self, world: World, order: Order, attempt: int, judge: Judge, submission: Submission
    ) -> PurgeResult:
        try:
            judged, approval = judge(world, order)
        except RemoteFailure as failure:
            return PurgeResult(order.key, Ending.WAITING, failure.message, trouble=failure.exit_code)
        if approval is None:
            refusal = self._new_refusal(judged)
            if refusal:
                self.ports.log.append(refusal)
            return PurgeResult(judged.key, Ending.REFUSED, findings=judged.findings)
        return submission(world, judged, approval, attempt)

    def _purges(self) -> tuple[Purge, ...]:
        return tuple(fold(self.ports.log.load().records).values())

    def _poll(self, world: World, results: dict[str, PurgeResult]) -> None:
        open_purges = [purge for purge in self._purges() if purge.state is PurgeState.SUBMITTED]
        polling = Polling(self.ports, self.drafts, world.target, self.limits.deadline)
        for result in polling(open_purges):
            before = results.get(result.key.id)
            submitted_now = before is not None and before.submitted_now
            results[result.key.id] = replace(result, submitted_now=submitted_now)

    def _verify(self, world: World, results: dict[str, PurgeResult]) -> None:
        """Count again what completed, and record what is left."""
        for purge in self._purges():
            if not isinstance(next_step(purge, None, self.ports.clock.now()), Verify):
                continue
            remaining = None
            if world.target.counts is Counts.REQUIRED and purge.selection is not None:
                remaining = self.ports.reader.count(purge.selection)
            verdict = verdict_of(purge, remaining)
            self.ports.log.append([self.drafts.verified(purge, verdict, remaining)])
            result = results.get(purge.id) or PurgeResult(purge.key, Ending.COMPLETED)
            results[purge.id] = replace(result, verdict=verdict)


@contextmanager
def _told_in(trouble: list[tuple[ExitCode, str]]) -> Iterator[None]:
    """End a stage at a failure of the remote side, and keep what failed for the summary."""
    try:
        yield
    except RemoteFailure as failure:
        trouble.append((failure.exit_code, failure.message))


def _settled(step: Step, purge: Purge | None, order: Order | None) -> PurgeResult | None:
    """Say what a step that needs no request comes to; ``None`` where the run goes on with it."""
    subject = order or purge
    if subject is None:
        return None
    match step:
        case Refuse(findings):
            return PurgeResult(subject.key, Ending.REFUSED, findings=findings)
        case DeclareAmbiguous() | AwaitPerson():
            return PurgeResult(subject.key, Ending.AMBIGUOUS, "only a person can tell whether it ran")
        case Wait(until, why):
            return PurgeResult(subject.key, Ending.WAITING, f"{why}; again after {format_instant(until)}")
        case Nothing(why):
            return PurgeResult(subject.key, Ending.NOTHING, why)
    return None
