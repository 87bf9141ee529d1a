"""What a verification of the log came to, as JSON (``schemas/verification.schema.json``)."""

from __future__ import annotations

from runner.branch.verify import Verification
from runner.merkle.encoding import to_text
from runner.model.json import JsonObject
from runner.model.log import Checkpoint
from runner.reports.json_text import json_text


def verification_json(verification: Verification, ref: str) -> str:
    """Return one JSON document, indented, with a final newline."""
    since = verification.since
    document = {
        "version": 1,
        "target": verification.target,
        "ref": ref,
        "commit": verification.tip,
        "whole": verification.holds,
        "commits": verification.commits,
        "checkpoint": _checkpoint(verification.checkpoint),
        "pendingNotices": verification.pending,
        "since": None if since is None else {"size": since.size, "root": to_text(since.root)},
        "expected": [{"size": e.size, "root": to_text(e.root)} for e in verification.expectations],
        "problems": [
            {
                "message": problem.message,
                "firstRecord": problem.first,
                "lastRecord": problem.last,
                "path": problem.path,
                "commit": problem.commit,
            }
            for problem in verification.problems
        ],
        "keys": [
            {
                "key": str(term.key),
                "since": term.since,
                "until": term.until,
                "trustedSize": term.trusted_size,
            }
            for term in verification.keys.terms
        ],
        "unproven": [
            {"firstRecord": found.first, "lastRecord": found.last, "keys": [str(key) for key in found.keys]}
            for found in verification.unproven
        ],
    }
    return json_text(document)


def _checkpoint(checkpoint: Checkpoint | None) -> JsonObject | None:
    if checkpoint is None:
        return None
    return {"origin": checkpoint.origin, "size": checkpoint.size, "root": to_text(checkpoint.root)}
