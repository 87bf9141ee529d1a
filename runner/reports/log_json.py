"""Records as JSON (``schemas/log.schema.json``)."""

from __future__ import annotations

import json
from collections.abc import Sequence

from runner.model.log import Record


def log_json(target: str, records: Sequence[Record]) -> str:
    """Return one JSON document, indented, with a final newline."""
    document = {
        "version": 1,
        "target": target,
        "records": [{"index": record.index, "record": record.body} for record in records],
    }
    return json.dumps(document, indent=2, ensure_ascii=True) + "\n"
