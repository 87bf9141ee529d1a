"""What a run touches, and how it looks at the world."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from runner.errors import Refused
from runner.model.log import Log
from runner.model.purge import Purge
from runner.model.target import Target
from runner.model.time import format_instant
from runner.plan.world import World, see
from runner.ports import Clock, Forge, LogStore, Notifier, PolicySource, Reader, Submitter, Watcher
from runner.rules.execution import MAX_CLOCK_SKEW


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


def look(ports: Ports, target: Target, *, before: Mapping[str, Purge | None] | None = None) -> World:
    """Fetch ``main`` and the log, verify and fold the log, and judge every policy.

    ``target`` is the file that the ports were made for; ``before`` is as in ``see``. Raises
    ``Refused`` when that file is gone, not valid, or means another organisation or log by now, or
    when the clock is wrong; and what fetching and verifying raise.
    """
    commit = ports.source.fetch()
    log = ports.log.load()
    _refuse_a_clock_behind_the_log(log, ports.clock)
    world = see(target.name, commit, ports.source.files(commit), log, ports.clock.now(), before=before)
    if _meaning(world.target) != _meaning(target):
        raise Refused(
            f"the file of target {target.name} changed on main while this run was under way",
            where=f"policies/targets/{target.name}.yaml at {commit[:12]}",
            hint="run again",
        )
    return world


def _meaning(target: Target) -> tuple[object, ...]:
    """Everything by which ports were chosen: where requests go and whom the log trusts."""
    return target.region, target.organization_id, target.backend, target.counts, target.log


def _refuse_a_clock_behind_the_log(log: Log, clock: Clock) -> None:
    """Other machines write records too, so their clocks may be ahead by the tolerated skew."""
    now, newest = clock.now(), log.newest_at
    if now < newest - MAX_CLOCK_SKEW:
        raise Refused(
            f"this machine's clock says {format_instant(now)}, "
            f"but the log has a record of {format_instant(newest)}",
            hint="set the clock; with a wrong clock nothing can be called old enough",
        )
