"""What a platform says of itself and of a selection before and after a purge."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Presence:
    """A platform that answered with our credentials; ``None`` for what it does not tell.

    ``clock`` is the ``Date`` of its answer. ``organization_id`` is whose token we have.
    ``settled_until`` is the instant before which its data is complete.
    """

    clock: datetime | None
    organization_id: str | None = None
    settled_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Survey:
    """A selection as the platform sees it, without anything being changed; ``None`` for unknown.

    ``count`` is how many interactions match, ``population`` how many there are of the same type in
    the same range, ``newest_end`` when the last of those that match ended. An interaction that has
    not ended makes it unknown. ``why`` tells what a count that may come later waits for.
    """

    count: int | None
    population: int | None = None
    newest_end: datetime | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Preparation:
    """How far a platform is with what precedes the irreversible call; nothing is deleted by it.

    ``job_id`` is the prepared job, ``None`` where there is none yet, or the platform needs none.
    ``count`` and ``recordings`` are the job's own totals once it is ``ready``, ``None`` for unknown;
    ``deletes_at`` is the date of deletion that it will set, ``None`` where it deletes as it runs.
    ``manifest_sha256`` is the hash of the interactions that it names one by one, ``None`` where it
    names none (``docs/audit-log.md``). Until it is ready ``why`` tells what it waits for, and
    ``look_again`` after how many seconds to ask.
    """

    ready: bool
    job_id: str | None = None
    count: int | None = None
    recordings: int | None = None
    why: str = ""
    look_again: float = 0.0
    deletes_at: datetime | None = None
    manifest_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Remains:
    """What is left after a purge. ``count`` is how much, ``None`` where that cannot be known.

    ``not_before`` is when the platform may know more; then no verdict is given before. ``looked_at``
    counts the interactions that were looked at one by one, ``None`` where none need be.
    """

    count: int | None
    not_before: datetime | None = None
    looked_at: int | None = None
