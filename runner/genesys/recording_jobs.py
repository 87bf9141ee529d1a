"""The API that an organisation really has: recording bulk jobs, ``/api/v2/recording/jobs``.

To make a job counts and deletes nothing; to tell it ``PROCESSING`` is the irreversible call. So the
platform's own list of jobs is the memory of everything that precedes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from runner.errors import OutcomeUnknown, Refused, RemoteFailure
from runner.genesys.absence import remains
from runner.genesys.calls import EXECUTE_JOB
from runner.genesys.connection import Connection
from runner.genesys.job_request import date_fits, job_request
from runner.genesys.job_twins import same_request
from runner.genesys.jobs import look, own_jobs
from runner.genesys.presence import complete_until, organization
from runner.genesys.recording_job import READY, read_job, vanished
from runner.genesys.reply import Reply
from runner.genesys.search import Searches, Searching
from runner.genesys.submission import denied, latest_start
from runner.genesys.survey import population, survey
from runner.model.finding import Fault
from runner.model.job import Job
from runner.model.platform import Presence, Remains, Survey
from runner.model.policy import PurgePolicy
from runner.model.purge import Purge
from runner.model.strict_json import parse_object
from runner.model.target import Counts
from runner.net.retry import Effect
from runner.net.transport import told
from runner.rules import execution


class RecordingJobsReader:
    """``ports.Reader``: looks, and has no way to make, execute or remove a job."""

    def __init__(self, connection: Connection, searches: Searches) -> None:
        self._connection = connection
        self._searches = searches
        self._clock = connection.setting.clock
        self._caller = connection.caller(Effect.SAFE)
        self._organization: str | None = None

    def connect(self) -> Presence:
        """Tell whose credentials these are and until when the platform's data is complete.

        A client never changes its organisation, so that is asked once. Raises ``RemoteFailure``.
        """
        if self._organization is None:
            self._organization = organization(self._caller)
        until = complete_until(self._caller)
        return Presence(self._connection.server_time(), self._organization, until)

    def survey(self, policy: PurgePolicy) -> Survey:
        """Count what a policy selects; unknown where the target says that it cannot be counted.

        With attributes that takes a search, which is waited for, but not for ever. Raises
        ``RemoteFailure``.
        """
        if self._connection.target.counts is Counts.UNAVAILABLE:
            return Survey(count=None)
        if not policy.selection.attributes:
            return survey(self._caller, policy.selection)
        everything = population(self._caller, policy.selection)
        found = self._searches.awaited(policy.selection)
        if isinstance(found, Searching):
            return Survey(count=None, population=everything, why=found.why)
        return Survey(len(found.conversations), everything, found.newest_end)

    def job(self, job_id: str) -> Job:
        """Look at a job; one that the platform does not know is ``VANISHED``. Raises ``RemoteFailure``."""
        job, reply = look(self._caller, job_id)
        return vanished(job_id, reply) if job is None else job.observed(reply)

    def jobs(self) -> Mapping[str, Job]:
        """Return every job of this client that deletes, by its id. Raises ``RemoteFailure``."""
        return {job.id: job.observed(reply) for job, reply in own_jobs(self._caller)}

    def find(self, purge: Purge) -> tuple[Job, ...] | None:
        """Look at the job that the newest intent names, and return it if it was told to delete.

        Raises ``RemoteFailure``.
        """
        if purge.prepared_job is None:
            return None
        job, reply = look(self._caller, purge.prepared_job)
        return () if job is None or not job.executed else (job.observed(reply),)

    def remains(self, purge: Purge) -> Remains:
        """Look at the recordings themselves. Raises ``RemoteFailure``."""
        return remains(self._caller, purge, self._clock.now())

    def close(self) -> None:
        """Close the connection to the API."""
        self._caller.close()


class RecordingJobsSubmitter:
    """``ports.Submitter``: tells a prepared job to delete. Built by ``apply`` alone."""

    def __init__(self, connection: Connection, searches: Searches) -> None:
        self._setting = connection.setting
        self._searches = searches
        self._caller = connection.caller(Effect.IRREVERSIBLE)

    def submit(self, policy: PurgePolicy, job_id: str | None) -> Job:
        """Execute a job (``PUT {"state": "PROCESSING"}``), within ``SUBMISSION_SECONDS``.

        The job is looked at first: one that was told already is not told again, and one that is not the
        policy's is not told at all. Raises ``OutcomeUnknown`` when the platform may have accepted it;
        ``RequestRejected``, ``RetryLater`` or another ``RemoteFailure`` when it certainly has not.
        """
        start_by = latest_start(self._setting)
        try:
            running = self._already(policy, job_id, start_by)
            if running is not None:
                return running
            reply = self._caller.ask(
                EXECUTE_JOB, str(job_id), body={"state": "PROCESSING"}, start_by=start_by
            )
        except Refused as refusal:
            raise denied(refusal) from None
        if reply.answer.successful:
            return _executed(str(job_id), reply)
        if reply.status in (400, 409):
            return self._after_conflict(str(job_id), reply, start_by)
        raise reply.rejection()

    def close(self) -> None:
        """Close the connection to the API."""
        self._caller.close()

    def _already(self, policy: PurgePolicy, job_id: str | None, start_by: float) -> Job | None:
        """Return the job if it was told to delete before; ``None`` means that it is ready for that."""
        if job_id is None:
            raise _not_ready("nothing was prepared for this purge", "")
        job, reply = look(self._caller, job_id, start_by)
        if job is None:
            raise _not_ready(f"the prepared job {job_id} is gone", reply.where)
        now = self._setting.clock.now()
        try:
            wanted = job_request(policy, now, self._searches.known(policy.selection))
        except Refused as refusal:
            raise _not_ready(refusal.message, reply.where) from None
        if not same_request(wanted, job.query):
            raise _not_ready(f"job {job_id} was made for another selection", reply.where)
        if job.executed:
            return job.observed(reply)
        if job.state != READY:
            raise _not_ready(f"the prepared job {job_id} is {job.state}", reply.where)
        if not date_fits(policy, job.deletes_at, now):
            raise _not_ready(f"the prepared job {job_id} is too old for its date of deletion", reply.where)
        for fault in _too_many(policy, job.conversations):
            raise _not_ready(f"{fault.message}, by the last look at job {job_id}", reply.where)
        return None

    def _after_conflict(self, job_id: str, refused: Reply, start_by: float) -> Job:
        """Look at a job whose execution the platform refused: somebody else may have told it meanwhile."""
        try:
            job, reply = look(self._caller, job_id, start_by)
        except RemoteFailure as failure:
            raise OutcomeUnknown(
                f"{refused.rejection().message}; and then: {failure.message}",
                where=refused.where,
                hint="a later run looks at the job before anything is sent again",
            ) from None
        if job is not None and job.executed:
            return job.observed(reply)
        rejection = refused.rejection()
        raise RemoteFailure(
            f"{rejection.message}; job {job_id} has deleted nothing",
            where=refused.where,
            hint="two jobs of an organisation may count or run at once; the next run tries again",
        )


def _executed(job_id: str, reply: Reply) -> Job:
    """Read the job out of a success; a success that tells of another may still have begun a purge."""
    try:
        job = read_job(parse_object(reply.answer.body), reply)
    except (ValueError, RemoteFailure) as error:
        raise _unknown(reply, str(error)) from None
    if job.id != job_id:
        raise _unknown(reply, "tells of another job")
    return job.observed(reply)


def _too_many(policy: PurgePolicy, count: int | None) -> Iterator[Fault]:
    """Hold a job's total once more against what was approved: it may have counted on."""
    yield from execution.within_limit(count, policy.max_interactions)
    if policy.expected is not None:
        yield from execution.no_more_than_expected(count, policy.expected)


def _unknown(reply: Reply, problem: str) -> OutcomeUnknown:
    return OutcomeUnknown(
        f"{reply.request} may have been accepted, but the answer {problem}: {told(reply.answer)}",
        where=reply.where,
        hint="a later run looks at the job before anything is sent again",
    )


def _not_ready(problem: str, where: str) -> RemoteFailure:
    return RemoteFailure(
        f"{problem}, so nothing was deleted", where=where, hint="the next run prepares the purge again"
    )
