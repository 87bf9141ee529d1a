"""The tip of ``main``: what was reviewed, read from git objects."""

from __future__ import annotations

from runner.errors import RemoteFailure
from runner.git.differences import removed
from runner.git.remote import REMOTE
from runner.git.repository import Repository
from runner.model.source import SourceFile

MAIN = "main"
"""The branch with what was reviewed."""

POLICIES = "policies"


class MainBranch:
    """``ports.PolicySource`` over a repository and its remote."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._read: tuple[str, tuple[SourceFile, ...]] = ("", ())

    def fetch(self) -> str:
        """Bring the newest tip here and return its commit id. Raises ``RemoteFailure``."""
        source = f"refs/heads/{MAIN}"
        tip = self._repository.fetch(REMOTE, source, f"refs/purgectl/{MAIN}")
        if tip is None:
            raise RemoteFailure(
                f"{REMOTE} has no branch {MAIN}",
                hint=f"push {MAIN} to {REMOTE} first",
            )
        return tip

    def files(self, commit: str) -> tuple[SourceFile, ...]:
        """Return every entry below ``policies/`` in that commit, sorted by path."""
        if self._read[0] != commit:
            self._read = (commit, self._repository.tree(commit, POLICIES))
        return self._read[1]

    def removed(self, commit: str, folder: str) -> tuple[str, ...]:
        """Return every path below a folder that the branch had before that commit and has no more, sorted.

        Raises ``Refused`` where the clone does not reach back to the beginning.
        """
        return removed(self._repository, commit, folder)
