"""The files beside the records: unsigned, so they are compared with what the records make them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from runner.audit import layout, outbox
from runner.audit.problem import Problem
from runner.audit.records import BadRecord
from runner.audit.snapshot import LARGEST_SNAPSHOT, digest
from runner.branch.ledger import Ledger
from runner.branch.whereabouts import Key
from runner.git.repository import Change, Repository
from runner.merkle.encoding import from_text
from runner.merkle.proof import hashes
from runner.merkle.tree import Tree
from runner.model.notice import Notice

_FIXED = (layout.FRONTIER, layout.ATTRIBUTES, layout.SNAPSHOT)


class Derived:
    """Follows ``state/``, ``outbox/``, ``dead/`` and ``.gitattributes`` through a replay."""

    def __init__(self, repository: Repository, origin: str, ledger: Ledger) -> None:
        self._repository = repository
        self._origin = origin
        self._ledger = ledger
        self._blobs: dict[str, str] = {}
        self._unread: set[str] = set()
        self._contents: dict[str, bytes | None] = {}
        self._notices: dict[str, Notice] = {}
        self._frozen: dict[Key, bytes] = {}
        self._snapshot: str | None = None

    def outbox(self) -> tuple[Notice, ...]:
        """Return the pending notices, by endpoint and index."""
        return tuple(self._notices[path] for path in sorted(self._notices) if layout.outbox_key(path))

    def dead(self) -> tuple[Notice, ...]:
        """Return the notices that were given up, by endpoint and index."""
        return tuple(self._notices[path] for path in sorted(self._notices) if layout.dead_key(path))

    def change(self, change: Change) -> bool:
        """Take in one changed path; false when it is none of the derived files."""
        path = change.path
        if path not in _FIXED and _key(path) is None and layout.newest_endpoint(path) is None:
            return False
        self._contents.pop(path, None)
        if change.status == "D":
            self._blobs.pop(path, None)
            self._notices.pop(path, None)
        else:
            self._blobs[path] = change.blob
        self._unread.add(path)
        self._ledger.whereabouts.change(change)
        return True

    def stand(self, before: Mapping[str, int], old: int, tip: str) -> Iterator[Problem]:
        """Begin at a tip, when all its files have been taken in.

        ``before`` is what ``newest`` was at ``old`` records, where the snapshot is. What happened
        since cannot be told without the commits, so of these files only the plausible is required.
        """
        self._read()
        where = self._ledger.whereabouts
        where.given_up |= {key for key in map(layout.dead_key, self._blobs) if key is not None}
        stated = {endpoint for endpoint in map(layout.newest_endpoint, self._blobs) if endpoint is not None}
        for endpoint in sorted(stated.union(before)):
            path = layout.newest_path(endpoint)
            value = outbox.read_newest(self._contents.get(path) or b"")
            if value is None or not (value == before.get(endpoint) or old < value <= where.since):
                yield Problem(f"{path} is not what the records make it", path=path, commit=tip)
            else:
                where.newest[endpoint] = value

    def check(self, tip: str) -> Iterator[Problem]:
        """Compare the files at the tip with what they must be; unchanged ones were compared before."""
        self._read()
        for path, wanted in self._wanted().items():
            if self._contents.get(path) != wanted:
                yield Problem(f"{path} is not what the records make it", path=path, commit=tip)
        if self._snapshot != self._ledger.snapshot_sha256:
            yield Problem(
                f"{layout.SNAPSHOT} is not what the records make it", path=layout.SNAPSHOT, commit=tip
            )
        for path in sorted(self._unread):
            key, endpoint = _key(path), layout.newest_endpoint(path)
            if key is not None and path in self._blobs:
                problem = self._notice(path, key)
                if problem is not None:
                    yield replace(problem, path=path, commit=tip)
            elif (
                endpoint is not None
                and path in self._blobs
                and endpoint not in self._ledger.whereabouts.newest
            ):
                yield Problem(
                    f"{path} speaks of an endpoint that was never told anything", path=path, commit=tip
                )
        self._unread.clear()

    def _read(self) -> None:
        paths = [path for path in sorted(self._unread) if path in self._blobs and path not in self._contents]
        blobs = self._repository.blobs([self._blobs[path] for path in paths], LARGEST_SNAPSHOT)
        self._contents.update(zip(paths, blobs, strict=True))
        if layout.SNAPSHOT in self._unread:
            file = self._contents.pop(layout.SNAPSHOT, None)
            self._snapshot = None if file is None else digest(file)
            self._unread.remove(layout.SNAPSHOT)

    def _wanted(self) -> dict[str, bytes]:
        newest = self._ledger.whereabouts.newest
        sizes = {layout.newest_path(end): outbox.newest(size) for end, size in newest.items()}
        fixed = {layout.FRONTIER: frontier_file(self._ledger.tree), layout.ATTRIBUTES: layout.ATTRIBUTES_TEXT}
        return {**sizes, **fixed}

    def _notice(self, path: str, key: Key) -> Problem | None:
        """Take in a notice, pending or dead, if its frozen body is the only one that it can have."""
        index = key[1]
        try:
            notice = outbox.read_entry(self._contents.pop(path, None) or b"")
            if notice.key != key:
                raise BadRecord("is about another record or endpoint")
            if index < self._ledger.whereabouts.since:
                self._require_proven(notice)
            else:
                self._require_made(notice)
        except BadRecord as error:
            return Problem(f"the outbox entry {error}", index, index)
        self._notices[path] = notice
        return None

    def _require_made(self, notice: Notice) -> None:
        """Require of a notice what its record and the commit that brought it make of it."""
        occasion = self._ledger.whereabouts.occasions.get(notice.key)
        if occasion is None or not self._ledger.records.holds(notice.index):
            raise BadRecord("is of no record")
        record = self._ledger.records.at(notice.index)
        if notice.webhook_id != record.id:
            raise BadRecord("is about another record or endpoint")
        if notice.body != outbox.body(self._origin, record, self._ledger.tree, occasion):
            raise BadRecord("has another body than the one it was made with")

    def _require_proven(self, notice: Notice) -> None:
        """Require of a notice from before the replay began what it carries itself."""
        keys = [term.key for term in self._ledger.signatures.keys.terms]
        size = outbox.require_proven(self._origin, notice, keys)
        if size > self._ledger.whereabouts.newest.get(notice.endpoint, 0):
            raise BadRecord("is newer than the newest notice to its endpoint")
        if notice.body != self._frozen.setdefault(notice.key, notice.body):
            raise BadRecord("has another body than the one it was made with")


def _key(path: str) -> Key | None:
    return layout.outbox_key(path) or layout.dead_key(path)


def frontier_file(tree: Tree) -> bytes:
    """Return the file with the roots of the complete subtrees, the biggest first."""
    return "".join(f"{line}\n" for line in hashes(tree.frontier())).encode()


def read_frontier(data: bytes) -> tuple[bytes, ...]:
    """Return the hashes in that file, none when it is malformed."""
    try:
        return tuple(from_text(line) for line in data.decode().splitlines())
    except ValueError:
        return ()
