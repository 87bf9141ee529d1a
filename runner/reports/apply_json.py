"""What a run came to, as JSON (``schemas/apply.schema.json``)."""

from __future__ import annotations

from runner.apply.outcome import PurgeResult, RunOutcome
from runner.merkle.encoding import to_text
from runner.model.json import JsonObject
from runner.reports.findings_json import finding_object
from runner.reports.json_text import json_text
from runner.reports.notices import next_attempt


def apply_json(outcome: RunOutcome) -> str:
    """Return one JSON document in ASCII, indented, with a final newline."""
    document = {
        "version": 1,
        "target": outcome.target,
        "commit": outcome.commit,
        "exitCode": int(outcome.exit_code),
        "submitted": outcome.submitted,
        "purges": [_purge(result) for result in outcome.results],
        "unreadable": [finding_object(finding) for finding in outcome.unreadable],
        "trouble": [{"exitCode": int(code), "message": message} for code, message in outcome.trouble],
        "notices": {
            "delivered": outcome.delivered,
            "undelivered": len(outcome.waiting),
            "givenUp": len(outcome.given_up),
            "nextAttemptNotBefore": next_attempt(outcome.waiting),
        },
        "log": {
            "size": outcome.checkpoint.size,
            "root": to_text(outcome.checkpoint.root),
        },
    }
    return json_text(document)


def _purge(result: PurgeResult) -> JsonObject:
    figures = result.figures
    return {
        "policy": result.key.policy,
        "revision": result.key.revision,
        "purgeId": result.key.id,
        "ending": result.ending.value,
        "detail": result.detail,
        "jobId": result.job_id,
        "submittedNow": result.submitted_now,
        "verdict": result.verdict,
        "figures": None
        if figures is None
        else {
            "totalInteractionsPurged": figures.purged,
            "durationMs": figures.duration_ms,
            "throughputPerSecond": figures.throughput,
        },
        "findings": [finding_object(finding) for finding in result.findings],
    }
