"""The run: every approved purge on ``main`` that has no terminal record, in one pass.

It never depends on which event started it. The order is: read and verify; settle what earlier
runs left open; record refusals; submit; poll; verify; drain the outbox.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from runner.apply.decision import (
    AwaitPerson,
    DeclareAmbiguous,
    Intend,
    Nothing,
    Poll,
    Refuse,
    Step,
    Verify,
    Wait,
    next_step,
)
from runner.apply.drafts import Drafts
from runner.apply.drain import drain
from runner.apply.judge import Judge
from runner.apply.outcome import Ending, PurgeResult, RunOutcome
from runner.apply.polling import Polling
from runner.apply.submission import Submission
from runner.apply.verification import Verdict, verdict_of
from runner.apply.world import Ports, look
from runner.errors import ExitCode, PurgectlError
from runner.model.log import Draft
from runner.model.purge import Purge, PurgeState
from runner.model.target import Counts, Target
from runner.model.time import format_instant
from runner.plan.orders import Order
from runner.plan.world import World

_LAST_WORDS = 60.0
"""Seconds beyond the budget in which notices may still go out."""


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
    target: Target

    def __call__(self) -> RunOutcome:
        """Carry everything out, and tell what came of it even where a stage fails.

        Raises ``PurgectlError`` only before any effect: a log that does not verify, a clock that
        is wrong, a target that changed.
        """
        world = look(self.ports, self.target)
        board = _Board(Polling(self.ports, self.drafts, world.target, self.limits.deadline))
        for purge in world.purges.values():
            if purge.state is PurgeState.SUBMITTED:
                board.polling.watch(purge)
        for stage in (self._settle, self._submit, self._poll, self._verify, self._drain):
            with board.telling():
                stage(world, board)
        log = world.log
        with board.telling():
            log = self.ports.log.load()
        return RunOutcome(
            target=self.target.name,
            commit=world.commit,
            checkpoint=log.checkpoint,
            results=tuple(board.results.values()),
            unreadable=world.unreadable,
            delivered=board.delivered,
            waiting=log.outbox,
            trouble=tuple(board.trouble),
        )

    def _settle(self, world: World, board: _Board) -> None:
        """Deal with everything that needs no request to the platform."""
        records: list[Draft] = []
        for purge_id in sorted({*world.purges, *(order.purge_id for order in world.orders)}):
            purge, order = world.purges.get(purge_id), world.order(purge_id)
            step = next_step(purge, order, self.ports.clock.now())
            result = _settled(step, purge, order)
            if result is not None:
                board.results[purge_id] = result
            if isinstance(step, DeclareAmbiguous) and purge is not None:
                records.append(self.drafts.ambiguous(purge, step.reason))
            if order is not None and order.findings:
                records += self._new_refusal(order)
        if records:
            self.ports.log.append(records)

    def _new_refusal(self, order: Order) -> list[Draft]:
        """Draft a refusal, unless the log has the very same one already."""
        draft = self.drafts.refused(order)
        return [] if order.purge is not None and draft.id in order.purge.refusals else [draft]

    def _submit(self, world: World, board: _Board) -> None:
        """Submit what is ready, and look after the open jobs in between."""
        judge = Judge(self.ports, self.limits.kill_switch_open)
        submission = Submission(self.ports, judge, self.drafts)
        for order in world.orders:
            step = next_step(order.purge, order, self.ports.clock.now())
            if not isinstance(step, Intend):
                continue
            with board.telling():
                board.add(board.polling.due())
            if self.ports.clock.monotonic() >= self.limits.deadline:
                board.add([PurgeResult(order.key, Ending.WAITING, "this run's time is over")])
                continue
            try:
                result = self._submit_one(world, order, step.attempt, judge, submission)
            except PurgectlError as failure:
                result = PurgeResult(order.key, Ending.WAITING, failure.message, trouble=failure.exit_code)
            board.add([result])
            if result.ending is Ending.POLLING:
                with board.telling():
                    board.polling.watch(self._purges()[order.purge_id])

    def _submit_one(
        self, world: World, order: Order, attempt: int, judge: Judge, submission: Submission
    ) -> PurgeResult:
        judged, approval = judge(world, order, judge.measure)
        if approval is not None:
            return submission(world, judged, approval, attempt)
        refusal = self._new_refusal(judged)
        if refusal:
            self.ports.log.append(refusal)
        return PurgeResult(judged.key, Ending.REFUSED, findings=judged.findings)

    def _purges(self) -> Mapping[str, Purge]:
        return self.ports.log.load().purges

    def _poll(self, world: World, board: _Board) -> None:
        del world
        board.add(board.polling.finish())

    def _verify(self, world: World, board: _Board) -> None:
        """Count again what completed, and record what is left."""
        for purge in self._purges().values():
            if isinstance(next_step(purge, None, self.ports.clock.now()), Verify):
                with board.telling():
                    self._verify_one(world, board, purge)

    def _verify_one(self, world: World, board: _Board, purge: Purge) -> None:
        remaining = None
        if world.target.counts is Counts.REQUIRED and purge.selection is not None:
            remaining = self.ports.reader.count(purge.selection)
        verdict = verdict_of(purge, remaining)
        self.ports.log.append([self.drafts.verified(purge, verdict, remaining)])
        board.verified(purge, verdict)

    def _drain(self, world: World, board: _Board) -> None:
        del world
        board.delivered = drain(self.ports, self.drafts, self.limits.deadline + _LAST_WORDS)


@dataclass(slots=True)
class _Board:
    """What a run has learned so far: one result a purge, and failures that are no single purge's."""

    polling: Polling
    results: dict[str, PurgeResult] = field(default_factory=dict)
    trouble: list[tuple[ExitCode, str]] = field(default_factory=list)
    delivered: int = 0

    def add(self, results: Iterable[PurgeResult]) -> None:
        """Take newer results; what was sent, and what refuses the file, stays true."""
        for result in results:
            before = self.results.get(result.key.id)
            if before is None:
                self.results[result.key.id] = result
                continue
            self.results[result.key.id] = replace(
                result,
                submitted_now=result.submitted_now or before.submitted_now,
                findings=result.findings or before.findings,
            )

    def verified(self, purge: Purge, verdict: Verdict) -> None:
        """Add a verdict to a purge's result."""
        result = self.results.get(purge.id)
        if result is None or result.ending is Ending.NOTHING:
            result = PurgeResult(purge.key, Ending.COMPLETED)
        self.results[purge.id] = replace(result, verdict=verdict)

    @contextmanager
    def telling(self) -> Iterator[None]:
        """End a stage at a failure, and keep what failed for the summary."""
        try:
            yield
        except PurgectlError as failure:
            self.trouble.append((failure.exit_code, failure.message))


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
        case Nothing(why) if order is not None and order.findings:
            return PurgeResult(subject.key, Ending.REFUSED, why, findings=order.findings)
        case Nothing(why):
            return PurgeResult(subject.key, Ending.NOTHING, why)
        case Poll() if order is not None and order.findings:
            return PurgeResult(subject.key, Ending.POLLING, findings=order.findings)
    return None
