"""A status as JSON (``schemas/status.schema.json``)."""

from __future__ import annotations

from datetime import datetime

from runner.model.json import JsonObject
from runner.model.time import format_instant
from runner.plan.world import World
from runner.reports.findings_json import finding_object
from runner.reports.json_text import json_text
from runner.reports.notices import next_attempt
from runner.reports.status import Row, rows


def status_json(world: World, now: datetime) -> str:
    """Return one JSON document in ASCII, indented, with a final newline."""
    beat = world.log.heartbeat_at
    document = {
        "version": 1,
        "target": world.target.name,
        "commit": world.commit,
        "purges": [_purge(row) for row in rows(world, now)],
        "unreadable": [finding_object(finding) for finding in world.unreadable],
        "log": {
            "size": world.log.checkpoint.size,
            "noticesWaiting": len(world.log.outbox),
            "noticesGivenUp": len(world.log.dead),
            "nextAttemptNotBefore": next_attempt(world.log.outbox),
            "heartbeatAt": None if beat is None else format_instant(beat),
        },
    }
    return json_text(document)


def _purge(row: Row) -> JsonObject:
    return {
        "policy": row.key.policy,
        "revision": row.key.revision,
        "purgeId": row.key.id,
        "state": row.state,
        "since": None if row.since is None else format_instant(row.since),
        "jobId": row.job_id,
        "purged": row.purged,
        "verdict": row.verdict,
        "reason": row.reason,
        "next": row.step,
    }
