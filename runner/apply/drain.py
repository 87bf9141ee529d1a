"""The drain: pending notices go out, and the log says which arrived and which were given up."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby

from runner.apply.drafts import Drafts
from runner.apply.look import Ports
from runner.apply.term import Term
from runner.model.log import Draft
from runner.model.notice import Notice
from runner.model.target import Target
from runner.notices import schedule

_TOGETHER = 100
"""Results in one push, at most: as many would be sent again after a crash."""
_SECONDS_TOGETHER = 10.0
"""Seconds from a result to its push, at most, not counting the attempt under way."""
_AGAIN_WITHIN = 6.0
"""Seconds for which a drain waits itself: the second attempt is its own, the third the next run's."""


def drain(ports: Ports, drafts: Drafts, term: Term) -> int:
    """Try the notices that are due, each endpoint in index order; return how many arrived.

    The endpoints take turns, so that a slow one does not use up the time of the others. What the
    run's term leaves no time for waits for the next run.
    """
    outbox = sorted(ports.log.load().outbox, key=lambda notice: notice.key)
    waiting = {end: tuple(each) for end, each in groupby(outbox, key=lambda notice: notice.endpoint)}
    now = ports.clock.now()
    lines = {endpoint: deque(schedule.line(notices, now)) for endpoint, notices in waiting.items()}
    work = _Drain(ports, drafts, term, waiting)
    while lines:
        for endpoint in tuple(lines):
            line = lines[endpoint]
            if term.closing() or not line or not work.attempt(line.popleft()):
                del lines[endpoint]
    work.record()
    return work.arrived


def owed(target: Target, notices: Iterable[Notice]) -> tuple[Notice, ...]:
    """Return the notices of endpoints that the target names: what ``main`` has dropped is owed no more."""
    named = {webhook.id for webhook in target.webhooks}
    return tuple(notice for notice in notices if notice.endpoint in named)


@dataclass(slots=True)
class _Drain:
    """One drain under way, with the results that the log does not have yet."""

    ports: Ports
    drafts: Drafts
    term: Term
    waiting: Mapping[str, Sequence[Notice]]
    arrived: int = 0
    delivered: list[Notice] = field(default_factory=list)
    failed: list[Notice] = field(default_factory=list)
    dead: list[Notice] = field(default_factory=list)
    first_at: float = 0.0

    def attempt(self, notice: Notice) -> bool:
        """Try one notice; return whether those behind it may go."""
        delivery = self.ports.notifier.deliver(notice)
        now = self.ports.clock.now()
        if delivery.result == schedule.NO_URL:
            if not notice.last_result:
                self._keep(self.failed, replace(notice, last_result=schedule.NO_URL, last_at=now))
            return False
        tried = schedule.tried(notice, delivery, now)
        if delivery.delivered:
            self._keep(self.delivered, tried)
            return True
        if self._comes_soon(tried):
            return self.attempt(tried)
        self._fail(tried, now)
        return not schedule.holds_up(tried.last_result)

    def record(self) -> None:
        """Push what is known: one commit for the records and for what leaves or stays in the outbox."""
        records: list[Draft] = []
        if self.delivered:
            records.append(self.drafts.delivered(tuple(self.delivered)))
        if self.dead:
            records.append(self.drafts.given_up(tuple(self.dead)))
        if records or self.failed:
            settled, attempted, dead = tuple(self.delivered), tuple(self.failed), tuple(self.dead)
            self.ports.log.append(records, settled=settled, attempted=attempted, dead=dead)
        self.arrived += len(self.delivered)
        for results in (self.delivered, self.failed, self.dead):
            results.clear()

    def _fail(self, tried: Notice, now: datetime) -> None:
        """Keep a notice that did not arrive, or give it up, and with it what it spoke for."""
        behind = [each for each in self.waiting[tried.endpoint] if each.index > tried.index]
        over = schedule.given_up(tried, behind, now)
        if not over:
            self._keep(self.failed, tried)
            return
        for each in over:
            self._keep(self.dead, each)
        heir = schedule.heir(tried, (each for each in behind if each not in over), now)
        if heir is not None:
            self._keep(self.failed, heir)

    def _comes_soon(self, tried: Notice) -> bool:
        """Wait for the next attempt where it is only seconds away, and there is time for it."""
        if tried.next_attempt_at is None:
            return False
        clock = self.ports.clock
        seconds = (tried.next_attempt_at - clock.now()).total_seconds()
        if seconds <= _AGAIN_WITHIN and not self.term.closing():
            clock.sleep(max(seconds, 0.0))
        return schedule.is_due(tried, clock.now()) and not self.term.closing()

    def _keep(self, results: list[Notice], notice: Notice) -> None:
        """Take a result in, and push when there are many or the first of them has waited long."""
        now = self.ports.clock.monotonic()
        if not (self.delivered or self.failed or self.dead):
            self.first_at = now
        results.append(notice)
        together = len(self.delivered) + len(self.failed) + len(self.dead)
        if together >= _TOGETHER or now >= self.first_at + _SECONDS_TOGETHER:
            self.record()
