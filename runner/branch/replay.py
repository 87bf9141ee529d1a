"""The branch, commit by commit: nothing about it is believed that the signed roots do not carry.

A replay begins with the first commit, as an auditor does, or stands on a tip, as a runner does. It
can go on where it stopped, so that a store which has verified a tip reads only what came after it.
Problems are collected, not raised, so that an auditor sees all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from runner.audit import layout
from runner.audit.memory import Expectation
from runner.audit.problem import Problem
from runner.audit.records import MAX_RECORD, BadRecord
from runner.audit.snapshot import LARGEST_SNAPSHOT, BadSnapshot, Snapshot, read_snapshot
from runner.audit.state import IllegalRecord
from runner.audit.trust import Trust
from runner.branch.derived import Derived, read_frontier
from runner.branch.ledger import Ledger
from runner.errors import NotVerified
from runner.git.repository import Change, Commit, Repository
from runner.git.writing import REGULAR
from runner.merkle.checkpoint import BadCheckpoint
from runner.merkle.tree import root_of
from runner.model.log import Checkpoint, Log

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
    """One reading of a branch, as far as ``tip``."""

    def __init__(self, repository: Repository, trust: Trust) -> None:
        self._repository = repository
        self._verified_size = 0
        self.tip: str | None = None
        self.commits = 0
        self.problems: list[Problem] = []
        self.ledger = Ledger(trust)
        self.note = b""
        self.checkpoint: Checkpoint | None = None
        self.derived = Derived(repository, trust.origin, self.ledger)

    def begin(self, tip: str, remembered: Expectation | None = None) -> None:
        """Stand on a tip by its own tree: the newest snapshot, and the records since, under its root.

        What the log was before is not looked at: a changed old record is the auditor's to find.
        Believed are the keys that were given, or what the verifier remembers of exactly this tip.
        """
        commit = Commit(tip, (), self._repository.listing(tip, layout.BESIDE_RECORDS))
        with suppress(_CannotGoOn):
            self._stand(commit, lambda note: self.ledger.signatures.believe(note, remembered))

    def advance(self, tip: str) -> None:
        """Read on to ``tip`` and collect every problem on the way.

        Raises ``NotVerified`` when the beginning of the branch is missing here, and ``GitFailed``
        when git cannot read it.
        """
        if tip != self.tip:
            self._read(tip)
        if self.tip == tip:
            self.problems.extend(self.derived.check(tip))

    def log(self) -> Log:
        """Return the state at the tip; only a replay without problems has one."""
        ledger = self.ledger
        if self.problems or self.tip is None or self.checkpoint is None or ledger.newest_at is None:
            raise ValueError("a log with problems has no state")
        return Log(
            tip=self.tip,
            checkpoint=self.checkpoint,
            purges=dict(ledger.purges),
            baseline=ledger.baseline,
            newest_at=ledger.newest_at,
            heartbeat_at=ledger.heartbeat_at,
            records=ledger.records.copy(),
            outbox=self.derived.outbox(),
            dead=self.derived.dead(),
        )

    def _stand(self, commit: Commit, read: Callable[[bytes], Checkpoint]) -> None:
        """Take in the tree of a tip as if one commit had brought it on top of its snapshot."""
        blobs = [change.blob for change in commit.changes]
        files = dict(zip(blobs, self._repository.blobs(blobs, LARGEST_SNAPSHOT), strict=True))
        present = {change.path: files[change.blob] for change in commit.changes}
        snapshot = self._restore(commit, present.get(layout.SNAPSHOT))
        stated = self._note(commit, present.get(layout.CHECKPOINT), read)
        if stated is None:
            raise _CannotGoOn
        old, self.ledger.whereabouts.since = self.ledger.tree.size, stated.size
        folders = self._repository.listing(commit.id, layout.record_folders(old, stated.size))
        since = [change for change in folders if (layout.record_index(change.path) or 0) >= old]
        added = self._additions(commit, (*commit.changes, *since))
        wanted = list(added.records.values())
        data = dict(zip(wanted, self._repository.blobs(wanted, MAX_RECORD), strict=True))
        if not old:
            self.ledger.signatures.open(data.get(added.records.get(0, "")))
        self._grow(commit, added, data, stated)
        self.problems.extend(self.derived.stand(snapshot.newest if snapshot else {}, old, commit.id))
        self.tip = commit.id

    def _restore(self, commit: Commit, file: bytes | None) -> Snapshot | None:
        """Begin with a tip's snapshot, if it has one; that its hash is in the log is found out later."""
        if file is None:
            return None
        try:
            snapshot = read_snapshot(file)
        except BadSnapshot as error:
            self._problem(commit, str(error), path=layout.SNAPSHOT)
            raise _CannotGoOn from None
        self.ledger.restore(snapshot, file)
        self._verified_size = snapshot.tree.size
        return snapshot

    def _read(self, tip: str) -> None:
        """Read the commits after the present tip, as far as they can be read."""
        commits = self._repository.history(tip, self.tip)
        if self.tip is None and not self._repository.complete(commits[0].id):
            raise NotVerified(
                "the beginning of the log is missing: this clone is shallow",
                where=tip,
                hint="git fetch --unshallow, then verify again",
            )
        if self.tip is not None and (not commits or commits[0].parents[:1] != (self.tip,)):
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
        ledger = self.ledger
        ledger.whereabouts.begin()
        added = self._additions(commit, commit.changes)
        old = ledger.tree.size
        if not old:
            ledger.signatures.open(data.get(added.records.get(0, "")))
        note = None
        if added.note:
            note = self._note(commit, data[added.note], lambda n: ledger.signatures.read(n, old), added)
        elif added.records:
            self._problem(commit, "records were added without a checkpoint", *_span(added.records))
        self._grow(commit, added, data, note)
        self.problems.extend(ledger.whereabouts.end(commit.id, self.note, old, ledger.tree.size))

    def _grow(
        self, commit: Commit, added: _Additions, data: Mapping[str, bytes | None], note: Checkpoint | None
    ) -> None:
        """Take in the records that a commit adds, and hold them against its checkpoint."""
        old = self.ledger.tree.size
        size = note.size if note else old + len(added.records)
        self._require_records(commit, added, old, size)
        for index in range(old, size):
            self._record(commit, index, data[added.records[index]])
        if note is not None:
            try:
                self.ledger.signatures.settle(old, size)
            except BadCheckpoint as error:
                self._unsigned(commit, error, old, size - 1)
            self._root(commit, note)

    def _additions(self, commit: Commit, changes: Sequence[Change]) -> _Additions:
        added = _Additions()
        for change in changes:
            self._change(commit, change, added)
        return added

    def _change(self, commit: Commit, change: Change, added: _Additions) -> None:
        """Sort one changed path into what it may be; only additions are legal below ``records/``."""
        index = layout.record_index(change.path)
        if change.status != "D" and change.mode != REGULAR:
            self._problem(commit, f"{change.path} is no regular file", index, path=change.path)
        elif index is not None and (change.status != "A" or self.ledger.records.holds(index)):
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

    def _note(
        self,
        commit: Commit,
        note: bytes | None,
        read: Callable[[bytes], Checkpoint],
        added: _Additions | None = None,
    ) -> Checkpoint | None:
        """Return what the checkpoint of a commit states, ``None`` when it is not a sound one."""
        size = self.ledger.tree.size
        try:
            if note is None:
                raise BadCheckpoint("the checkpoint is missing or too large")
            stated = read(note)
        except BadCheckpoint as error:
            self._unsigned(commit, error, *_span(added.records if added else {}))
            return None
        if stated.size < size:
            self._problem(
                commit,
                f"the checkpoint goes back from {size} to {stated.size} records",
                stated.size,
                size - 1,
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
        try:
            self.ledger.take(index, data)
        except (BadRecord, IllegalRecord) as error:
            self._problem(commit, f"record {index} {error}", index, path=layout.record_path(index))

    def _root(self, commit: Commit, stated: Checkpoint) -> None:
        """Compare the records with the signed root; on a mismatch go on from the signed state."""
        if self.ledger.tree.root() != stated.root:
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
        self.ledger.adopt(frontier)

    def _unsigned(self, commit: Commit, error: BadCheckpoint, first: int | None, last: int | None) -> None:
        self.problems.append(Problem(str(error), first, last, layout.CHECKPOINT, commit.id, error.strangers))

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


def _span(records: Mapping[int, str]) -> tuple[int | None, int | None]:
    return (min(records), max(records)) if records else (None, None)
