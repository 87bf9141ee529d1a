"""A status for a person at a terminal."""

from __future__ import annotations

from datetime import datetime

from runner.model.text import printable
from runner.plan.world import World
from runner.reports.findings import counted
from runner.reports.findings_text import sentence
from runner.reports.status import Row, rows


def status_text(world: World, now: datetime) -> str:
    """Return two lines a purge and a closing line about the log."""
    lines = [f"Target {world.target.name} at {world.commit[:12]}", ""]
    for row in rows(world, now):
        lines += [
            f"  {row.key.policy} (revision {row.key.revision}) {row.state}{_age(row, now)}{_facts(row)}",
            f"    next: {printable(row.step)}",
        ]
    lines += [f"  {sentence(finding)}" for finding in world.unreadable]
    waiting = counted(len(world.log.outbox), "notice")
    log = f"Log: {counted(world.log.checkpoint.size, 'record')}, {waiting} waiting."
    return "\n".join([*lines, "", log]) + "\n"


def _age(row: Row, now: datetime) -> str:
    if row.since is None:
        return ""
    minutes = int((now - row.since).total_seconds() // 60)
    for unit, size in (("days", 1440), ("hours", 60), ("minutes", 1)):
        if minutes >= 2 * size:
            return f" {minutes // size} {unit} ago"
    return " just now"


def _facts(row: Row) -> str:
    purged = "" if row.purged is None else f", {row.purged:,} purged"
    absence = "" if row.verdict is None else f", absence {row.verdict}"
    return purged + absence + ("" if row.reason is None else f": {printable(row.reason)}")
