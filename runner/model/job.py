"""A job: the remote side of a purge."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class JobStatus(StrEnum):
    """Where the remote side stands. An unheard-of status is ``unknown``, and polling goes on."""

    PENDING = "pending"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    VANISHED = "vanished"
    UNKNOWN = "unknown"

    @property
    def ended(self) -> bool:
        """Whether polling has nothing more to learn."""
        return self in (JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELLED, JobStatus.VANISHED)


@dataclass(frozen=True, slots=True)
class RecordingFigures:
    """What a job says of the recordings that it is about; ``None`` for what it does not say.

    ``skipped`` and ``failed`` are those that it was to delete and did not.
    """

    total: int | None = None
    processed: int | None = None
    skipped: int | None = None
    failed: int | None = None

    @property
    def left(self) -> bool:
        """Whether the job itself says that it has not deleted everything."""
        return bool(self.skipped) or bool(self.failed)


@dataclass(frozen=True, slots=True)
class Job:
    """One observation of a remote job.

    ``purged`` counts interactions, ``None`` when the server did not say. ``raw_status`` and
    ``error_reason`` are the server's words, cut and cleaned. ``response_sha256`` is the hash of
    the exact answer, so that the vendor's own log can confirm it later. ``recordings`` is there
    where a job deletes recordings and counts them.
    """

    id: str
    status: JobStatus
    raw_status: str
    purged: int | None
    error_reason: str | None
    correlation_id: str | None
    response_sha256: str
    recordings: RecordingFigures | None = None
