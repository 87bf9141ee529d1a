"""The branch, commit by commit: nothing about it is believed that the signed roots do not carry.

A replay can go on where it stopped, so that a store which has verified a tip reads only what came
after it. Problems are collected, not raised, so that an auditor sees all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from runner.audit import checkpoint, identity, layout
from runner.audit.derived import Derived, read_frontier
from runner.audit.fields import text
from runner.audit.outbox import deliveries
from runner.audit.problem import Problem
from runner.audit.records import MAX_RECORD, BadRecord, parse
from runner.audit.state import IllegalRecord, baseline, follow
from runner.audit.tree import Tree, leaf_hash, root_of
from runner.audit.trust import Trust
from runner.errors import NotVerified
from runner.git.repository import REGULAR, Change, Commit, Repository
from runner.model.log import Checkpoint, Log, Record, RecordType
from runner.model.purge import Purge

_CHUNK = 500
"""Commits whose objects are read by one call of git."""


class _CannotGoOn(Exception):
    """A commit is so broken that nothing after it can be checked."""


@dataclass(slots=True)
class _Additions:
    """What one commit adds: records by index, and perhaps a checkpoint (blob ids)."""

    records: dict[int, str] = field(default_factory=dict)
    note: str = ""


class Replay:
    """One reading of a branch from its beginning, as far as ``tip``."""

    def __init__(self, repository: Repository, trust: Trust) -> None:
        self._repository = repository
        self._trust = trust
        self._verified_size = 0
        self._ids: dict[str, int] = {}
        self._purges: dict[str, Purge] = {}
        self.tip: str | None = None
        self.commits = 0
        self.problems: list[Problem] = []
        self.tree = Tree()
        self.records: dict[int, Record] = {}
        self.note = b""
        self.checkpoint: Checkpoint | None = None
        self.derived = Derived(repository, trust.origin)

    def advance(self, tip: str) -> None:
        """Read on to ``tip`` and collect every problem on the way.

        Raises ``NotVerified`` when the beginning of the branch is missing here, and ``GitFailed``
        when git cannot read it.
        """
        if tip != self.tip:
            self._read(tip)
        if self.tip == tip:
            self.problems.extend(self.derived.check(self.tree, self.records, tip))

    def log(self) -> Log:
        """Return the state at the tip; only a replay without problems has one."""
        if self.problems or self.tip is None or self.checkpoint is None:
            raise ValueError("a log with problems has no state")
        records = tuple(self.records.values())
        beats = [record.at for record in records if record.type is RecordType.LOG_HEARTBEAT]
        return Log(
            tip=self.tip,
            checkpoint=self.checkpoint,
            purges=dict(self._purges),
            baseline=baseline(records),
            newest_at=max(record.at for record in records),
            heartbeat_at=max(beats, default=None),
            records=records,
            outbox=self.derived.outbox(),
        )

    def legal(self, records: Sequence[Record]) -> None:
        """Raise ``IllegalRecord`` unless these could be the next records of the log."""
        purges = dict(self._purges)
        for record in records:
            self._follow(purges, record)

    def find(self, record_id: str) -> Record | None:
        """Return the record with an id, or ``None``."""
        index = self._ids.get(record_id)
        return None if index is None else self.records[index]

    def _read(self, tip: str) -> None:
        """Read the commits after the present tip, as far as they can be read."""
        commits = self._repository.history(tip, self.tip)
        if self.tip is None and not self._repository.complete(commits[0].id):
            raise NotVerified(
                "the beginning of the log is missing: this clone is shallow",
                where=tip,
                hint="git fetch --unshallow, then verify again",
            )
        if self.tip is not None and not _follows(commits, self.tip):
            message = "the branch was rewritten or rolled back since it was read"
            self.problems.append(Problem(message, commit=tip))
            return
        with suppress(_CannotGoOn):
            for start in range(0, len(commits), _CHUNK):
                self._chunk(commits[start : start + _CHUNK])
        if self.checkpoint is None:
            self.problems.append(Problem("the branch holds no checkpoint of this log", commit=tip))

    def _chunk(self, commits: Sequence[Commit]) -> None:
        wanted = list(dict.fromkeys(blob for commit in commits for blob in _leaves(commit)))
        data = dict(zip(wanted, self._repository.blobs(wanted, MAX_RECORD), strict=True))
        for commit in commits:
            self._commit(commit, data)
            self.commits += 1
            self.tip = commit.id

    def _commit(self, commit: Commit, data: Mapping[str, bytes | None]) -> None:
        if len(commit.parents) > 1:
            self._problem(commit, "a merge stands in the history of the log, which must be linear")
        added = _Additions()
        self.derived.begin()
        for change in commit.changes:
            self._change(commit, change, added)
        old = self.tree.size
        note = self._note(commit, added, data)
        size = note.size if note else old + len(added.records)
        self._require_records(commit, added, old, size)
        for index in range(old, size):
            self._record(commit, index, data[added.records[index]])
        if note is not None:
            self._root(commit, note)
        self.problems.extend(self.derived.end(commit.id, self.note, old, size))

    def _change(self, commit: Commit, change: Change, added: _Additions) -> None:
        """Sort one changed path into what it may be; only additions are legal below ``records/``."""
        index = layout.record_index(change.path)
        if change.status != "D" and change.mode != REGULAR:
            self._problem(commit, f"{change.path} is no regular file", index, path=change.path)
        elif index is not None and (change.status != "A" or index in self.records):
            did = "deleted" if change.status == "D" else "changed"
            self._problem(
                commit, f"record {index} was {did} after it had been written", index, path=change.path
            )
        elif index is not None:
            added.records[index] = change.blob
        elif change.path == layout.CHECKPOINT and change.status != "D":
            added.note = change.blob
        elif not self.derived.change(change) and change.path != layout.README:
            self._problem(commit, f"{change.path} is no part of a log", path=change.path)

    def _note(self, commit: Commit, added: _Additions, data: Mapping[str, bytes | None]) -> Checkpoint | None:
        """Return the checkpoint that a commit brings, ``None`` when it brings no sound one."""
        if not added.note:
            if added.records:
                self._problem(commit, "records were added without a checkpoint", *_span(added.records))
            return None
        note = data[added.note]
        try:
            if note is None:
                raise checkpoint.BadCheckpoint("the checkpoint is missing or too large")
            stated = checkpoint.read(note, self._trust.origin, self._trust.verifiers)
        except checkpoint.BadCheckpoint as error:
            first, last = _span(added.records)
            self.problems.append(
                Problem(str(error), first, last, layout.CHECKPOINT, commit.id, error.strangers)
            )
            return None
        if stated.size < self.tree.size:
            self._problem(
                commit,
                f"the checkpoint goes back from {self.tree.size} to {stated.size} records",
                stated.size,
                self.tree.size - 1,
                path=layout.CHECKPOINT,
            )
            raise _CannotGoOn
        self.note, self.checkpoint = note, stated
        return stated

    def _require_records(self, commit: Commit, added: _Additions, old: int, size: int) -> None:
        for index in sorted(added.records):
            if not old <= index < size:
                self._problem(commit, f"record {index} is not covered by the checkpoint", index)
        missing = next((index for index in range(old, size) if index not in added.records), None)
        if missing is not None:
            self._problem(commit, f"record {missing} is missing", missing, path=layout.record_path(missing))
            raise _CannotGoOn

    def _record(self, commit: Commit, index: int, data: bytes | None) -> None:
        path = layout.record_path(index)
        self.tree.append(leaf_hash(data or b""))
        try:
            if data is None:
                raise BadRecord(f"cannot be read, or has more than {MAX_RECORD} bytes")
            record = parse(index, data)
            self._follow(self._purges, record)
        except (BadRecord, IllegalRecord) as error:
            self._problem(commit, f"record {index} {error}", index, path=path)
            return
        self._ids[record.id] = index
        self.records[index] = record
        self.derived.delivered |= deliveries(record)

    def _follow(self, purges: dict[str, Purge], record: Record) -> None:
        """Check what a record claims against the log before it, and fold it into ``purges``."""
        if record.id in self._ids:
            raise IllegalRecord(f"has the id of record {self._ids[record.id]}")
        if record.id != identity.record_id(self._trust.origin, record.type, record.body):
            raise IllegalRecord("has an id that is not the one of its event")
        purge = follow(purges, self._trust.origin, record)
        if record.type is RecordType.LOG_OPENED:
            opened = text(record.body, "log", "origin"), text(record.body, "target")
            if opened != (self._trust.origin, self._trust.target):
                raise IllegalRecord("opens the log of another origin or target")
        if purge is not None:
            purges[purge.id] = purge

    def _root(self, commit: Commit, stated: Checkpoint) -> None:
        """Compare the records with the signed root; on a mismatch go on from the signed state."""
        if self.tree.root() != stated.root:
            last = max(stated.size - 1, 0)
            first = min(self._verified_size, last)
            which = f"record {first} does" if first == last else f"records {first} to {last} do"
            path = layout.record_path(first) if first == last else "records"
            self._problem(commit, f"{which} not match the signed root", first, last, path=path)
            self._resume(commit, stated)
        self._verified_size = stated.size

    def _resume(self, commit: Commit, stated: Checkpoint) -> None:
        """Adopt the frontier of a commit when it hashes to the signed root: it is as good as signed."""
        data = self._repository.blob(commit.id, layout.FRONTIER) or b""
        frontier = read_frontier(data)
        if len(frontier) != stated.size.bit_count() or root_of(frontier) != stated.root:
            raise _CannotGoOn
        self.tree.adopt(frontier)

    def _problem(
        self,
        commit: Commit,
        message: str,
        first: int | None = None,
        last: int | None = None,
        *,
        path: str = "",
    ) -> None:
        self.problems.append(Problem(message, first, first if last is None else last, path, commit.id))


def _leaves(commit: Commit) -> Iterator[str]:
    """Return the blobs of a commit that a replay reads in any case."""
    for change in commit.changes:
        if change.blob and (change.path == layout.CHECKPOINT or layout.record_index(change.path) is not None):
            yield change.blob


def _follows(commits: Sequence[Commit], tip: str) -> bool:
    return bool(commits) and commits[0].parents[:1] == (tip,)


def _span(records: Mapping[int, str]) -> tuple[int | None, int | None]:
    return (min(records), max(records)) if records else (None, None)
