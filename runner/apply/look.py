"""What a run touches, and how it looks at the world."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from runner.apply.evidence import released
from runner.documents.kinds import Kind
from runner.errors import Refused, RemoteFailure
from runner.model.approval import Approval
from runner.model.log import Log
from runner.model.purge import Purge
from runner.model.target import Target
from runner.model.time import format_instant
from runner.plan.world import World, see
from runner.ports import (
    Clock,
    Forge,
    LogStore,
    Notifier,
    PolicySource,
    Preparer,
    Protection,
    Reader,
    Spool,
    Submitter,
    Watcher,
)
from runner.rules.execution import MAX_CLOCK_SKEW


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything that a run touches; ``protection`` is ``None`` where the platform has none."""

    source: PolicySource
    log: LogStore
    spool: Spool
    reader: Reader
    preparer: Preparer
    protection: Protection | None
    submitter: Submitter
    forge: Forge
    notifier: Notifier
    clock: Clock
    watcher: Watcher


def look(ports: Ports, target: Target, *, before: Mapping[str, Purge | None] | None = None) -> World:
    """Fetch ``main`` and the log, verify and fold the log, and judge every policy.

    ``target`` is the file that the ports were made for; ``before`` is as in ``see``. Raises
    ``Refused`` when that file is gone, not valid, or means another organisation or log by now, or
    when the clock is wrong; and what fetching and verifying raise. While the forge cannot be asked,
    every hold is active; right before a submission (``before``) that raises ``RemoteFailure``, because
    what nobody knows must not end a purge for good.
    """
    commit = ports.source.fetch()
    log = ports.log.load()
    _refuse_a_clock_behind_the_log(log, ports.clock)
    files, now = ports.source.files(commit), ports.clock.now()
    world = see(target.name, commit, files, log, now, before=before)
    ended = _ended(ports, world, now, sure=before is not None)
    if ended:
        world = see(target.name, commit, files, log, now, before=before, released=ended)
    if _meaning(world.target) != _meaning(target):
        raise Refused(
            f"the file of target {target.name} changed on main while this run was under way",
            where=f"{Kind.TARGET.path(target.name)} at {commit[:12]}",
            hint="run again",
        )
    return world


def _ended(ports: Ports, world: World, now: datetime, *, sure: bool) -> dict[str, Approval]:
    try:
        return dict(released(ports.forge, ports.source, world, now))
    except RemoteFailure as failure:
        if sure:
            raise
        ports.watcher.say(f"every hold counts as active: {failure.message}")
        return {}


def _meaning(target: Target) -> tuple[object, ...]:
    """Everything by which ports were chosen: where requests go, whom the log trusts, who approves."""
    return (
        target.region,
        target.organization_id,
        target.backend,
        target.approvals,
        target.counts,
        target.log,
    )


def _refuse_a_clock_behind_the_log(log: Log, clock: Clock) -> None:
    """Other machines write records too, so their clocks may be ahead by the tolerated skew."""
    now, newest = clock.now(), log.newest_at
    if now < newest - MAX_CLOCK_SKEW:
        raise Refused(
            f"this machine's clock says {format_instant(now)}, "
            f"but the log has a record of {format_instant(newest)}",
            hint="set the clock; with a wrong clock nothing can be called old enough",
        )
