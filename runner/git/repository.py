"""A repository's objects and refs, read and written by plumbing alone: never a work tree."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from runner.errors import UsageError
from runner.git.objects import lines, read_objects
from runner.git.program import NETWORK_SECONDS, Git, GitFailed
from runner.git.writing import REGULAR, write_commit
from runner.model.source import EntryKind, SourceFile
from runner.ports import Interruption

READ_LIMIT = 256 * 1024
"""Bytes above which ``Repository.tree`` leaves a file unread."""

_KINDS = {REGULAR: EntryKind.FILE, "100755": EntryKind.FILE, "120000": EntryKind.SYMLINK}
_DIFF = (
    *("--stdin", "-r", "-z", "--root", "--raw", "--always"),
    *("--no-renames", "--no-abbrev", "--ignore-submodules=none"),
)
_FETCH_TRIES = 3
QUIETLY = (
    *("--quiet", "--no-tags", "--no-prune", "--no-write-fetch-head", "--no-recurse-submodules"),
    *("--refmap=", "--force"),
)
"""How to fetch without touching anything else of a clone."""


@dataclass(frozen=True, slots=True)
class Change:
    """One path that a commit changed: ``status`` is A, M, D or T, ``blob`` empty when deleted."""

    status: str
    path: str
    mode: str
    blob: str


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit of a first-parent chain, and what it changed against its first parent."""

    id: str
    parents: tuple[str, ...]
    changes: tuple[Change, ...]


