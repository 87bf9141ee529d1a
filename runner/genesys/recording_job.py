"""A recording bulk job as the platform tells of it (``RecordingJob``), read strictly.

All its members but the state may be absent, and a state may be one that nobody has heard of.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from runner.genesys.reply import Reply
from runner.genesys.values import LONGEST_REASON, LONGEST_WORD, instant_or_none, is_count
from runner.model.job import Job, JobStatus, RecordingFigures
from runner.model.json import Json, JsonObject

PENDING, READY, PROCESSING, FULFILLED = "PENDING", "READY", "PROCESSING", "FULFILLED"
FAILED, CANCELLED = "FAILED", "CANCELLED"

_STATUSES: Mapping[str, JobStatus] = {
    PENDING: JobStatus.PENDING,
    READY: JobStatus.PENDING,
    PROCESSING: JobStatus.RUNNING,
    FULFILLED: JobStatus.COMPLETED,
    FAILED: JobStatus.FAILED,
    CANCELLED: JobStatus.CANCELLED,
}


@dataclass(frozen=True, slots=True)
class RecordingJob:
    """One observation of a job.

    ``state`` and ``error`` are the platform's words, cleaned. ``query`` is the request as the platform
    repeats it, ``deletes_at`` the date of deletion in it; ``conversations`` and ``figures`` are ``None``
    where it does not say.
    """

    id: str
    state: str
    query: JsonObject
    deletes_at: datetime | None
    created_at: datetime | None
    conversations: int | None
    figures: RecordingFigures
    error: str

    @property
    def prepared(self) -> bool:
        """Whether it counts or has counted, and nobody has told it to delete anything."""
        return self.state in (PENDING, READY)

    @property
    def executed(self) -> bool:
        """Whether somebody has told it to delete, or may have: a job may fail before that too."""
        return self.state not in (PENDING, READY, CANCELLED)

    def observed(self, reply: Reply) -> Job:
        """Return it as the job of a purge. Interactions count as purged once it is FULFILLED."""
        return Job(
            id=self.id,
            status=_STATUSES.get(self.state, JobStatus.UNKNOWN),
            raw_status=self.state,
            purged=self.conversations if self.state == FULFILLED else None,
            error_reason=self.error or None,
            correlation_id=reply.answer.correlation_id,
            response_sha256=reply.sha256,
            recordings=self.figures,
        )


def read_job(value: Json, reply: Reply) -> RecordingJob:
    """Read a job out of an answer. Raises ``RemoteFailure`` for what is none."""
    if not isinstance(value, dict):
        raise reply.nonsense("holds a job that is no object")
    job_id, state, error = reply.id_or_none(value.get("id")), value.get("state"), value.get("errorMessage")
    if job_id is None:
        raise reply.nonsense("holds a job without an id")
    query = value.get("recordingJobsQuery")
    echo: JsonObject = query if isinstance(query, dict) else {}
    return RecordingJob(
        id=job_id,
        state=reply.plain(state, LONGEST_WORD) if isinstance(state, str) else "",
        query=echo,
        deletes_at=instant_or_none(echo.get("actionDate")),
        created_at=instant_or_none(value.get("dateCreated")),
        conversations=_count(value, "totalConversations"),
        figures=RecordingFigures(
            total=_count(value, "totalRecordings"),
            processed=_count(value, "totalProcessedRecordings"),
            skipped=_count(value, "totalSkippedRecordings"),
            failed=_count(value, "totalFailedRecordings"),
        ),
        error=reply.plain(error, LONGEST_REASON) if isinstance(error, str) else "",
    )


def vanished(job_id: str, reply: Reply) -> Job:
    """Return a job that the platform does not know any more."""
    correlation_id = reply.answer.correlation_id
    return Job(job_id, JobStatus.VANISHED, "not found", None, None, correlation_id, reply.sha256)


def _count(value: Mapping[str, Json], key: str) -> int | None:
    given = value.get(key)
    return given if is_count(given) else None
