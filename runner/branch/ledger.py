"""What the records of a log come to, one after the other: the state that a run decides by."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping, MutableMapping, Sequence
from datetime import datetime

from runner.audit.identity import record_id
from runner.audit.key_history import KeyHistory
from runner.audit.leaves import Leaves
from runner.audit.records import MAX_RECORD, BadRecord, parse
from runner.audit.signatures import Signatures
from runner.audit.snapshot import LARGEST_SNAPSHOT, Snapshot, digest, due
from runner.audit.state import IllegalRecord, baseline, follow
from runner.audit.trust import Trust
from runner.branch.whereabouts import Whereabouts
from runner.merkle.tree import Tree, leaf_hash
from runner.model.fields import number, text
from runner.model.log import Record, RecordType
from runner.model.purge import Purge
from runner.model.time import format_instant


class Ledger:
    """The fold of a log's records: of all of them, or of a snapshot and those since.

    ``records`` are those that were taken in; ``last_snapshot`` is how many records the
    newest snapshot sums up, 0 before the first, and ``snapshot_sha256`` the hash of its file.
    """

    def __init__(self, trust: Trust) -> None:
        self._trust = trust
        self._ids: dict[str, int | None] = {}
        self._exact = True
        self._restored = 0
        self._summary = (0, b"")
        self._outgrown = False
        self.tree = Tree()
        self.records = Leaves()
        self.purges: dict[str, Purge] = {}
        self.signatures = Signatures(trust)
        self.whereabouts = Whereabouts()
        self.baseline: Mapping[str, str] = {}
        self.newest_at: datetime | None = None
        self.heartbeat_at: datetime | None = None
        self.last_snapshot = 0
        self.snapshot_sha256: str | None = None

    def take(self, index: int, data: bytes | None) -> None:
        """Take in the next leaf; ``None`` for one that cannot be read.

        Raises ``BadRecord`` or ``IllegalRecord`` for one that cannot stand there; the tree has it then
        all the same, and snapshots are compared no more.
        """
        try:
            if data is None:
                raise BadRecord(f"cannot be read, or has more than {MAX_RECORD} bytes")
            self._fold(parse(index, data))
        except (BadRecord, IllegalRecord):
            self._exact = False
            raise
        finally:
            self.tree.append(leaf_hash(data or b""))

    def adopt(self, frontier: Sequence[bytes]) -> None:
        """Go on from a frontier that is trusted more than the records taken in so far."""
        self._exact = False
        self.tree.adopt(frontier)

    def legal(self, records: Sequence[Record]) -> KeyHistory:
        """Return the keys of the log after these records, if they could be its next ones.

        Raises ``IllegalRecord``.
        """
        purges, keys = ChainMap[str, Purge]({}, self.purges), self.signatures.keys
        for record in records:
            self._follow(purges, record)
            keys = keys.follow(self._trust.origin, record)
        return keys

    def knows(self, record_id: str) -> bool:
        """Whether a record with this id is in the log, as far as that can be told without its past."""
        return record_id in self._ids

    def find(self, record_id: str) -> Record | None:
        """Return the record with an id, ``None`` if it is not there or lies before the snapshot."""
        index = self._ids.get(record_id)
        return None if index is None else self.records.at(index)

    def summary(self) -> bytes:
        """Return the file of a snapshot of the present state. Raises ``ValueError`` before any record."""
        if self.newest_at is None:
            raise ValueError("a log without records has no state")
        if self._summary[0] != self.tree.size:
            self._summary = (self.tree.size, self._snapshot(self.newest_at).file())
        return self._summary[1]

    def due_summary(self) -> bytes | None:
        """Return the file of the snapshot that the next push should bring, ``None`` if it need not.

        The state of a log never shrinks, so what was too large once is not made again.
        """
        if self._outgrown or not due(self.tree.size, self.last_snapshot, len(self.purges)):
            return None
        file = self.summary()
        self._outgrown = len(file) > LARGEST_SNAPSHOT
        return None if self._outgrown else file

    def _snapshot(self, newest_at: datetime) -> Snapshot:
        return Snapshot(
            tree=self.tree,
            newest=self.whereabouts.newest,
            purges=self.purges,
            baseline=self.baseline,
            newest_at=newest_at,
            heartbeat_at=self.heartbeat_at,
            keys=self.signatures.keys,
        )

    def restore(self, snapshot: Snapshot, file: bytes) -> None:
        """Begin with a snapshot, which was read from a file.

        The ids of the records before it are not kept, but for those that nothing else rules out: a
        refusal that would be repeated, and a second heartbeat of one day.
        """
        self.tree, self._restored = snapshot.tree, snapshot.tree.size
        self._summary = (snapshot.tree.size, file)
        self.purges = dict(snapshot.purges)
        self.signatures.keys = snapshot.keys
        self.whereabouts.newest = dict(snapshot.newest)
        self.baseline = snapshot.baseline
        self.newest_at = snapshot.newest_at
        self.heartbeat_at = snapshot.heartbeat_at
        self._ids = {refusal: None for purge in self.purges.values() for refusal in purge.refusals}
        if snapshot.heartbeat_at is not None:
            day = format_instant(snapshot.heartbeat_at)[:10]
            self._ids[record_id(self._trust.origin, RecordType.LOG_HEARTBEAT, {"day": day})] = None

    def _fold(self, record: Record) -> None:
        self._follow(self.purges, record)
        self.signatures.follow(record)
        self.whereabouts.take(record)
        self._ids[record.id] = record.index
        self.records.add(record)
        self.newest_at = _later(self.newest_at, record.at)
        if record.type is RecordType.LOG_OPENED:
            self.baseline = baseline([record])
        elif record.type is RecordType.LOG_HEARTBEAT:
            self.heartbeat_at = _later(self.heartbeat_at, record.at)
        elif record.type is RecordType.LOG_SNAPSHOT:
            self.last_snapshot = record.index
            self.snapshot_sha256 = text(record.body, "sha256")

    def _follow(self, purges: MutableMapping[str, Purge], record: Record) -> None:
        """Check what a record claims against the log before it, and fold it into ``purges``."""
        if record.id in self._ids:
            raise IllegalRecord(f"has the id of {_which(self._ids[record.id])}")
        if record.id != record_id(self._trust.origin, record.type, record.body):
            raise IllegalRecord("has an id that is not the one of its event")
        purge = follow(purges, self._trust.origin, record)
        if record.type is RecordType.LOG_OPENED:
            opened = text(record.body, "log", "origin"), text(record.body, "target")
            if opened != (self._trust.origin, self._trust.target):
                raise IllegalRecord("opens the log of another origin or target")
        elif record.type is RecordType.LOG_SNAPSHOT and self._exact_before(record.index):
            self._require_summed_up(record)
        if purge is not None:
            purges[purge.id] = purge

    def _exact_before(self, index: int) -> bool:
        """Whether the state before a record is known to the last; of a tip's tree, where its snapshot is."""
        return self._exact and (index >= self.whereabouts.since or index == self._restored)

    def _require_summed_up(self, record: Record) -> None:
        """Require that a snapshot is of exactly the records before it. Raises ``IllegalRecord``."""
        if not number(record.body, "size") == record.index == self.tree.size:
            raise IllegalRecord("is a snapshot of other records than those before it")
        if text(record.body, "sha256") != digest(self.summary()):
            raise IllegalRecord("has the hash of another snapshot than the records before it make")


def _later(one: datetime | None, other: datetime) -> datetime:
    return other if one is None else max(one, other)


def _which(index: int | None) -> str:
    return "an earlier record" if index is None else f"record {index}"
