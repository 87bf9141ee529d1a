"""The run: every approved purge on ``main`` that has no terminal record, in one pass.

It never depends on which event started it. The order is: bring in what an earlier run could not
record; read and verify; settle what earlier runs left open, and record refusals; mirror holds;
prepare and submit; poll; look what is left; give the day's sign of life; deliver notices.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from runner.apply.board import Board, settled
from runner.apply.decision import LookUp, Verify, next_step
from runner.apply.drafts import Drafts
from runner.apply.drain import drain, owed
from runner.apply.foundations import Foundations
from runner.apply.judge import Judge
from runner.apply.line import Line
from runner.apply.look import Ports, look
from runner.apply.outcome import RunOutcome
from runner.apply.polling import Polling
from runner.apply.recording import Recorder, import_spool
from runner.apply.recovery import Recovery
from runner.apply.second_lock import protect_held
from runner.apply.submission import Submission
from runner.apply.term import Term
from runner.apply.verification import verdict_of
from runner.model.log import Draft, Log
from runner.model.purge import Purge, PurgeState
from runner.model.target import Target
from runner.model.verdict import Verdict
from runner.plan.world import World


@dataclass(frozen=True, slots=True)
class Limits:
    """What bounds a run: its term, and the kill switch, which is looked at before every submission."""

    term: Term
    kill_switch_open: Callable[[], bool]


@dataclass(slots=True)
class _Work:
    """What the stages of a run hand on; ``log`` is the newest state that any of them has seen."""

    world: World
    record: Recorder
    recovery: Recovery
    board: Board
    log: Log


@dataclass(frozen=True, slots=True)
class Run:
    """One level-triggered run on one target."""

    ports: Ports
    drafts: Drafts
    limits: Limits
    target: Target

    def __call__(self) -> RunOutcome:
        """Carry everything out, and tell what came of it even where a stage fails.

        Raises ``PurgectlError`` only before any effect: a log that does not verify, a spool that
        cannot be imported, a clock that is wrong, a target that changed.
        """
        imported = import_spool(self.ports.log, self.ports.spool)
        if imported:
            self.ports.watcher.say(f"recorded what an earlier run could not: {imported} files of the spool")
        world = look(self.ports, self.target)
        work = self._begun(world)
        stages = (self._reconcile, self._protect, self._submit, self._poll, self._verify, self._look_again)
        for stage in (*stages, self._beat, self._drain, self._close):
            with work.board.telling():
                stage(work)
        return RunOutcome(
            target=self.target.name,
            commit=world.commit,
            checkpoint=work.log.checkpoint,
            results=tuple(work.board.results.values()),
            unreadable=world.unreadable,
            delivered=work.board.delivered,
            waiting=owed(world.target, work.log.outbox),
            given_up=owed(world.target, work.log.dead),
            trouble=tuple(work.board.trouble),
            interrupted=self.limits.term.requested(),
        )

    def _begun(self, world: World) -> _Work:
        record = Recorder(self.ports.log, self.ports.spool)
        polling = Polling(self.ports, self.drafts, record, world.target, self.limits.term)
        return _Work(world, record, Recovery(self.ports, self.drafts, world), Board(polling), world.log)

    def _reconcile(self, work: _Work) -> None:
        """Settle what earlier runs left open, record refusals, and ask about every open job."""
        world, found, refusals = work.world, list[Draft](), list[Draft]()
        for purge_id in sorted({*world.purges, *(order.purge_id for order in world.orders)}):
            purge, order = world.purges.get(purge_id), world.order(purge_id)
            step = next_step(purge, order, self.ports.clock.now())
            if isinstance(step, LookUp) and purge is not None:
                found += self._recover(work, purge)
            else:
                work.board.add(settled(step, purge, order))
            if order is not None and order.findings:
                refusals += self.drafts.new_refusal(order)
        with work.board.telling():
            self._append(work, [*found, *refusals])
        for purge in work.log.purges.values():
            if purge.state is PurgeState.SUBMITTED:
                work.board.polling.watch(purge, at_once=True)
        work.board.add(work.board.polling.due())

    def _recover(self, work: _Work, purge: Purge) -> list[Draft]:
        """Look for its job, and say as well what refuses the policy by now."""
        result, draft = work.recovery(purge)
        order = work.world.order(purge.id)
        work.board.add([result if order is None else replace(result, findings=order.findings)])
        return [] if draft is None else [draft]

    def _append(self, work: _Work, drafts: list[Draft]) -> None:
        """Write what a later run would find out again, so that it need not be kept here."""
        if drafts:
            work.log = self.ports.log.append(drafts).log

    def _protect(self, work: _Work) -> None:
        """Mirror the holds, before anything is deleted."""
        if not self.limits.term.over():
            protect_held(self.ports, work.world)

    def _submit(self, work: _Work) -> None:
        """Take what is ready to the platform, and look after the open jobs in between."""
        foundations = Foundations(self.ports.forge, self.ports.source)
        judge, term = Judge(self.ports, self.limits.kill_switch_open, foundations), self.limits.term
        submission = Submission(self.ports, judge, self.drafts, work.record, term)
        line = Line(
            ports=self.ports,
            judge=judge,
            drafts=self.drafts,
            submission=submission,
            board=work.board,
            term=term,
            look=lambda: look(self.ports, self.target),
            append=lambda drafts: self._append(work, drafts),
        )
        line(work.world)

    def _poll(self, work: _Work) -> None:
        work.board.add(work.board.polling.finish())

    def _verify(self, work: _Work) -> None:
        """Look again at what a job may have deleted, and record together what is left."""
        verdicts: list[tuple[Purge, Verdict, Draft]] = []
        for purge in self.ports.log.load().purges.values():
            now = self.ports.clock.now()
            if isinstance(next_step(purge, None, now), Verify):
                if self.limits.term.closing():
                    break
                with work.board.telling():
                    remains = self.ports.reader.remains(purge)
                    if remains.not_before is not None and now < remains.not_before:
                        work.board.unverified(purge, remains.not_before)
                        continue
                    verdict = verdict_of(purge, remains)
                    verdicts.append((purge, verdict, self.drafts.verified(purge, verdict, remains)))
        self._append(work, [draft for _, _, draft in verdicts])
        for purge, verdict, _ in verdicts:
            work.board.verified(purge, verdict)

    def _look_again(self, work: _Work) -> None:
        """Look a second time for the jobs that the first look missed; one look is not believed."""
        missing = work.recovery.missing
        if not missing:
            return
        clock = self.ports.clock
        pause = max((work.recovery.next_look() - clock.now()).total_seconds(), 0.0)
        if clock.monotonic() + pause < self.limits.term.ends:
            clock.sleep(pause)
        if not self.limits.term.over():
            looks = [self._recover(work, work.world.purges[purge_id]) for purge_id in sorted(missing)]
            self._append(work, [draft for drafts in looks for draft in drafts])

    def _beat(self, work: _Work) -> None:
        """Once a day (UTC) leave a sign of life in the log, before the notices go: some are of this."""
        work.log = self.ports.log.load()
        beaten, today = work.log.heartbeat_at, self.ports.clock.now().date()
        if not self.limits.term.requested() and (beaten is None or beaten.date() < today):
            self._append(work, [self.drafts.heartbeat(work.log)])

    def _drain(self, work: _Work) -> None:
        if not self.limits.term.closing():
            work.board.delivered = drain(self.ports, self.drafts, self.limits.term)

    def _close(self, work: _Work) -> None:
        """Look at the log a last time."""
        work.log = self.ports.log.load()