class Repository:
    """One repository on this machine. Every method may raise ``GitFailed``.

    ``wire`` is the git for what goes over the network, where that needs settings of its own.
    """

    def __init__(self, git: Git, wire: Git | None = None) -> None:
        self.git = git
        self.wire = wire or git

    @classmethod
    def open(cls, path: Path, interruption: Interruption | None = None) -> Repository:
        """Find the repository that a folder lies in, bare or not; ``interruption`` is as in ``Git``.

        Raises ``UsageError`` when there is none, with git's reason.
        """
        found = Git(path).ask("rev-parse", "--absolute-git-dir")
        if found.code != 0:
            raise UsageError(
                f"not a git repository: {found.err}",
                where=str(path.absolute()),
                hint="run this inside a clone of the policy repository",
            )
        return cls(Git(path, Path(found.out.decode().rstrip("\n")), interruption=interruption))

    def fetch(self, remote: str, source: str, into: str) -> str | None:
        """Bring a remote ref here under a private name; return its commit, ``None`` if absent.

        The private ref follows the remote wherever it goes, also backwards. Nothing else of the
        clone changes: no tags, no tracking refs, no ``FETCH_HEAD``.
        """
        command = ("fetch", *QUIETLY, self.scope(), remote, f"{source}:{into}")
        for _ in range(_FETCH_TRIES):
            answer = self.wire.ask(*command, seconds=NETWORK_SECONDS)
            if answer.code == 0:
                return self.resolve(into)
            if f"couldn't find remote ref {source}" in answer.err:
                return None
            if "cannot lock ref" not in answer.err:  # another process of this clone fetches as well
                break
        raise GitFailed(f"cannot fetch {source} from {remote}: {answer.err}", hint="git fetch must work here")

    def scope(self) -> str:
        """Return the option that says how much a fetch brings: everything, whatever the user has set."""
        return "--no-filter"

    def tip(self, remote: str, source: str) -> str | None:
        """Bring a remote ref's objects here without naming them; return its commit, ``None`` if absent."""
        incoming = f"refs/purgectl/incoming/{uuid.uuid4().hex}"
        try:
            return self.fetch(remote, source, incoming)
        finally:
            self.git.ask("update-ref", "-d", incoming)

    def shared_folder(self) -> Path:
        """Return the folder with the objects, refs and settings that all work trees share."""
        out = self.git.run("rev-parse", "--path-format=absolute", "--git-common-dir")
        return Path(out.decode().rstrip("\n"))

    def descends(self, commit: str, ancestor: str) -> bool:
        """Whether a commit is another one or has it in its history."""
        if commit == ancestor:
            return True
        return self.git.ask("merge-base", "--is-ancestor", ancestor, commit).code == 0

    def advance(self, ref: str, commit: str) -> None:
        """Move a private ref forward; one that another process has moved further stays."""
        now = self.resolve(ref)
        if now is None or (now != commit and self.descends(commit, now)):
            self.git.ask("update-ref", ref, commit, now or "0" * len(commit))

    def resolve(self, name: str) -> str | None:
        """Return the id of the commit that a ref or revision names, or ``None``."""
        answer = self.git.ask("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
        return answer.out.decode().strip() if answer.code == 0 else None

    def tree(self, commit: str, under: str) -> tuple[SourceFile, ...]:
        """Return every entry below a folder of a commit, sorted by path.

        Symlinks and submodules come without data, and so do files above ``READ_LIMIT``.
        """
        listing = self.git.run("ls-tree", "-r", "-z", "--long", "--full-tree", commit, "--", f"{under}/")
        entries = [_listed(line) for line in listing.split(b"\0") if line]
        wanted = [e.blob for e in entries if e.kind is EntryKind.FILE and e.size <= READ_LIMIT]
        data = dict(zip(wanted, self.blobs(wanted), strict=True))
        files = (SourceFile(e.path, e.kind, data.get(e.blob) or b"", e.size, e.blob) for e in entries)
        return tuple(sorted(files, key=lambda file: file.path))

    def blob(self, commit: str, path: str) -> bytes | None:
        """Return the bytes at a path of a commit, or ``None`` when there is no file."""
        return self.blobs([f"{commit}:{path}"])[0]

    def blobs(self, names: Sequence[str], limit: int = READ_LIMIT) -> list[bytes | None]:
        """Return the bytes of many blobs; ``None`` for what is missing, no blob, or over ``limit``."""
        small = [name for name, size in zip(names, self.sizes(names), strict=True) if 0 <= size <= limit]
        read = read_objects(self.git, small)
        found = {name: data for name, (_, data) in zip(small, read, strict=True)}
        return [found.get(name) for name in names]

    def sizes(self, names: Sequence[str]) -> list[int]:
        """Return how many bytes each blob has without reading it, -1 where there is none."""
        if not names:
            return []
        check = ("cat-file", "--batch-check=%(objecttype) %(objectsize)")
        words = [line.split() for line in self.git.run(*check, stdin=lines(names)).splitlines()]
        return [int(size) if kind == b"blob" else -1 for kind, size in ((w[0], w[-1]) for w in words)]

    def history(self, tip: str, since: str | None = None) -> tuple[Commit, ...]:
        """Return the first-parent chain up to ``tip``, oldest first, without what ``since`` reaches."""
        exclude = [f"^{since}"] if since else []
        listing = self.git.run("rev-list", "--first-parent", "--parents", "--reverse", tip, *exclude)
        chain = [line.split() for line in listing.decode().splitlines()]
        pairs = "".join(f"{' '.join(ids[:2])}\n" for ids in chain)
        raw = self.git.run("diff-tree", *_DIFF, stdin=pairs.encode())
        changes = _changes(raw)
        return tuple(Commit(ids[0], tuple(ids[1:]), tuple(changes.get(ids[0], ()))) for ids in chain)

    def listing(self, commit: str, paths: Sequence[str]) -> tuple[Change, ...]:
        """Return every file at or below some paths of a commit, as if the commit had added them all."""
        raw = self.git.run("ls-tree", "-r", "-z", "--full-tree", commit, "--", *paths) if paths else b""
        return tuple(_added(line) for line in raw.split(b"\0") if line)

    def first_with(self, tip: str, path: str) -> str | None:
        """Return the oldest commit of the first-parent chain that changed a path, ``None`` without any."""
        found = self.git.run("rev-list", "--first-parent", tip, "--", path).decode().split()
        return found[-1] if found else None

    def complete(self, commit: str) -> bool:
        """Whether a commit without parents in ``history`` really has none: false if shallow."""
        raw = self.git.run("cat-file", "commit", commit)
        return not any(line.startswith(b"parent ") for line in raw.split(b"\n\n", 1)[0].splitlines())

    def commit(
        self, parent: str | None, changes: Mapping[str, bytes | None], message: str, when: datetime
    ) -> str:
        """Write a commit that differs from its parent by ``changes`` and return its id.

        ``None`` deletes a path. No ref moves, and no setting of the user plays a part.
        """
        return write_commit(self.git, parent, changes, message, when)


def _listed(line: bytes) -> SourceFile:
    head, _, path = line.partition(b"\t")
    mode, _, blob, size = head.decode().split()
    kind = _KINDS.get(mode, EntryKind.OTHER)
    name = path.decode("utf-8", errors="backslashreplace")
    return SourceFile(name, kind, b"", int(size) if size != "-" else 0, blob)


def _added(line: bytes) -> Change:
    head, _, path = line.partition(b"\t")
    mode, _, blob = head.decode().split(" ")
    return Change("A", path.decode("utf-8", errors="backslashreplace"), mode, blob)


def _changes(raw: bytes) -> dict[str, list[Change]]:
    found: dict[str, list[Change]] = {}
    commit = ""
    fields = iter(raw.split(b"\0"))
    for field in fields:
        if field.startswith(b":"):
            _, mode, _, blob, status = field[1:].decode().split(" ")
            path = next(fields).decode("utf-8", errors="backslashreplace")
            found[commit].append(Change(status[0], path, mode, blob if status[0] != "D" else ""))
        elif field:
            commit = field.decode()
            found[commit] = []
    return found
