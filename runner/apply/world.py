"""What a run touches, how it looks at the world, and how it judges an order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from runner.errors import Refused
from runner.model.approval import Approval
from runner.model.log import Log
from runner.model.purge import Purge
from runner.model.time import format_instant
from runner.plan.guards import Guards, guard
from runner.plan.orders import Order, Standing
from runner.plan.world import World, see
from runner.ports import Clock, Forge, LogStore, Notifier, PolicySource, Reader, Submitter, Watcher
from runner.rules import execution


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything that a run touches."""

    source: PolicySource
    log: LogStore
    reader: Reader
    submitter: Submitter
    forge: Forge
    notifier: Notifier
    clock: Clock
    watcher: Watcher


def look(ports: Ports, target: str, *, before: Mapping[str, Purge | None] | None = None) -> World:
    """Fetch ``main`` and the log, verify and fold the log, and judge every policy.

    ``before`` is as in ``see``. Raises ``Refused`` when the target's file is gone or not valid, or
    the clock is wrong, and what fetching and verifying raise.
    """
    commit = ports.source.fetch()
    log = ports.log.load()
    now = ports.clock.now()
    _refuse_a_clock_behind_the_log(log, now)
    return see(target, commit, ports.source.files(commit), log, now, before=before)


def _refuse_a_clock_behind_the_log(log: Log, now: datetime) -> None:
    """Other machines write records too, so their clocks may be ahead by the tolerated skew."""
    newest = max(record.at for record in log.records)
    if now < newest - execution.MAX_CLOCK_SKEW:
        raise Refused(
            f"this machine's clock says {format_instant(now)}, "
            f"but the log has a record of {format_instant(newest)}",
            hint="set the clock; with a wrong clock nothing can be called old enough",
        )


@dataclass(frozen=True, slots=True)
class Judge:
    """Asks every guard about an order, the approval first: one way in, at both times of asking."""

    ports: Ports
    kill_switch_open: bool

    def __call__(self, world: World, order: Order) -> tuple[Order, Approval | None]:
        """Count and guard an order; the approval is there exactly when it may be submitted.

        Raises ``RemoteFailure`` when the platform cannot be asked.
        """
        approval = None
        if order.submittable:
            try:
                approval = self.ports.forge.approval(world.target, order.path, order.blob, world.commit)
            except Refused as refusal:
                return _unapproved(world, order, refusal), None
        if order.standing not in (Standing.READY, Standing.OBSERVED):
            return order, None
        switches = (
            *execution.clock_right(self.ports.clock.now(), self.ports.reader.connect()),
            *execution.enabled(self.kill_switch_open),
        )
        guarded = guard(order, Guards(world.target, self.ports.reader.count, world.review.locate, switches))
        return guarded, approval if guarded.submittable else None


def _unapproved(world: World, order: Order, refusal: Refused) -> Order:
    fault = execution.APR_001.fault("", refusal.message, hint=refusal.hint)
    return replace(order, standing=Standing.REFUSED, findings=(world.review.locate(order.path, fault),))
