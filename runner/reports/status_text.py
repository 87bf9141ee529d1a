"""A status for a person at a terminal."""

from __future__ import annotations

from datetime import datetime

from runner.model.text import printable
from runner.plan.world import World
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
    return "\n".join([*lines, "", f"Log: {world.log.checkpoint.size} records, {_outbox(world)}."]) + "\n"


def _age(row: Row, now: datetime) -> str:
    if row.since is None:
        return ""
    minutes = int((now - row.since).total_seconds() // 60)
    days, hours = minutes // 1440, minutes // 60
    return (
        f" for {days} days" if days > 1 else f" for {hours} hours" if hours > 1 else f" for {minutes} minutes"
    )


def _facts(row: Row) -> str:
    purged = "" if row.purged is None else f", {row.purged:,} purged"
    return purged + ("" if row.verdict is None else f", absence {row.verdict}")


def _outbox(world: World) -> str:
    waiting = len(world.log.outbox)
    return f"{waiting} notice{'' if waiting == 1 else 's'} waiting"
