"""Every content that a file ever had on a branch, from its first-parent history."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from runner.git.repository import Commit


@dataclass(frozen=True, slots=True)
class Content:
    """One content at one path: it stood there from the commit ``since`` until that of ``until``.

    ``until`` replaced or removed it, and is ``None`` while it stands at the tip. ``mode`` and
    ``blob`` are git's.
    """

    path: str
    mode: str
    blob: str
    since: str
    until: str | None = None


def contents(commits: Iterable[Commit], wanted: Callable[[str], bool]) -> tuple[Content, ...]:
    """Return every content at a wanted path, what stands at the tip last.

    ``commits`` are first-parent, oldest first. A merge and a squash look alike, because each commit
    is compared with its first parent. A renamed file left its old path and came to another one.
    """
    gone: list[Content] = []
    standing: dict[str, Content] = {}
    for commit in commits:
        for change in commit.changes:
            if not wanted(change.path):
                continue
            before = standing.pop(change.path, None)
            if before is not None:
                gone.append(replace(before, until=commit.id))
            if change.status != "D":
                standing[change.path] = Content(change.path, change.mode, change.blob, commit.id)
    return (*gone, *standing.values())
