"""Words that several checks share."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from runner.model.unread import Unread


def age(span: timedelta) -> str:
    """Return how long something is ago, in the largest whole unit."""
    minutes = max(0, int(span.total_seconds()) // 60)
    for unit, size in (("day", 24 * 60), ("hour", 60)):
        if minutes >= size:
            count = minutes // size
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return f"{minutes} minute{'' if minutes == 1 else 's'}"


def listed(names: Iterable[str]) -> str:
    """Return names in order, with commas."""
    return ", ".join(sorted(names))


def permission(unread: Unread) -> str:
    """Return what lets somebody read what GitHub did not show."""
    return f"give GITHUB_TOKEN a token with the repository permission {unread.needs}"
