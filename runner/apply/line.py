"""The line: orders on their way to the platform, a few at a time, while open jobs are looked after.

What precedes the irreversible call may take an hour and slots that others use too. So nothing here
waits for one order: each is asked about when it is due, and is submitted when it is ready. Nothing
of it needs a record: it deletes nothing, and the platform's list of jobs is the memory.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from runner.apply.board import Board
from runner.apply.decision import Intend, next_step
from runner.apply.drafts import Drafts
from runner.apply.evidence import Said
from runner.apply.judge import Judge
from runner.apply.look import Ports
from runner.apply.outcome import Ending, PurgeResult
from runner.apply.submission import Submission, forbids
from runner.apply.term import Term
from runner.errors import PurgectlError, Refused, RequestRejected, RetryLater
from runner.model.log import Draft
from runner.model.platform import Preparation
from runner.model.purge import Purge, PurgeState
from runner.plan.orders import Order, Standing
from runner.plan.world import World

AT_ONCE = 4
"""Orders on their way at once. A job needs one of two slots twice, to count and to run: so some stand
ready when a slot is free, and no count is old when its turn comes."""

_NEVER_SENT = frozenset({Ending.REFUSED, Ending.HALTED, Ending.FAILED})
_OVERTAKEN = "another run has announced this purge meanwhile"


@dataclass(slots=True)
class _Passage:
    """One order on its way. ``world`` is the look at which it was judged last."""

    world: World
    order: Order
    attempt: int
    due: float
    admitted: bool = False
    testimony: Said = None
    preparation: Preparation = field(default_factory=lambda: Preparation(ready=False))


@dataclass(slots=True)
class Line:
    """Takes the orders that are ready to the platform, in their order.

    ``look`` sees ``main`` and the log as they are now; ``append`` writes to the log what a later run
    would find out again.
    """

    ports: Ports
    judge: Judge
    drafts: Drafts
    submission: Submission
    board: Board
    term: Term
    look: Callable[[], World]
    append: Callable[[list[Draft]], None]
    _coming: deque[_Passage] = field(default_factory=deque)
    _under_way: list[_Passage] = field(default_factory=list)

    def __call__(self, world: World) -> None:
        """Submit every order that is or becomes ready, until the term is over."""
        with self.board.telling():
            self._clear(world)
        now = self.ports.clock.monotonic()
        for order in world.orders:
            step = next_step(order.purge, order, self.ports.clock.now())
            if isinstance(step, Intend):
                self._coming.append(_Passage(world, order, step.attempt, now))
        while self._coming or self._under_way:
            with self.board.telling():
                self.board.add(self.board.polling.due())
            if self.term.over():
                self._put_down()
            elif (passage := self._next()) is None:
                self._wait()
            elif (result := self._advance(passage)) is not None:
                self._under_way.remove(passage)
                self._came_to(passage.order, result)

    def _clear(self, world: World) -> None:
        """Remove the jobs that an earlier run has left for what may not run now."""
        refused = [order.policy for order in world.orders if order.standing is Standing.REFUSED]
        if refused and not self.term.over():
            self.ports.preparer.clear(refused, _jobs_of_others(world))

    def _next(self) -> _Passage | None:
        """Return what is due: of those under way first, else the next one that comes."""
        now = self.ports.clock.monotonic()
        due = [passage for passage in self._under_way if passage.due <= now]
        if due:
            return min(due, key=lambda passage: passage.due)
        if not self._has_room() or self._coming[0].due > now:
            return None
        self._under_way.append(self._coming.popleft())
        return self._under_way[-1]

    def _has_room(self) -> bool:
        return bool(self._coming) and len(self._under_way) < AT_ONCE

    def _wait(self) -> None:
        """Wait until an order or an open job is due."""
        next_ones = [*self._under_way, *([self._coming[0]] if self._has_room() else [])]
        until = min(self.board.polling.next_due(), self.term.ends, *(each.due for each in next_ones))
        self.ports.clock.sleep(max(until - self.ports.clock.monotonic(), 0.0))

    def _put_down(self) -> None:
        """Leave everything to the next run; what is prepared is found again by it."""
        why = "this run was asked to stop" if self.term.requested() else "this run's time is over"
        for passage in (*self._under_way, *self._coming):
            waiting = f"; {passage.preparation.why}" if passage.preparation.why else ""
            self.board.add([PurgeResult(passage.order.key, Ending.WAITING, f"{why}{waiting}")])
        self._under_way.clear()
        self._coming.clear()

    def _came_to(self, order: Order, result: PurgeResult) -> None:
        self.board.add([result])
        if result.ending is Ending.POLLING:
            with self.board.telling():
                self.board.polling.watch(self.ports.log.load().purges[order.purge_id])

    def _advance(self, passage: _Passage) -> PurgeResult | None:
        """Take an order one step further; return what it came to, ``None`` while it is on its way."""
        try:
            return self._step(passage)
        except RetryLater as later:
            return self._later(passage, later)
        except PurgectlError as failure:
            return _left(passage.order, failure)

    def _step(self, passage: _Passage) -> PurgeResult | None:
        if not passage.admitted and (stopped := self._admit(passage)) is not None:
            return stopped
        before, order = passage.preparation, passage.order
        try:
            known = _jobs_of_others(passage.world)
            passage.preparation = self.ports.preparer.prepare(order.policy, known)
        except (Refused, RequestRejected) as refusal:
            if not forbids(refusal):
                raise
            return self._refused(passage, self.judge.forbidden(passage.world, order, refusal))
        if not passage.preparation.ready:
            return self._not_ready(passage, before)
        self._tell_totals(passage)
        if before.why and (stopped := self._look_afresh(passage)) is not None:
            return stopped
        measurement = self.judge.measure(passage.order, passage.preparation)
        judged, approval = self.judge(passage.world, passage.order, passage.testimony, measurement)
        if approval is None:
            return self._refused(passage, judged)
        result = self.submission(passage.world, judged, approval, passage.attempt, measurement)
        return self._discarded(passage, result) if result.ending in _NEVER_SENT else result

    def _admit(self, passage: _Passage) -> PurgeResult | None:
        """Judge by all that needs no count; the platform prepares nothing for an order that may not run."""
        order = passage.order
        if self._overtaken(order):
            return PurgeResult(order.key, Ending.WAITING, _OVERTAKEN)
        passage.testimony = self.judge.testify(passage.world, order)
        judged = self.judge.admit(passage.world, order, passage.testimony)
        if not judged.submittable:
            return self._refused(passage, judged)
        passage.admitted = True
        return None

    def _look_afresh(self, passage: _Passage) -> PurgeResult | None:
        """Judge by today's ``main`` and log what had to wait; ``None`` means that it still stands."""
        before, world = passage.order, self.look()
        order = world.order(before.purge_id)
        if _intent(world.purges.get(before.purge_id)) != _intent(before.purge):
            overtaken = PurgeResult(before.key, Ending.WAITING, _OVERTAKEN)
            theirs = passage.preparation.job_id in {None, *_jobs_of_others(world)}
            return overtaken if theirs else self._discarded(passage, overtaken)
        if order is None:
            gone = PurgeResult(before.key, Ending.NOTHING, "its policy is no longer on main")
            return self._discarded(passage, gone)
        if order.findings:
            return self._refused(passage, order)
        if order.blob != before.blob or not order.submittable:
            changed = "it changed on main while it was prepared; the next run takes it up"
            return self._discarded(passage, PurgeResult(before.key, Ending.WAITING, changed))
        passage.world, passage.order = world, order
        passage.testimony = self.judge.testify(world, order)
        return None

    def _tell_totals(self, passage: _Passage) -> None:
        """Say what a prepared job has counted, beside the limit that it is held against."""
        job, policy = passage.preparation, passage.order.policy
        if job.job_id is not None:
            count, recordings = ("unknown" if n is None else f"{n:,}" for n in (job.count, job.recordings))
            self.ports.watcher.say(
                f"{policy.name}: job {job.job_id} has counted: {count} interactions, "
                f"{recordings} recordings; the limit is {policy.max_interactions:,} interactions"
            )

    def _not_ready(self, passage: _Passage, before: Preparation) -> PurgeResult | None:
        """Put an order back into the line, or leave it to the next run where this one ends before."""
        preparation = passage.preparation
        if preparation.why != before.why:
            self.ports.watcher.say(f"{passage.order.policy.name}: {preparation.why}")
        passage.due = self.ports.clock.monotonic() + preparation.look_again
        if passage.due < self.term.ends:
            return None
        return PurgeResult(passage.order.key, Ending.WAITING, f"{preparation.why}; the next run goes on")

    def _later(self, passage: _Passage, later: RetryLater) -> PurgeResult | None:
        """Ask nothing for as long as the platform wishes: that is a word to whoever has this token."""
        clock = self.ports.clock
        until = clock.monotonic() + (later.not_before - clock.now()).total_seconds()
        if until >= self.term.ends:
            return _left(passage.order, later)
        for each in (*self._under_way, *self._coming):
            each.due = max(each.due, until)
        return None

    def _refused(self, passage: _Passage, judged: Order) -> PurgeResult:
        if self._overtaken(passage.order):
            return PurgeResult(judged.key, Ending.WAITING, _OVERTAKEN)
        self.append(self.drafts.new_refusal(judged))
        result = PurgeResult(judged.key, Ending.REFUSED, findings=judged.findings)
        return self._discarded(passage, result)

    def _discarded(self, passage: _Passage, result: PurgeResult) -> PurgeResult:
        """Remove the job of an order that will not be executed, also one that an earlier run has made.

        That may fail, and deletes no interaction.
        """
        job_id, preparer = passage.preparation.job_id, self.ports.preparer
        try:
            if job_id is None:
                preparer.clear([passage.order.policy], _jobs_of_others(passage.world))
            else:
                preparer.discard(job_id)
        except PurgectlError as failure:
            left = f"its prepared job{f' {job_id}' if job_id else ''} may still be there: {failure.message}"
            detail = f"{result.detail}; {left}" if result.detail else left
            return replace(result, detail=detail, trouble=result.trouble or failure.exit_code)
        return result

    def _overtaken(self, order: Order) -> bool:
        """Whether another run took the purge up: then what was counted is what that run has left."""
        now = self.ports.log.load().purges.get(order.purge_id)
        return now is not None and now.intent != _intent(order.purge)


def _intent(purge: Purge | None) -> int | None:
    return None if purge is None else purge.intent


def _left(order: Order, failure: PurgectlError) -> PurgeResult:
    return PurgeResult(order.key, Ending.WAITING, failure.message, trouble=failure.exit_code)


def _jobs_of_others(world: World) -> frozenset[str]:
    """The jobs that the log has. One whose intent was withdrawn is free to be found again."""
    jobs = set[str]()
    for purge in world.purges.values():
        if purge.job_id is not None:
            jobs.add(purge.job_id)
        if purge.prepared_job is not None and purge.state is not PurgeState.REFUSED:
            jobs.add(purge.prepared_job)
    return frozenset(jobs)
