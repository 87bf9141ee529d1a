"""``policies/`` as another commit has it, for a command that judges a change."""

from __future__ import annotations

from pathlib import Path

from runner.cli.worktree import POLICIES
from runner.errors import UsageError
from runner.git.differences import changed_outside
from runner.git.repository import Repository
from runner.model.source import SourceFile
from runner.model.text import printable
from runner.plan.proposal import Snapshot


def policies_at(root: Path, revision: str) -> tuple[SourceFile, ...]:
    """Return every file below ``policies/`` of the commit that a revision names; raise as ``snapshot_at``."""
    return snapshot_at(root, revision).files


def changed_beside(root: Path, revision: str) -> tuple[str, ...]:
    """Return what ``HEAD`` changed outside ``policies/`` since it parted from a revision.

    Raises ``UsageError`` as ``snapshot_at``.
    """
    repository = Repository.open(root)
    return changed_outside(repository, snapshot_at(root, revision).commit, "HEAD", POLICIES)


def snapshot_at(root: Path, revision: str, option: str = "--base") -> Snapshot:
    """Return ``policies/`` at the commit that a revision, the value of an option, names.

    ``root`` holds ``policies/`` of the work tree. Raises ``UsageError`` when it is not the top of
    its repository, whose commits would have other paths, and for an unknown revision.
    """
    repository = Repository.open(root)
    if not (root / ".git").exists():
        raise UsageError(
            f"{POLICIES}/ does not stand at the top of its repository, so no commit can be compared with it",
            where=printable(str(root)),
            hint=f"move {POLICIES}/ to the top, or leave {option} out",
        )
    commit = repository.resolve(revision)
    if commit is None:
        raise UsageError(
            "there is no such commit in this clone",
            where=printable(f"{option} {revision}"),
            hint="name a branch or commit such as origin/main, and fetch it first (GitHub: fetch-depth: 0)",
        )
    return Snapshot(commit, repository.tree(commit, POLICIES))
