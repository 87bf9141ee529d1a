"""The recording bulk jobs of an organisation, as its API tells of them; nothing is changed by looking."""

from __future__ import annotations

from collections.abc import Iterator

from runner.genesys.calls import LIST_JOBS, READ_JOB
from runner.genesys.connection import Caller
from runner.genesys.listing import listed
from runner.genesys.recording_job import PENDING, PROCESSING, RecordingJob, read_job
from runner.genesys.reply import Reply


def look(caller: Caller, job_id: str, start_by: float | None = None) -> tuple[RecordingJob | None, Reply]:
    """Look at one job (``GET /api/v2/recording/jobs/{jobId}``), ``None`` for one that is gone.

    Raises ``RemoteFailure``.
    """
    reply = caller.ask(READ_JOB, job_id, start_by=start_by)
    if reply.missing:
        return None, reply
    job = read_job(reply.object(), reply)
    if job.id != job_id:
        raise reply.nonsense("tells of another job")
    return job, reply


def own_jobs(caller: Caller) -> Iterator[tuple[RecordingJob, Reply]]:
    """Yield every job of this client that deletes, in whatever state. Raises ``RemoteFailure``."""
    query = {"jobType": "DELETE", "showOnlyMyJobs": "true", "sortBy": "dateCreated"}
    for entity, reply in listed(caller, LIST_JOBS, **query):
        yield read_job(entity, reply), reply


def busy_slots(caller: Caller) -> int:
    """Return how many jobs of anybody, of any kind, count or run just now. Raises ``RemoteFailure``.

    A platform that tells of others too, or of one job twice, has no fewer slots free for that.
    """
    busy = (PENDING, PROCESSING)
    told = (each for state in busy for each in listed(caller, LIST_JOBS, state=state))
    jobs = (read_job(entity, reply) for entity, reply in told)
    return len({job.id for job in jobs if job.state in busy})
