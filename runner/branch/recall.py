"""A log as a runner finds it against outside memory, before anything is built on it."""

from __future__ import annotations

from collections.abc import Sequence

from runner.audit import layout
from runner.audit.memory import Expectation, compare
from runner.audit.records import MAX_RECORD
from runner.errors import LogBroken, NotVerified
from runner.git.program import GitFailed
from runner.git.repository import Repository
from runner.merkle.tree import Tree, UnknownNode, leaf_hash

_CHUNK = 5000
"""Records whose bytes are held at a time."""


def require_remembered(
    repository: Repository, tip: str, tree: Tree, target: str, expectations: Sequence[Expectation]
) -> None:
    """Require that a log, verified up to ``tip``, goes on from everything that is remembered of it.

    A tree without its past may not know; then every record of the tip is read and hashed again.
    Raises ``LogBroken`` for a log that is behind or another one, ``NotVerified`` when the bytes of
    its records cannot be had.
    """
    try:
        problems = list(compare(tree, expectations))
    except UnknownNode:
        problems = list(compare(_whole(repository, tip, tree, target), expectations))
    if problems:
        raise LogBroken(
            f"the log of target {target} is not what somebody outside remembers: {problems[0].message}",
            where=f"{layout.branch(target)} at {tip[:12]}",
            hint="stop, keep this clone, and find out who moved the branch (--expect, AUDIT_EXPECT)",
        )


def _whole(repository: Repository, tip: str, tree: Tree, target: str) -> Tree:
    """Build the tree anew from the bytes of every record that a tip has."""
    where = f"{layout.branch(target)} at {tip[:12]}"
    whole = Tree()
    try:
        files = repository.listing(tip, layout.record_folders(0, tree.size))
        blobs = [file.blob for file in sorted(files, key=lambda file: file.path)]
        for start in range(0, len(blobs), _CHUNK):
            for data in repository.blobs(blobs[start : start + _CHUNK], MAX_RECORD):
                whole.append(leaf_hash(_there(data)))
    except GitFailed as error:
        raise NotVerified(
            f"the log could not be held against what is remembered of it: {error.message}",
            where=where,
            hint="make the remote reachable, so that every record can be read, and run again",
        ) from error
    if (whole.size, whole.root()) != (tree.size, tree.root()):
        raise LogBroken(
            "the records of the log are not those that were signed",
            where=where,
            hint=f"purgectl audit verify --target {target}, in a clone with the whole branch, names them",
        )
    return whole


def _there(data: bytes | None) -> bytes:
    if data is None:
        raise GitFailed("a record cannot be read")
    return data
