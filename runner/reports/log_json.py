"""Records as JSON (``schemas/log.schema.json``)."""

from __future__ import annotations

from collections.abc import Sequence

from runner.branch.verify import Verification
from runner.model.log import Record
from runner.reports.json_text import json_text


def log_json(verification: Verification, records: Sequence[Record]) -> str:
    """Return one JSON document, indented, with a final newline: these records of the log."""
    document = {
        "version": 1,
        "target": verification.target,
        "whole": verification.holds,
        "records": [{"index": record.index, "record": record.body} for record in records],
    }
    return json_text(document)
