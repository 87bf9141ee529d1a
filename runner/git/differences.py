"""What a line of commits has changed: since it parted from another one, or since its beginning."""

from __future__ import annotations

from runner.errors import Refused
from runner.git.repository import Repository

_NAMES = ("-z", "--name-only", "--no-renames", "--ignore-submodules=none")


def changed_outside(repository: Repository, base: str, head: str, folder: str) -> tuple[str, ...]:
    """Return the paths outside a folder that ``head`` has changed since it parted from ``base``.

    Two commits without a common one are compared as they are. Raises ``GitFailed``.
    """
    parted = repository.git.ask("merge-base", base, head)
    since = parted.out.decode().strip() if parted.code == 0 else base
    outside = (":(top)", f":(top,exclude,literal){folder}")
    return _names(repository.git.run("diff-tree", "-r", *_NAMES, since, head, "--", *outside))


def removed(repository: Repository, tip: str, folder: str) -> tuple[str, ...]:
    """Return the paths below a folder that the first-parent line up to ``tip`` had and has no more, sorted.

    Raises ``Refused`` in a shallow clone, which cannot tell, and ``GitFailed``.
    """
    if repository.git.run("rev-parse", "--is-shallow-repository").strip() != b"false":
        raise Refused(
            "this clone does not reach back to the beginning of main",
            where=folder,
            hint="fetch the whole history: git fetch --unshallow, or actions/checkout with fetch-depth: 0",
        )
    below = f":(top,literal){folder}"
    deletions = ("log", "--first-parent", "-m", "--format=", "--diff-filter=D", *_NAMES, tip, "--", below)
    there = repository.git.run("ls-tree", "-r", "-z", "--name-only", "--full-tree", tip, "--", f"{folder}/")
    return tuple(sorted({*_names(repository.git.run(*deletions))} - {*_names(there)}))


def _names(raw: bytes) -> tuple[str, ...]:
    return tuple(path.decode("utf-8", errors="backslashreplace") for path in raw.split(b"\0") if path)
