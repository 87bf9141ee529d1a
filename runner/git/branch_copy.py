"""One branch of a remote, kept beside a clone: its tip and what came since, but not its past.

A log grows for years, and whoever goes on with it needs only its newest state. The clone itself
stays as it is: were it made shallow or partial, nobody could read the whole log in it any more.
"""

from __future__ import annotations

import shutil
import time
import uuid
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from runner.git.objects import lines
from runner.git.program import NETWORK_SECONDS, Git, GitFailed
from runner.git.repository import QUIETLY, Repository

_LONGEST_LIFE = 2 * NETWORK_SECONDS
"""Seconds after which whatever a git of this program has begun is finished or dead."""


class BranchCopy(Repository):
    """A repository of its own inside a clone, with one branch of one of the clone's remotes.

    The first fetch brings one commit with its folders and no file; files come when they are read,
    many by one request. A server that cannot leave things out sends them all, which is only slower.
    """

    def __init__(self, clone: Repository, remote: str, source: str, name: str, place: Path) -> None:
        self._clone = clone
        self._name = name
        self._remote = remote
        self._source = source
        self._place = place
        settings = {
            "include.path": str(clone.shared_folder() / "config"),
            f"remote.{remote}.promisor": "true",
            f"remote.{remote}.partialclonefilter": "blob:none",
        }
        folder, interruption = clone.git.folder, clone.git.interruption
        super().__init__(
            Git(folder, place, interruption=interruption), Git(folder, place, settings, interruption)
        )

    @classmethod
    def beside(cls, clone: Repository, remote: str, source: str, name: str) -> BranchCopy:
        """Return the copy under a name, such as ``audit/sandbox``; it need not exist yet."""
        return cls(clone, remote, source, name, clone.shared_folder() / "purgectl" / f"{name}.git")

    @property
    def seen(self) -> str | None:
        """The tip that was remembered last, by this process or an earlier one."""
        return self.resolve(self._memory) if self._place.is_dir() else None

    @property
    def _memory(self) -> str:
        return f"refs/purgectl/{self._name}"

    def remember(self, commit: str) -> None:
        """Remember a tip, unless a later one is remembered already."""
        self.advance(self._memory, commit)

    def newest(self) -> str | None:
        """Bring the newest tip here and return its commit; ``None`` if the remote has no such branch."""
        if not self._place.is_dir():
            return self._first()
        self._sweep()
        return self.tip(self._remote, self._source)

    def _sweep(self) -> None:
        """Remove the locks and half-made copies of killed processes; git respects a lock for ever."""
        locks = (self._place / "shallow.lock", self._place / "packed-refs.lock")
        begun = time.time() - _LONGEST_LIFE
        for path in (*locks, *self._place.glob("refs/**/*.lock"), *self._place.parent.glob("new-*")):
            with suppress(FileNotFoundError):
                if path.stat().st_mtime >= begun:
                    continue
                if path.is_dir():
                    shutil.rmtree(path, ignore_errors=True)
                else:
                    path.unlink()

    def _first(self) -> str | None:
        """Make the copy elsewhere and move it into its place, so that nobody ever meets half of one."""
        place = self._place.with_name(f"new-{uuid.uuid4().hex}")
        try:
            tip = BranchCopy(self._clone, self._remote, self._source, self._name, place)._made().newest()
            if tip is None or _moved(place, self._place):
                return tip
        finally:
            shutil.rmtree(place, ignore_errors=True)
        return self.newest()

    def _made(self) -> BranchCopy:
        form = self._clone.git.run("rev-parse", "--show-object-format").decode().strip()
        Git(self.git.folder).run("init", "--quiet", "--bare", f"--object-format={form}", str(self._place))
        return self

    def scope(self) -> str:
        """Return the option that brings one commit at first, and then everything that came since."""
        return "--depth=1" if self.seen is None else super().scope()

    def sizes(self, names: Sequence[str]) -> list[int]:
        """Return the sizes as ``Repository`` does, after those that are ids and absent have been fetched."""
        found = super().sizes(names)
        absent = [name for name, size in zip(names, found, strict=True) if size < 0 and ":" not in name]
        if not absent:
            return found
        once = ("-c", "fetch.negotiationAlgorithm=noop", "fetch", *QUIETLY, "--stdin", self._remote)
        answer = self.wire.ask(*once, stdin=lines(absent), seconds=NETWORK_SECONDS)
        if answer.code != 0:
            raise GitFailed(f"cannot fetch files of {self._source} from {self._remote}: {answer.err}")
        return super().sizes(names)


def _moved(place: Path, to: Path) -> bool:
    """Move a folder; false when another process was faster."""
    try:
        place.rename(to)
    except OSError:
        if not to.is_dir():
            raise
        return False
    return True
