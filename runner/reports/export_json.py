"""A log for programs: its purges as one document, or its records line by line."""

from __future__ import annotations

from collections.abc import Iterable

from runner.audit.trail import Trail
from runner.merkle.encoding import to_text
from runner.merkle.tree import leaf_hash
from runner.model.log import Checkpoint, Record
from runner.reports.export import rows
from runner.reports.json_text import json_line, json_text


def export_json(target: str, found: Iterable[Trail], checkpoint: Checkpoint) -> str:
    """Return one JSON document (``schemas/export.schema.json``), indented, with a final newline."""
    document = {
        "version": 1,
        "target": target,
        "log": {"origin": checkpoint.origin, "size": checkpoint.size, "root": to_text(checkpoint.root)},
        "purges": list(rows(found, checkpoint)),
    }
    return json_text(document)


def export_jsonl(target: str, records: Iterable[Record]) -> str:
    """Return one line of JSON a record: its target, index, leaf hash and fields."""
    return "".join(
        json_line(
            {
                "target": target,
                "index": record.index,
                "leafHash": to_text(leaf_hash(record.data)),
                "record": record.body,
            }
        )
        for record in records
    )
