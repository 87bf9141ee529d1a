"""How often a log is pushed: hosts ask for patience, and a fact that has happened must not wait.

GitHub recommends at most six pushes a minute to a repository (GitHub Docs, "Repository limits").
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from runner.model.fields import text
from runner.model.log import Draft, RecordType

BURST = 6
"""Pushes that may follow each other at once."""

SECONDS_A_PUSH = 10.0
"""Seconds after which one more push may be made."""

_HAPPENED = frozenset(
    {
        RecordType.SUBMITTED,
        RecordType.COMPLETED,
        RecordType.FAILED,
        RecordType.CANCELLED,
        RecordType.HALTED,
        RecordType.AMBIGUOUS,
        RecordType.RESOLVED,
    }
)


@dataclass(frozen=True, slots=True)
class Pace:
    """A bucket of pushes: ``left`` were there at the instant ``at`` (seconds), and it fills up slowly."""

    left: float = BURST
    at: float = 0.0

    def wait(self, now: float) -> float:
        """Return after how many seconds one push is there."""
        return max(0.0, (1 - self._filled(now)) * SECONDS_A_PUSH)

    def pushed(self, now: float) -> Pace:
        """Return what is left after a push, which may have been made before its time."""
        return replace(self, left=max(0.0, self._filled(now) - 1), at=now)

    def _filled(self, now: float) -> float:
        return min(BURST, self.left + max(0.0, now - self.at) / SECONDS_A_PUSH)


def may_wait(drafts: Iterable[Draft]) -> bool:
    """Whether none of these tells what a request to the platform came to."""
    return not any(draft.type in _HAPPENED or _answered(draft) for draft in drafts)


def _answered(draft: Draft) -> bool:
    return draft.type is RecordType.REFUSED and text(draft.fields, "phase") == "submission"
