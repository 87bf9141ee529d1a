"""What the proof of one record came to, as text and as JSON (``schemas/proof.schema.json``)."""

from __future__ import annotations

from dataclasses import dataclass

from runner.audit.records import BadRecord, parse
from runner.merkle.encoding import to_text
from runner.merkle.tree import leaf_hash
from runner.model.json import JsonObject
from runner.model.log import Checkpoint
from runner.model.text import printable
from runner.reports.json_text import json_text


@dataclass(frozen=True, slots=True)
class Proven:
    """A record's bytes that a checkpoint is proven to contain at ``index``."""

    index: int
    data: bytes
    checkpoint: Checkpoint

    @property
    def record(self) -> JsonObject | None:
        """The fields, ``None`` where the bytes are no record that this version knows."""
        try:
            return parse(self.index, self.data).body
        except BadRecord:
            return None


def proven_text(proven: Proven) -> str:
    """Return what was proven, for a person."""
    stated, body = proven.checkpoint, proven.record
    what = "not of a type that this version knows" if body is None else f"{body['type']} {body['id']}"
    lines = [
        f"Proven: record {proven.index} is in the log {stated.origin}",
        "",
        f"  record      {what}",
        *([] if body is None else [f"  written     {body['at']}"]),
        f"  leaf hash   {to_text(leaf_hash(proven.data))}",
        f"  checkpoint  {stated.size}:{to_text(stated.root)}, signed by the key that was given",
    ]
    return "\n".join(map(printable, lines)) + "\n"


def proven_json(proven: Proven) -> str:
    """Return one JSON document, indented, with a final newline."""
    stated = proven.checkpoint
    return json_text(
        {
            "version": 1,
            "proven": True,
            "index": proven.index,
            "leafHash": to_text(leaf_hash(proven.data)),
            "record": proven.record,
            "checkpoint": {"origin": stated.origin, "size": stated.size, "root": to_text(stated.root)},
        }
    )
