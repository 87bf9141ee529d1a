"""A snapshot: what the records before it come to, so that a writer need not read them all.

It lies beside the log in one file, unsigned. The record ``log.snapshot`` at the index ``size`` holds
the file's hash, so that whoever trusts the signed root may trust the file; and whoever reads the
whole log makes the same bytes from the records.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from runner.audit import purge_form
from runner.audit.identity import record_id
from runner.audit.key_history import KeyHistory
from runner.audit.records import BadRecord, canonical, strict_json
from runner.merkle.encoding import from_text
from runner.merkle.proof import hashes
from runner.merkle.tree import HASH_SIZE, Tree, needed
from runner.model.fields import entries, mapping, number, text, texts
from runner.model.json import JsonObject
from runner.model.log import Draft, RecordType
from runner.model.purge import Purge
from runner.model.time import format_exactly, parse_instant

SNAPSHOT_EVERY = 1000
"""Records after which a writer adds a snapshot; more where there are more purges than that."""

LARGEST_SNAPSHOT = 48 * 1024 * 1024
"""Bytes above which none is written, and readers go on from the one before; hosts refuse large files."""

_VERSION = 1
_KEYS = frozenset({"v", "size", "nodes", "newest", "purges", "baseline", "newest_at", "heartbeat_at", "keys"})


class BadSnapshot(ValueError):
    """Bytes are no snapshot of this version; the message says why, safe to print."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state of a log at ``tree.size`` records; the tree need not know its past.

    ``newest`` is the size of the checkpoint in the newest notice to each endpoint; ``baseline``,
    ``newest_at`` and ``heartbeat_at`` are as in ``Log``; ``keys`` are those that may sign.
    """

    tree: Tree
    newest: Mapping[str, int]
    purges: Mapping[str, Purge]
    baseline: Mapping[str, str]
    newest_at: datetime
    heartbeat_at: datetime | None
    keys: KeyHistory

    def file(self) -> bytes:
        """Return the bytes of the file: RFC 8785, the same from whatever tree."""
        nodes = needed(self.tree.size, self.newest.values())
        body: JsonObject = {
            "v": _VERSION,
            "size": self.tree.size,
            "nodes": hashes([self.tree.node(*node) for node in nodes]),
            "newest": self.newest,
            "purges": [purge_form.form(self.purges[key]) for key in sorted(self.purges)],
            "baseline": self.baseline,
            "newest_at": format_exactly(self.newest_at),
            "heartbeat_at": None if self.heartbeat_at is None else format_exactly(self.heartbeat_at),
            "keys": self.keys.form(),
        }
        return canonical(body)


def digest(file: bytes) -> str:
    """Return the hash of a snapshot's file as its record carries it: SHA-256 in hexadecimal."""
    return hashlib.sha256(file).hexdigest()


def due(size: int, last: int, purges: int) -> bool:
    """Whether a log of ``size`` records is to get a snapshot; ``last`` is the size at the one before.

    Each costs as much as there are purges, so with many of them it waits for as many records.
    """
    return size - last >= max(SNAPSHOT_EVERY, purges)


def drafted(origin: str, size: int, file: bytes, at: datetime) -> Draft:
    """Make the record of a snapshot that sums up ``size`` records in a file."""
    fields: JsonObject = {"size": size, "sha256": digest(file)}
    return Draft(RecordType.LOG_SNAPSHOT, record_id(origin, RecordType.LOG_SNAPSHOT, fields), at, fields)


def read_snapshot(file: bytes) -> Snapshot:
    """Read the file of a snapshot strictly. Raises ``BadSnapshot``.

    That it tells the truth is not known before its hash has been found in the log.
    """
    try:
        body = strict_json(file)
        if body.keys() != _KEYS or number(body, "v") != _VERSION:
            raise ValueError("it has other fields than a snapshot")
        return _snapshot(body)
    except (BadRecord, KeyError, TypeError, ValueError) as error:
        raise BadSnapshot(f"the snapshot cannot be read: {error}") from None


def _snapshot(body: JsonObject) -> Snapshot:
    heartbeat = body["heartbeat_at"]
    purges = [purge_form.read(item) for item in entries(body, "purges")]
    newest = {endpoint: number(body, "newest", endpoint) for endpoint in mapping(body, "newest")}
    return Snapshot(
        tree=_tree(number(body, "size"), newest, texts(body, "nodes")),
        newest=newest,
        purges={purge.id: purge for purge in purges},
        baseline={purge: text(body, "baseline", purge) for purge in mapping(body, "baseline")},
        newest_at=parse_instant(text(body, "newest_at")),
        heartbeat_at=None if heartbeat is None else parse_instant(text(body, "heartbeat_at")),
        keys=KeyHistory.read(body, "keys"),
    )


def _tree(size: int, newest: Mapping[str, int], given: tuple[str, ...]) -> Tree:
    if size < 1 or not all(0 < prefix <= size for prefix in newest.values()):
        raise ValueError("it states a size that no log can have had")
    values = [from_text(line) for line in given]
    if not all(len(value) == HASH_SIZE for value in values):
        raise ValueError("it holds a hash of another length")
    return Tree(size=size, nodes=dict(zip(needed(size, newest.values()), values, strict=True)))
