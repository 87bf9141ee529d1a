"""When commits were made, as their authors' machines said: a claim, and read as one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from runner.git.program import Git


def commit_times(git: Git, tip: str) -> Mapping[str, datetime]:
    """Return the committer's instant of every commit of the first-parent chain up to ``tip``.

    What no calendar holds becomes the last instant of the year 9999. Raises ``GitFailed``.
    """
    return _times(git.run("rev-list", "--first-parent", "--timestamp", tip))


def commit_time(git: Git, commit: str) -> datetime:
    """Return the committer's instant of one commit, as ``commit_times`` does."""
    return _times(git.run("rev-list", "--max-count=1", "--timestamp", commit))[commit]


def _times(listing: bytes) -> dict[str, datetime]:
    pairs = (line.split() for line in listing.decode().splitlines())
    return {commit: _instant(seconds) for seconds, commit in pairs}


def _instant(seconds: str) -> datetime:
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (OverflowError, ValueError, OSError):
        return datetime.max.replace(tzinfo=UTC)
