"""The files beside the records: unsigned, so they are compared with what the records make them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from runner.audit import layout, outbox
from runner.audit.encoding import from_text
from runner.audit.outbox import Occasion
from runner.audit.problem import Problem
from runner.audit.proof import hashes
from runner.audit.records import BadRecord
from runner.audit.tree import Tree
from runner.git.repository import Change, Repository
from runner.model.log import Record
from runner.model.notice import Notice

_FIXED = (layout.FRONTIER, layout.ATTRIBUTES)


class Derived:
    """Follows ``state/``, ``outbox/`` and ``.gitattributes`` through a replay.

    ``newest`` is the checkpoint size that the newest notice to each endpoint carries, ``delivered``
    every (endpoint, index) that a ``notice.delivered`` record names.
    """

    def __init__(self, repository: Repository, origin: str) -> None:
        self._repository = repository
        self._origin = origin
        self._blobs: dict[str, str] = {}
        self._unread: set[str] = set()
        self._contents: dict[str, bytes | None] = {}
        self._occasions: dict[tuple[str, int], Occasion] = {}
        self._notices: dict[tuple[str, int], Notice] = {}
        self._entered: list[tuple[str, int]] = []
        self._removed: list[tuple[str, int]] = []
        self.newest: dict[str, int] = {}
        self.delivered: set[tuple[str, int]] = set()

    def outbox(self) -> tuple[Notice, ...]:
        """Return the pending notices, by endpoint and index."""
        return tuple(self._notices[key] for key in sorted(self._notices))

    def begin(self) -> None:
        """Begin a commit."""
        self._entered, self._removed = [], []

    def change(self, change: Change) -> bool:
        """Take in one changed path; false when it is none of the derived files."""
        path, key = change.path, layout.outbox_key(change.path)
        if key is None and path not in _FIXED and layout.newest_endpoint(path) is None:
            return False
        if change.status == "D":
            self._blobs.pop(path, None)
            self._contents.pop(path, None)
        else:
            self._blobs[path] = change.blob
        self._unread.add(path)
        if key is not None and change.status == "D":
            self._removed.append(key)
        elif key is not None and change.status == "A":
            self._entered.append(key)
        return True

    def end(self, commit: str, note: bytes, old: int, size: int) -> Iterator[Problem]:
        """Close a commit that grew the log from ``old`` to ``size`` records under ``note``."""
        for key in sorted(self._entered):
            endpoint, index = key
            if not old <= index < size:
                message = "a notice was put into the outbox without its record"
                yield Problem(message, index, index, layout.outbox_path(*key), commit)
            self._occasions[key] = Occasion(note, size, self.newest.get(endpoint, 0))
            self.newest[endpoint] = size
        for key in self._removed:
            self._occasions.pop(key, None)
            self._notices.pop(key, None)
            if key not in self.delivered:
                message = "a notice left the outbox, but no record says that it was delivered"
                yield Problem(message, key[1], key[1], layout.outbox_path(*key), commit)

    def check(self, tree: Tree, records: Mapping[int, Record], tip: str) -> Iterator[Problem]:
        """Compare the files at the tip with what they must be; unchanged ones were compared before."""
        self._read()
        for path, wanted in self._wanted(tree).items():
            if self._contents.get(path) != wanted:
                yield Problem(f"{path} is not what the records make it", path=path, commit=tip)
        for path in sorted(self._unread):
            key, endpoint = layout.outbox_key(path), layout.newest_endpoint(path)
            if key is not None and path in self._blobs:
                problem = self._notice(key, tree, records)
                if problem is not None:
                    yield replace(problem, path=path, commit=tip)
            elif endpoint is not None and path in self._blobs and endpoint not in self.newest:
                yield Problem(
                    f"{path} speaks of an endpoint that was never told anything", path=path, commit=tip
                )
        self._unread.clear()

    def _read(self) -> None:
        paths = [path for path in sorted(self._unread) if path in self._blobs]
        blobs = self._repository.blobs([self._blobs[path] for path in paths])
        self._contents.update(zip(paths, blobs, strict=True))

    def _wanted(self, tree: Tree) -> dict[str, bytes]:
        sizes = {layout.newest_path(end): outbox.newest(size) for end, size in self.newest.items()}
        fixed = {layout.FRONTIER: frontier_file(tree), layout.ATTRIBUTES: layout.ATTRIBUTES_TEXT}
        return {**sizes, **fixed}

    def _notice(self, key: tuple[str, int], tree: Tree, records: Mapping[int, Record]) -> Problem | None:
        """Take in a pending notice, if its frozen body is the only one that it can have."""
        index = key[1]
        record, occasion = records.get(index), self._occasions.get(key)
        try:
            notice = outbox.read_entry(self._contents.pop(layout.outbox_path(*key), None) or b"")
        except BadRecord as error:
            return Problem(f"the outbox entry {error}", index, index)
        if record is None or occasion is None:
            return Problem("the outbox has a notice of no record", index, index)
        if (notice.endpoint, notice.index, notice.webhook_id) != (*key, record.id):
            return Problem("the outbox entry is about another record or endpoint", index, index)
        if notice.body != outbox.body(self._origin, record, tree, occasion):
            return Problem("the body of a pending notice was changed", index, index)
        self._notices[key] = notice
        return None


def frontier_file(tree: Tree) -> bytes:
    """Return the file with the roots of the complete subtrees, the biggest first."""
    return "".join(f"{line}\n" for line in hashes(tree.frontier())).encode()


def read_frontier(data: bytes) -> tuple[bytes, ...]:
    """Return the hashes in that file, none when it is malformed."""
    try:
        return tuple(from_text(line) for line in data.decode().splitlines())
    except ValueError:
        return ()
