"""The interactions in SQLite: one connection in memory, one thread at a time."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import fields
from operator import attrgetter
from threading import Lock

from runner.model.policy import PurgeType
from runner.sandbox.data import ATTRIBUTES, Interaction
from runner.sandbox.request import PurgeItem

_TABLE = """
    CREATE TABLE interactions (
        id TEXT PRIMARY KEY,
        type TEXT NOT NULL,
        started_at INTEGER NOT NULL,
        classification TEXT NOT NULL,
        department TEXT NOT NULL,
        retention_status TEXT NOT NULL,
        region TEXT NOT NULL,
        queue TEXT NOT NULL,
        compliance_class TEXT NOT NULL,
        deleted TEXT CHECK (deleted = 'soft')
    ) WITHOUT ROWID
"""
_INSERT = "INSERT INTO interactions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)"
_INDEX = """
    CREATE INDEX by_selection ON interactions
        (type, started_at, deleted, department, retention_status, region, queue, compliance_class)
"""
_MATCHING = """
    SELECT id FROM interactions
    WHERE type = :type AND started_at BETWEEN :start AND :end AND deleted IS NULL
        AND (:department IS NULL OR department IN (SELECT value FROM json_each(:department)))
        AND (:retention_status IS NULL
            OR retention_status IN (SELECT value FROM json_each(:retention_status)))
        AND (:region IS NULL OR region IN (SELECT value FROM json_each(:region)))
        AND (:queue IS NULL OR queue IN (SELECT value FROM json_each(:queue)))
        AND (:compliance_class IS NULL
            OR compliance_class IN (SELECT value FROM json_each(:compliance_class)))
"""
_COUNT = f"SELECT count(*) FROM ({_MATCHING})"  # noqa: S608 - constants only
_EFFECTS = {
    PurgeType.PERMANENT: "DELETE FROM interactions WHERE id = ?",
    PurgeType.SOFT: "UPDATE interactions SET deleted = 'soft' WHERE id = ? AND deleted IS NULL",
}
_row = attrgetter(*(field.name for field in fields(Interaction)))


class Store:
    """What the organisation holds. A purged interaction never matches again.

    A permanent purge removes the row, a soft one marks it. Every method may be called from any
    thread.
    """

    def __init__(self, interactions: Iterable[Interaction]) -> None:
        self._lock = Lock()
        self._connection = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        with closing(self._connection.cursor()) as cursor:
            cursor.execute(_TABLE)
            cursor.execute("BEGIN")
            cursor.executemany(_INSERT, map(_row, interactions))
            cursor.execute("COMMIT")
            cursor.execute(_INDEX)

    def matching(self, item: PurgeItem) -> tuple[str, ...]:
        """The ids of the interactions that an item selects."""
        with self._lock, closing(self._connection.cursor()) as cursor:
            return tuple(row[0] for row in cursor.execute(_MATCHING, _conditions(item)))

    def count(self, item: PurgeItem) -> int:
        """How many interactions an item selects."""
        with self._lock, closing(self._connection.cursor()) as cursor:
            return int(cursor.execute(_COUNT, _conditions(item)).fetchone()[0])

    def purge(self, ids: Sequence[str], purge_type: PurgeType) -> int:
        """Remove or mark interactions and return how many were still there."""
        with self._lock, closing(self._connection.cursor()) as cursor:
            cursor.execute("BEGIN")
            cursor.executemany(_EFFECTS[purge_type], ((each,) for each in ids))
            changed = max(cursor.rowcount, 0)
            cursor.execute("COMMIT")
        return changed

    def close(self) -> None:
        """Forget everything."""
        with self._lock:
            self._connection.close()


def _conditions(item: PurgeItem) -> Mapping[str, str | int | None]:
    wanted = {name: json.dumps(values) for name, values in item.attributes.items()}
    return {
        **dict.fromkeys(ATTRIBUTES),
        **wanted,
        "type": item.type.value,
        "start": item.start,
        "end": item.end,
    }
