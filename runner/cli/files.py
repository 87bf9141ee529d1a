"""Files that a command line names, read within bounds and never written over."""

from __future__ import annotations

import os
from pathlib import Path

from runner.cli.worktree import create_file
from runner.errors import NotVerified, UsageError


def read_bounded(path: Path, limit: int) -> bytes:
    """Read at most one byte more than ``limit``, the most that can be right. Raises ``NotVerified``."""
    try:
        with path.open("rb") as file:
            return file.read(limit + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise NotVerified(
            f"cannot be read: {reason}", where=str(path), hint="check the path and its permissions"
        ) from None


def create(path: Path, data: bytes) -> None:
    """Write a new file. Raises ``UsageError`` where there is one, or none can be."""
    if os.path.lexists(path):
        raise UsageError("there is a file already", where=str(path), hint="name another, or move it away")
    create_file(path, data)
