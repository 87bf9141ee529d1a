"""What a command line asks about: the whole tree is judged, and a part of it decides."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from runner.cli.worktree import POLICIES, find_root, read_file, read_files
from runner.documents.kinds import Kind
from runner.documents.reading import read
from runner.errors import UsageError
from runner.model.finding import Finding
from runner.model.source import SourceFile


@dataclass(frozen=True, slots=True)
class Chosen:
    """The tree to judge, and the part of it that was asked about.

    ``inside`` are files and folders of the tree. ``guests`` are files from elsewhere, by the place
    in the tree where they are judged; each maps to the path under which a person knows it.
    """

    sources: tuple[SourceFile, ...]
    inside: frozenset[str]
    guests: Mapping[str, str]

    @property
    def files(self) -> tuple[SourceFile, ...]:
        """The files that were asked about, under the paths that a person knows."""
        known = ((source, self._known_as(source.path)) for source in self.sources)
        return tuple(replace(source, path=path) for source, path in known if path is not None)

    def findings(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """Return the findings in what was asked about, sorted, under the paths that a person knows."""
        known = ((finding, self._known_as(finding.file)) for finding in findings)
        return tuple(sorted(replace(finding, file=path) for finding, path in known if path is not None))

    def _known_as(self, path: str) -> str | None:
        if path in self.guests:
            return self.guests[path]
        above = (path, *map(str, PurePosixPath(path).parents))
        return None if self.inside.isdisjoint(above) else path


def choose(here: Path, paths: Sequence[Path]) -> Chosen:
    """Read the tree around the folder ``here``, and find the given paths in it; none means all.

    Raises ``UsageError`` when there is no tree, and for a path that is not there, that lies behind
    a symbolic link, or that is outside ``policies/`` and no document.
    """
    root = find_root(here)
    inside: set[str] = set()
    guests: dict[str, SourceFile] = {}
    for given in paths:
        path = Path(os.path.normpath(here / given))
        if not os.path.lexists(path):
            raise UsageError("there is no such file or folder", where=str(given), hint="check the path")
        if path == root or path.is_relative_to(root / POLICIES):
            inside.add(_place(root, path))
        else:
            guest = _guest(root, path)
            seat = f"{_folder(guest)}/{path.name}"
            if seat in guests:
                raise UsageError("two files have this name", where=seat, hint="give one of them at a time")
            guests[seat] = guest
    tree = (source for source in read_files(root) if source.path not in guests)
    seated = (replace(guest, path=seat) for seat, guest in guests.items())
    return Chosen(
        sources=(*tree, *seated),
        inside=frozenset(inside if paths else {POLICIES}),
        guests={seat: guest.path for seat, guest in guests.items()},
    )


def _place(root: Path, path: Path) -> str:
    """Return where a path stands in the tree, in which links are not followed."""
    for folder in path.parents:
        if folder.is_relative_to(root / POLICIES) and folder.is_symlink():
            raise UsageError("lies behind a symbolic link", where=str(path), hint="move the files themselves")
    return POLICIES if path == root else path.relative_to(root).as_posix()


def _guest(root: Path, path: Path) -> SourceFile:
    """Read a document from outside the tree, under the path that a person knows."""
    if path.suffix != ".yaml" or path.is_dir():
        raise UsageError(
            f"lies outside {POLICIES}/ and is no document",
            where=str(path),
            hint=f"name something below {POLICIES}/, or a .yaml file",
        )
    return read_file(path, path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path))


def _folder(guest: SourceFile) -> str:
    """Return the folder in which a guest is judged: that of the kind it declares, or of policies."""
    return (read(guest).kind or Kind.PURGE_POLICY).folder
