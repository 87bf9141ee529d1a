"""A log's branch held in memory, so that every one of its bytes can be changed and read again at once.

It is taken from a real repository and answers as that one would. Object ids stay as they were: what
is changed here is what somebody could have written with ids that fit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha1

from runner.git.repository import READ_LIMIT, Change, Commit, Repository
from runner.git.writing import REGULAR


class BranchInMemory(Repository):
    """``commits`` of a history, oldest first, and the bytes of every blob by its id."""

    def __init__(self, source: Repository, commits: Sequence[Commit], data: Mapping[str, bytes]) -> None:
        super().__init__(source.git)
        self.commits = tuple(commits)
        self.data = dict(data)

    @classmethod
    def of(cls, source: Repository, tip: str) -> BranchInMemory:
        """Read a whole branch."""
        commits = source.history(tip)
        names = sorted({change.blob for commit in commits for change in commit.changes if change.blob})
        contents = zip(names, source.blobs(names, 2**30), strict=True)
        return cls(source, commits, {name: data for name, data in contents if data is not None})

    @property
    def head(self) -> str:
        """The newest commit."""
        return self.commits[-1].id

    def files(self, commit: str | None = None) -> dict[str, str]:
        """The blobs of a commit's tree, of the newest by default, by path."""
        found: dict[str, str] = {}
        for item in self.commits:
            for change in item.changes:
                if change.status == "D":
                    found.pop(change.path, None)
                else:
                    found[change.path] = change.blob
            if item.id == commit:
                break
        return found

    def holding(self, blob: str, data: bytes) -> BranchInMemory:
        """The same branch, had it had other bytes in the place of a blob."""
        other = BranchInMemory(self, self.commits, self.data)
        other.data[blob] = data
        return other

    def cut(self, count: int) -> BranchInMemory:
        """The branch without its newest commits."""
        return BranchInMemory(self, self.commits[:-count], self.data)

    def rewritten(self, number: int, files: Mapping[str, bytes | None]) -> BranchInMemory:
        """The branch, had one of its commits brought these files, and not those that are ``None``."""
        commit = self.commits[number]
        kept = [change for change in commit.changes if change.path not in files]
        data = {_id(content): content for content in files.values() if content is not None}
        made = [_added(path, content) for path, content in files.items() if content is not None]
        commits = list(self.commits)
        commits[number] = replace(commit, changes=(*kept, *made))
        return BranchInMemory(self, commits, self.data | data)

    def followed(self, files: Mapping[str, bytes | None]) -> BranchInMemory:
        """The branch with one commit more; ``None`` deletes a file."""
        data = {_id(content): content for content in files.values() if content is not None}
        there = self.files()
        changes = [
            Change("D", path, "000000", "")
            if content is None
            else replace(_added(path, content), status="M" if path in there else "A")
            for path, content in files.items()
        ]
        newest = Commit(_id(repr(changes).encode()), (self.head,), tuple(changes))
        return BranchInMemory(self, (*self.commits, newest), self.data | data)

    def history(self, tip: str, since: str | None = None) -> tuple[Commit, ...]:
        """As ``Repository``."""
        ids = [commit.id for commit in self.commits]
        return self.commits[ids.index(since) + 1 if since else 0 : ids.index(tip) + 1]

    def blobs(self, names: Sequence[str], limit: int = READ_LIMIT) -> list[bytes | None]:
        """As ``Repository``."""
        found = [self._bytes(name) for name in names]
        return [data if data is not None and len(data) <= limit else None for data in found]

    def listing(self, commit: str, paths: Sequence[str]) -> tuple[Change, ...]:
        """As ``Repository``."""
        files = sorted(self.files(commit).items())
        return tuple(
            Change("A", path, REGULAR, blob)
            for path, blob in files
            if any(path == start or path.startswith(start.rstrip("/") + "/") for start in paths)
        )

    def complete(self, commit: str) -> bool:
        """As ``Repository``."""
        return commit == self.commits[0].id

    def first_with(self, tip: str, path: str) -> str | None:
        """As ``Repository``."""
        with_it = (item.id for item in self.history(tip) if any(c.path == path for c in item.changes))
        return next(with_it, None)

    def _bytes(self, name: str) -> bytes | None:
        commit, _, path = name.partition(":")
        return self.data.get(self.files(commit).get(path, "") if path else name)


def _id(data: bytes) -> str:
    return sha1(data, usedforsecurity=False).hexdigest()


def _added(path: str, data: bytes) -> Change:
    return Change("A", path, REGULAR, _id(data))
