"""The tip of ``main``: what was reviewed, read from git objects."""

from __future__ import annotations

from runner.errors import RemoteFailure
from runner.git.repository import Repository
from runner.model.source import SourceFile

POLICIES = "policies"


class MainBranch:
    """``ports.PolicySource`` over a repository and its remote."""

    def __init__(self, repository: Repository, *, remote: str = "origin", branch: str = "main") -> None:
        self._repository = repository
        self._remote = remote
        self._branch = branch
        self._read: tuple[str, tuple[SourceFile, ...]] = ("", ())

    def fetch(self) -> str:
        """Bring the newest tip here and return its commit id. Raises ``RemoteFailure``."""
        source = f"refs/heads/{self._branch}"
        tip = self._repository.fetch(self._remote, source, f"refs/purgectl/{self._branch}")
        if tip is None:
            raise RemoteFailure(
                f"{self._remote} has no branch {self._branch}",
                hint=f"push {self._branch} to {self._remote} first",
            )
        return tip

    def files(self, commit: str) -> tuple[SourceFile, ...]:
        """Return every entry below ``policies/`` in that commit, sorted by path."""
        if self._read[0] != commit:
            self._read = (commit, self._repository.tree(commit, POLICIES))
        return self._read[1]
