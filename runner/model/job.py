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
class Job:
    """One observation of a remote job.

    ``purged`` counts interactions, ``None`` when the server did not say. ``raw_status`` and
    ``error_reason`` are the server's words, cut and cleaned. ``response_sha256`` is the hash of
    the exact answer, so that the vendor's own log can confirm it later.
    """

    id: str
    status: JobStatus
    raw_status: str
    purged: int | None
    error_reason: str | None
    correlation_id: str | None
    response_sha256: str
