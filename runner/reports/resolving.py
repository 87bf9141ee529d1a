"""What is said of a purge that only a person can close."""

from __future__ import annotations

from collections.abc import Iterator

from runner.apply.resolution import MEANING, Resolution
from runner.merkle.encoding import to_text
from runner.model.log import Checkpoint
from runner.model.purge import Purge
from runner.model.text import printable
from runner.model.time import format_instant


def ways_out(purge_id: str, target: str) -> Iterator[str]:
    """Yield the two command lines of which a person runs one, each with the case that it is for."""
    command = f"purgectl resolve {purge_id} --target {target}"
    yield f"if it ran:      {command} --decision ran --evidence job-seen --job JOB"
    yield f"if it did not:  {command} --decision not-run --evidence job-absent"


def question(purge: Purge, resolution: Resolution) -> str:
    """Return what is about to be decided, and what follows from it."""
    job = "" if resolution.job_id is None else f", job {printable(resolution.job_id)}"
    selection = purge.selection
    lines = [f"{purge.policy} (revision {purge.revision}) on target {purge.target}"]
    if selection is not None:
        span = selection.date_range
        lines.append(f"  what      {selection.interaction_type.value}, {span.start_text} to {span.end_text}")
    counted = "an unknown number" if purge.matched is None else f"{purge.matched:,} interactions"
    since = "" if purge.changed_at is None else f" since {format_instant(purge.changed_at)}"
    lines += [
        f"  count     {counted} when it was announced",
        f"  state     ambiguous{since}: {purge.reason}",
        f"  decision  {resolution.decision.value}, on the evidence {resolution.evidence.value}{job}",
        f"  meaning   {MEANING[resolution.decision]}",
    ]
    return "\n".join(lines) + "\n"


def resolved_text(purge: Purge, resolution: Resolution, checkpoint: Checkpoint) -> str:
    """Return what was written down, the checkpoint to note, and what follows."""
    who = f"account {resolution.actor_id}" if resolution.actor_id else "somebody outside a forge"
    return (
        f"Resolved: {purge.policy} (revision {purge.revision}) {resolution.decision.value}, "
        f"decided by {who}\n"
        f"  log   {checkpoint.size} records, root {to_text(checkpoint.root)}\n"
        f"  next  {MEANING[resolution.decision]}\n"
    )
