"""Where the newest content of a file came from, on the first-parent line of a branch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from runner.errors import Refused
from runner.git.repository import Repository
from runner.git.times import commit_time


@dataclass(frozen=True, slots=True)
class LastChange:
    """The commit that gave a file its present content, made ``at`` what its committer's machine says."""

    commit: str
    at: datetime


def last_change(repository: Repository, tip: str, path: str) -> LastChange:
    """Find the newest commit, first parents only up to ``tip``, that changed the file at ``path``.

    What a merge brought counts as the merge's own change. Raises ``Refused`` where there is no such
    file, or the clone does not reach back to the change; and ``GitFailed``.
    """
    found = _first_line(repository, "--first-parent", tip, "--", f":(top,literal){path}")
    if not found:
        raise Refused(f"no commit up to {tip[:12]} has this file", where=path, hint="git fetch main first")
    (commit,) = found
    parents = _first_line(repository, "--parents", commit)[1:]
    if not parents and not repository.complete(commit):
        raise Refused(
            "this clone does not reach back to the change that made the file what it is",
            where=f"{path} at {commit[:12]}",
            hint="fetch the whole history: git fetch --unshallow, or actions/checkout with fetch-depth: 0",
        )
    return LastChange(commit, commit_time(repository.git, commit))


def containing(repository: Repository, commit: str, tip: str) -> frozenset[str]:
    """Return ``commit`` and everything up to ``tip`` that has it in its history. Raises ``GitFailed``."""
    since = repository.git.run("rev-list", "--ancestry-path", f"{commit}..{tip}").decode().split()
    return frozenset({commit, *since})


def _first_line(repository: Repository, *arguments: str) -> list[str]:
    """Return the first line that ``git rev-list`` prints, in words."""
    return repository.git.run("rev-list", "--max-count=1", *arguments).decode().split()
