"""A status for a person at a terminal."""

from __future__ import annotations

from datetime import datetime

from runner.model.purge import PurgeState
from runner.model.text import printable
from runner.plan.world import World
from runner.reports.findings import counted
from runner.reports.findings_text import sentence
from runner.reports.notices import outlook
from runner.reports.resolving import ways_out
from runner.reports.status import Row, rows


def status_text(world: World, now: datetime) -> str:
    """Return two lines a purge and a closing line about the log."""
    lines = [f"Target {world.target.name} at {world.commit[:12]}", ""]
    for row in rows(world, now):
        purge = f"{row.key.policy} (revision {row.key.revision})"
        lines += [
            f"  {purge} {row.state}{_ago(row.since, now)}{_facts(row)}",
            f"    next: {printable(row.step)}",
        ]
        if row.state == PurgeState.AMBIGUOUS:
            lines += [f"      {way}" for way in ways_out(row.key.id, world.target.name)]
    lines += [f"  {sentence(finding)}" for finding in world.unreadable]
    waiting = counted(len(world.log.outbox), "notice")
    beat = _ago(world.log.heartbeat_at, now) or " never"
    log = f"Log: {counted(world.log.checkpoint.size, 'record')}, {waiting} waiting, last sign of life{beat}."
    notices = [f"  {each}" for each in outlook(world.log.outbox, world.log.dead)]
    return "\n".join([*lines, "", log, *notices]) + "\n"


def _ago(instant: datetime | None, now: datetime) -> str:
    if instant is None:
        return ""
    minutes = int((now - instant).total_seconds() // 60)
    for unit, size in (("days", 1440), ("hours", 60), ("minutes", 1)):
        if minutes >= 2 * size:
            return f" {minutes // size} {unit} ago"
    return " just now"


def _facts(row: Row) -> str:
    purged = "" if row.purged is None else f", {row.purged:,} purged"
    absence = "" if row.verdict is None else f", absence {row.verdict}"
    return purged + absence + ("" if row.reason is None else f": {printable(row.reason)}")
