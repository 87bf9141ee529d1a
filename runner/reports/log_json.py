"""Records as JSON (``schemas/log.schema.json``)."""

from __future__ import annotations

import json
from collections.abc import Sequence

from runner.audit.verify import Verification
from runner.model.log import Record


def log_json(verification: Verification, records: Sequence[Record]) -> str:
    """Return one JSON document, indented, with a final newline: these records of the log."""
    document = {
        "version": 1,
        "target": verification.target,
        "whole": verification.holds,
        "records": [{"index": record.index, "record": record.body} for record in records],
    }
    return json.dumps(document, indent=2, ensure_ascii=True) + "\n"
