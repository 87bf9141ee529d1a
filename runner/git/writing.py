"""Commits made by plumbing alone: only the folders on the changed paths are read and written."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import TypeAlias

from runner.git.objects import read_objects
from runner.git.program import Git, temporary

REGULAR = "100644"
"""The mode of a plain file that nobody executes."""

_FOLDER = "40000"
_KINDS = {_FOLDER: "tree", "160000": "commit"}
_AUTHOR = ("purgectl", "purgectl@invalid")

_Folder: TypeAlias = dict[str, tuple[str, str]]
"""What a folder holds: the mode and the object's id under each name."""


def write_commit(
    git: Git, parent: str | None, changes: Mapping[str, bytes | None], message: str, when: datetime
) -> str:
    """Write a commit that differs from its parent by ``changes`` and return its id.

    ``None`` deletes a path. No ref moves, and no setting of the user plays a part; how many files
    the parent has elsewhere makes no difference. Raises ``GitFailed``.
    """
    blobs = _write_blobs(git, [data for data in changes.values() if data is not None])
    folders = _read_folders(git, parent, sorted({above for path in changes for above in _above(path)} | {""}))
    for path, data in changes.items():
        folder, name = _split(path)
        if data is None:
            folders[folder].pop(name, None)
        else:
            folders[folder][name] = (REGULAR, blobs[data])
    tree = _write_folders(git, folders)
    parents = ["-p", parent] if parent is not None else []
    arguments = ("commit-tree", "--no-gpg-sign", *parents, tree)
    return git.run(*arguments, stdin=message.encode(), variables=_signature(when)).decode().strip()


def _write_blobs(git: Git, contents: Iterable[bytes]) -> dict[bytes, str]:
    """Write contents as objects; return the id of each."""
    unique = list(dict.fromkeys(contents))
    with temporary("git hash-object"), tempfile.TemporaryDirectory(prefix="purgectl-") as folder:
        paths = [Path(folder) / str(number) for number in range(len(unique))]
        for path, data in zip(paths, unique, strict=True):
            path.write_bytes(data)
        listing = "".join(f"{path}\n" for path in paths).encode()
        out = git.run("hash-object", "-w", "--no-filters", "--stdin-paths", stdin=listing)
    return dict(zip(unique, out.decode().split(), strict=True))


def _read_folders(git: Git, parent: str | None, paths: Sequence[str]) -> dict[str, _Folder]:
    """Return folders as the parent has them, empty where it has none; ``""`` is the root."""
    if parent is None:
        return {path: {} for path in paths}
    read = read_objects(git, [f"{parent}:{path}" for path in paths])
    width = len(parent) // 2
    return {
        path: dict(_entries(tree, width)) if kind == "tree" else {}
        for path, (kind, tree) in zip(paths, read, strict=True)
    }


def _entries(tree: bytes, width: int) -> Iterator[tuple[str, tuple[str, str]]]:
    """Take a tree object apart: a mode, a space, a name, a zero byte, and an id of ``width`` bytes."""
    place = 0
    while place < len(tree):
        end = tree.index(b"\0", place)
        mode, _, name = tree[place:end].partition(b" ")
        place = end + 1 + width
        yield name.decode("utf-8", "surrogateescape"), (mode.decode(), tree[end + 1 : place].hex())


def _write_folders(git: Git, folders: Mapping[str, _Folder]) -> str:
    """Write folders, the deepest first, and return the id of the root. An empty one vanishes."""
    for _, level in groupby(sorted(filter(None, folders), key=_depth, reverse=True), key=_depth):
        paths = list(level)
        for path, tree in zip(paths, _write_trees(git, [folders[path] for path in paths]), strict=True):
            folder, name = _split(path)
            if folders[path]:
                folders[folder][name] = (_FOLDER, tree)
            else:
                folders[folder].pop(name, None)
    return _write_trees(git, [folders[""]])[0]


def _write_trees(git: Git, folders: Iterable[_Folder]) -> list[str]:
    given = "".join(f"{''.join(_lines(folder))}\0" for folder in folders)
    out = git.run("mktree", "-z", "--missing", "--batch", stdin=given.encode("utf-8", "surrogateescape"))
    return out.decode().split()


def _lines(folder: _Folder) -> Iterator[str]:
    for name, (mode, item) in folder.items():
        yield f"{mode} {_KINDS.get(mode, 'blob')} {item}\t{name}\0"


def _split(path: str) -> tuple[str, str]:
    folder, _, name = path.rpartition("/")
    return folder, name


def _above(path: str) -> Iterator[str]:
    while path:
        path, _ = _split(path)
        yield path


def _depth(path: str) -> int:
    return path.count("/")


def _signature(when: datetime) -> dict[str, str]:
    name, email = _AUTHOR
    date = f"{int(when.timestamp())} +0000"
    return {
        f"GIT_{role}_{key}": value
        for role in ("AUTHOR", "COMMITTER")
        for key, value in (("NAME", name), ("EMAIL", email), ("DATE", date))
    }
