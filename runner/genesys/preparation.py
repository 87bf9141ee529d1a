"""The preparation of a recording bulk job: made once, found again, counted by the platform, or removed.

The platform knows no names and no idempotency keys. A job is recognised by its client and its request, so
an answer that is lost costs nothing: the next look finds the job, and removes what is there twice.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from runner.errors import OutcomeUnknown, Refused, RemoteFailure
from runner.genesys.calls import CREATE_JOB, REMOVE_JOB, SENSITIVE_PERMISSION
from runner.genesys.connection import Connection
from runner.genesys.job_request import date_fits, job_request, require_possible
from runner.genesys.job_twins import same_purpose, same_request
from runner.genesys.jobs import busy_slots, look, own_jobs
from runner.genesys.made_jobs import Asked, MadeJobs
from runner.genesys.manifest import NOBODY, Manifest
from runner.genesys.recording_job import CANCELLED, FAILED, FULFILLED, READY, RecordingJob, read_job
from runner.genesys.reply import Reply
from runner.genesys.search import Searches, Searching
from runner.model.json import JsonObject
from runner.model.platform import Preparation
from runner.model.policy import PurgePolicy
from runner.model.time import format_instant
from runner.net.retry import Effect

SLOTS = 2
"""Jobs that an organisation may have counting or running at once, whoever made them."""

_SOONEST, _LATEST, _AFTER_A_LOST_ANSWER = 1.0, 15.0, 60.0
"""Seconds until the next look: at what counts or waits for a slot, and for a job that may be there."""

_ENDED = (FULFILLED, CANCELLED)
_FAILURE_STANDS = timedelta(hours=1)
_LONGEST_COUNT = timedelta(days=1)


class RecordingJobsPreparer:
    """``ports.Preparer``: makes and removes jobs, and has no way to execute one.

    Where a policy has attributes, ``searches`` find first which conversations its job is to name.
    """

    def __init__(self, connection: Connection, searches: Searches) -> None:
        self._clock = connection.setting.clock
        self._searches = searches
        self._made_jobs = MadeJobs()
        self._caller = connection.caller(Effect.REVERSIBLE)

    def prepare(self, policy: PurgePolicy, known: Collection[str]) -> Preparation:
        """Bring the job of a policy one step further, without waiting.

        Raises ``Refused`` for what the platform cannot do, and ``RemoteFailure``, when it could not
        prepare it within the last hour for example.
        """
        require_possible(policy, self._clock.now())
        if not policy.selection.attributes:
            return self._prepare(policy, known, None)
        found = self._searches.advance(policy.selection)
        if isinstance(found, Searching):
            return Preparation(ready=False, why=found.why, look_again=found.look_again)
        if not found.conversations:
            return Preparation(ready=True, count=0, manifest_sha256=found.sha256)
        return replace(self._prepare(policy, known, found), manifest_sha256=found.sha256)

    def _prepare(self, policy: PurgePolicy, known: Collection[str], manifest: Manifest | None) -> Preparation:
        now = self._clock.now()
        wanted = job_request(policy, now, manifest)
        listed = [job for job, _ in own_jobs(self._caller) if job.id not in known]
        for stranger in self._made_jobs.strangers(policy, listed):
            raise self._unknown_again(stranger)
        twins = [job for job in listed if job.state not in _ENDED and same_purpose(wanted, job.query)]
        kept = self._kept(policy, wanted, twins, now)
        if kept is None:
            _require_no_failure(twins, now)
            return self._unlisted(policy, listed) or self._made(policy, wanted, manifest)
        if kept.state != READY:
            return _counting(kept, now)
        if manifest is not None:
            self._require_within(kept, manifest)
        if self._full():
            return Preparation(
                ready=False,
                job_id=kept.id,
                why=f"job {kept.id} has counted and waits for a slot",
                look_again=_LATEST,
            )
        return Preparation(
            ready=True,
            job_id=kept.id,
            count=kept.conversations,
            recordings=kept.figures.total,
            deletes_at=kept.deletes_at,
        )

    def clear(self, policies: Collection[PurgePolicy], known: Collection[str]) -> None:
        """Remove the jobs that were made for policies which may not run now. Raises ``RemoteFailure``."""
        unwanted = list(_requests(policies, self._clock.now()))
        for job, _ in own_jobs(self._caller) if unwanted else ():
            if (
                job.prepared
                and job.id not in known
                and any(same_purpose(each, job.query) for each in unwanted)
            ):
                self._remove(job)

    def discard(self, job_id: str) -> None:
        """Remove a job that has not been executed (``DELETE /api/v2/recording/jobs/{jobId}``).

        Raises ``RemoteFailure``.
        """
        job, _ = look(self._caller, job_id)
        if job is not None and job.prepared:
            self._remove(job)

    def close(self) -> None:
        """Close the connection to the API."""
        self._caller.close()

    def _kept(
        self, policy: PurgePolicy, wanted: JsonObject, twins: Sequence[RecordingJob], now: datetime
    ) -> RecordingJob | None:
        """Return the one job to go on with; those of ours beside it are removed.

        So are those with a wrong date, or other conversations. A job that runs, or is in a state that
        nobody has heard of, comes first: none is made beside it.
        """
        moving = [job for job in twins if not job.prepared and job.state != FAILED]
        ours = sorted((job for job in twins if job.prepared), key=_preference)
        usable = [
            job for job in ours if same_request(wanted, job.query) and date_fits(policy, job.deletes_at, now)
        ]
        kept = (*moving, *usable)[:1]
        for job in ours:
            if job not in kept:
                self._remove(job)
        return kept[0] if kept else None

    def _require_within(self, job: RecordingJob, manifest: Manifest) -> None:
        """Refuse a job that takes more than it names, and remove it."""
        many = len(manifest.conversations)
        if job.conversations is not None and job.conversations > many:
            self._remove(job)
            raise Refused(
                f"job {job.id} has counted {job.conversations:,} conversations, and its request names "
                f"{many:,}",
                hint="the platform does not keep to the request, so nothing is purged; ask Genesys support",
            )

    def _made(self, policy: PurgePolicy, wanted: JsonObject, manifest: Manifest | None) -> Preparation:
        if self._full():
            return _no_slot()
        try:
            reply = self._caller.ask(CREATE_JOB, body=wanted)
        except OutcomeUnknown as lost:
            why = f"{lost.message}; it deletes nothing, and is looked for"
            return Preparation(ready=False, why=why, look_again=_AFTER_A_LOST_ANSWER)
        if not reply.answer.successful:
            return self._refused(policy, reply, manifest)
        job, asked = read_job(reply.object(), reply), Asked(policy, wanted, self._clock.now())
        if not (asked.known_by(job) or asked.known_by(look(self._caller, job.id)[0])):
            raise self._unknown_again(job)
        self._made_jobs.add(job.id, asked)
        return _counting(job, self._clock.now())

    def _unlisted(self, policy: PurgePolicy, listed: Collection[RecordingJob]) -> Preparation | None:
        """Wait for the list to tell of a job that was made already; ``None`` where there is none."""
        for job_id in self._made_jobs.unlisted(policy, listed):
            job, _ = look(self._caller, job_id)
            if job is not None and job.prepared:
                why = f"job {job_id} is {job.state}, and the platform's list does not tell of it"
                return Preparation(ready=False, job_id=job_id, why=why, look_again=_LATEST)
        return None

    def _unknown_again(self, job: RecordingJob) -> Refused:
        """Remove a job that no later look would know again, and return the refusal to go on with it."""
        if job.prepared:
            self._remove(job)
        return Refused(
            f"the platform repeats the request of job {job.id} otherwise than it was sent",
            hint="this version of purgectl does not know this version of the platform; the job was removed",
        )

    def _refused(self, policy: PurgePolicy, reply: Reply, manifest: Manifest | None) -> Preparation:
        """Tell a refusal for good from one that only speaks of the moment. Raises ``RemoteFailure``."""
        if reply.status == 409:
            why = f"{reply.rejection().message}; the jobs are looked at again"
            return Preparation(ready=False, why=why, look_again=_LATEST)
        if reply.status == 400 and self._full():
            return _no_slot()
        if reply.status in (400, 413) and manifest is not None:
            raise Refused(
                f"{reply.rejection().message}: it names {len(manifest.conversations):,} conversations",
                where=reply.where,
                hint="split the range, so that the attributes single out fewer conversations for each job",
            )
        if reply.status == 501:
            raise Refused(
                f"{reply.rejection().message}: this organisation lacks a feature of recording jobs",
                where=reply.where,
                hint="ask Genesys support to switch it on, with the correlation id",
            )
        if reply.status == 403 and policy.include_sensitive:
            raise reply.rejection(
                hint=f"includeSensitive: true also needs {SENSITIVE_PERMISSION} where recordings are redacted"
            )
        raise reply.rejection()

    def _full(self) -> bool:
        return busy_slots(self._caller) >= SLOTS

    def _remove(self, job: RecordingJob) -> None:
        try:
            reply = self._caller.ask(REMOVE_JOB, job.id)
        except OutcomeUnknown as lost:
            raise RemoteFailure(
                f"{lost.message}: job {job.id} deletes nothing as it is",
                where=lost.where,
                hint="the next run removes it if it is still there",
            ) from None
        if not reply.answer.successful and reply.status != 404:
            raise reply.rejection()


def _requests(policies: Collection[PurgePolicy], now: datetime) -> Iterator[JsonObject]:
    """Yield what is asked of a job by those policies for which one can have been made."""
    for policy in policies:
        with suppress(Refused):
            yield job_request(policy, now, NOBODY if policy.selection.attributes else None)


def _preference(job: RecordingJob) -> tuple[bool, str, str]:
    """Every run keeps the same one of several jobs: one that has counted, the oldest, the lowest id."""
    created = "" if job.created_at is None else job.created_at.isoformat()
    return job.state != READY, created, job.id


def _require_no_failure(twins: Sequence[RecordingJob], now: datetime) -> None:
    """Let an hour go by after a job that failed to count, so that no schedule piles them up.

    One that nobody knows the age of stands for good.
    """
    for job in twins:
        if job.state == FAILED and (job.created_at is None or job.created_at + _FAILURE_STANDS > now):
            raise RemoteFailure(
                f"the platform could not prepare job {job.id}: {job.error or 'it does not say why'}",
                hint="a narrower range may help; the same is tried again an hour later",
            )


def _counting(job: RecordingJob, now: datetime) -> Preparation:
    """Look again after a tenth of the job's age: small jobs count in seconds, large ones for an hour.

    Raises ``RemoteFailure`` for one that a day has not made ready: only a person can get it out of the way.
    """
    if job.created_at is not None and now > job.created_at + _LONGEST_COUNT:
        raise RemoteFailure(
            f"job {job.id} was made at {format_instant(job.created_at)}, and is {job.state or 'in no state'}",
            hint="no other is made beside it: look at it in Genesys Cloud, and remove it "
            "(DELETE /api/v2/recording/jobs/{jobId}) if nobody needs it",
        )
    age = _LATEST * 10 if job.created_at is None else (now - job.created_at).total_seconds()
    return Preparation(
        ready=False,
        job_id=job.id,
        why=f"job {job.id} is {job.state or 'in no state'}, and not READY",
        look_again=min(max(age / 10, _SOONEST), _LATEST),
    )


def _no_slot() -> Preparation:
    why = f"all {SLOTS} slots of the organisation for jobs are taken"
    return Preparation(ready=False, why=why, look_again=_LATEST)
