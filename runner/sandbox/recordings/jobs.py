"""Recording bulk jobs: PENDING, READY, PROCESSING and what follows, moved on by the clock alone.

Source: ``/api/v2/recording/jobs`` of the published API and its description of two slots.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from threading import RLock
from uuid import uuid4

from runner.sandbox.clock import Clock
from runner.sandbox.faults import InjectedFault, Kind
from runner.sandbox.problems import ApiError, malformed
from runner.sandbox.recordings.archive import Archive
from runner.sandbox.recordings.conversations import Conversation, FileState, Recording
from runner.sandbox.recordings.job_request import JobRequest
from runner.sandbox.recordings.roles import Role

SLOTS = 2
SETTLING = 48 * 3600 * 1000
"""Milliseconds after which a recording is sure to be found by a job's query."""
PENDING_SHARE = 0.1

Strike = Callable[[], InjectedFault | None]


class State(StrEnum):
    """The states of a recording job."""

    PENDING = "PENDING"
    READY = "READY"
    PROCESSING = "PROCESSING"
    FULFILLED = "FULFILLED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


OCCUPYING = frozenset({State.PENDING, State.PROCESSING})
OPEN = OCCUPYING | {State.READY}
_HALFWAY = frozenset({Kind.JOB_FAILED, Kind.JOB_CANCELLED, Kind.JOB_STUCK})


@dataclass(slots=True)
class RecordingJob:
    """One job, changed under the lock of ``RecordingJobs`` only; instants are milliseconds since 1970.

    ``since`` is when its present state began. ``conversations`` and ``recordings`` are what it found
    once it was READY; the first ``handled`` of the recordings are done, of which ``skipped`` and
    ``failed`` did not get a delete date. ``polls`` counts since its ``fault`` began.
    """

    id: str
    client_id: str
    role: Role
    request: JobRequest
    created_at: int
    since: int
    fault: InjectedFault | None
    state: State = State.PENDING
    conversations: int | None = None
    recordings: list[Recording] = field(default_factory=list)
    handled: int = 0
    skipped: int = 0
    failed: list[Recording] = field(default_factory=list)
    error: str | None = None
    polls: int = 0

    def suffers(self, kind: Kind) -> InjectedFault | None:
        """Its fault, if it is of this kind."""
        return self.fault if self.fault is not None and self.fault.kind is kind else None

    def puzzles(self, kind: Kind) -> bool:
        """Whether its fault of this kind lasts, for one that goes by the number of polls."""
        fault = self.suffers(kind)
        return fault is not None and self.polls <= fault.number("polls")

    def end_badly(self) -> bool:
        """End as its fault wants, if it has one that ends it."""
        for kind, state in ((Kind.JOB_FAILED, State.FAILED), (Kind.JOB_CANCELLED, State.CANCELLED)):
            if fault := self.suffers(kind):
                self.state, self.error = state, fault.text("reason")
                return True
        return False

    @property
    def vanished(self) -> bool:
        """Whether nobody finds it any more."""
        return self.suffers(Kind.JOB_VANISHED) is not None and not self.puzzles(Kind.JOB_VANISHED)


class RecordingJobs:
    """Every job of the organisation, whoever made it. Safe to use from any thread.

    ``seconds`` is how long a job takes, a tenth of it to count.
    """

    def __init__(self, archive: Archive, clock: Clock, seconds: float) -> None:
        self._archive = archive
        self._clock = clock
        self._counting = seconds * 1000 * PENDING_SHARE
        self._working = seconds * 1000 * (1 - PENDING_SHARE)
        self._lock = RLock()
        self._jobs: dict[str, RecordingJob] = {}

    def create(self, client_id: str, role: Role, request: JobRequest, strike: Strike) -> RecordingJob:
        """Start to count. Raises ``ApiError`` 400 when both slots are taken."""
        with self._lock:
            self._settle()
            self._need_slot()
            now = self._clock.now()
            job = RecordingJob(str(uuid4()), client_id, role, request, now, now, strike())
            self._jobs[job.id] = job
            return job

    def look(self, job_id: str) -> RecordingJob:
        """One poll of a job. Raises ``ApiError`` 404."""
        with self._lock:
            self._settle()
            job = self._jobs.get(job_id)
            if job is not None:
                job.polls += 1
                if not job.vanished:
                    return job
        raise ApiError(404, "The requested resource was not found.")

    def all(self) -> list[RecordingJob]:
        """One poll of every job, oldest first."""
        with self._lock:
            self._settle()
            for job in self._jobs.values():
                job.polls += 1
            return [job for job in self._jobs.values() if not job.vanished]

    def execute(self, job_id: str, client_id: str, strike: Strike) -> RecordingJob:
        """Start to write delete dates: the irreversible call.

        Raises ``ApiError``: 404 for no such job, 403 for another client's, 409 unless it is READY,
        400 when both slots are taken.
        """
        with self._lock:
            job = self.look(job_id)
            if job.client_id != client_id:
                raise ApiError(403, "A job must be executed by the same user who created the job.")
            if job.state is not State.READY:
                raise ApiError(409, f"The job cannot be executed in the state {job.state}.")
            self._need_slot()
            job.state, job.since = State.PROCESSING, self._clock.now()
            if fault := strike():
                job.fault, job.polls = fault, 0
            return job

    def cancel(self, job_id: str) -> None:
        """End a job that is not over; what it wrote stays. Raises ``ApiError`` 404 or 409."""
        with self._lock:
            job = self.look(job_id)
            if job.state not in OPEN:
                raise ApiError(409, f"The job cannot be deleted in the state {job.state}.")
            job.state = State.CANCELLED

    def _need_slot(self) -> None:
        if sum(job.state in OCCUPYING for job in self._jobs.values()) >= SLOTS:
            raise malformed(f"The organization already has {SLOTS} jobs that are pending or processing.")

    def _settle(self) -> None:
        """Bring every job to where it is by now."""
        now = self._clock.now()
        for job in self._jobs.values():
            if job.state is State.PENDING and now >= job.since + self._counting:
                self._count(job)
            elif job.state is State.PROCESSING:
                self._work(job, now)

    def _count(self, job: RecordingJob) -> None:
        if job.suffers(Kind.JOB_STUCK):
            return
        if not job.end_badly():
            until = self._clock.now() - SETTLING
            found = self._archive.select(job.request.query, job.role.divisions, until)
            taken = [_taken(job.request, each) for each in found if job.request.reaches(each)]
            job.conversations = sum(bool(recordings) for recordings in taken)
            job.recordings = [recording for recordings in taken for recording in recordings]
            job.state = State.READY

    def _work(self, job: RecordingJob, now: int) -> None:
        share = min(1.0, (now - job.since) / self._working) if self._working else 1.0
        most = len(job.recordings)
        if job.fault is not None and job.fault.kind in _HALFWAY:
            most //= 2
        failing = job.suffers(Kind.RECORDINGS_FAIL)
        while job.handled < int(most * share):
            recording = job.recordings[job.handled]
            job.handled += 1
            if failing is not None and len(job.failed) < failing.number("count"):
                job.failed.append(recording)
            elif self._archive.is_protected(recording.conversation_id) or not self._archive.date(
                recording, job.request.action_date
            ):
                job.skipped += 1
        if share == 1 and not job.end_badly() and not job.suffers(Kind.JOB_STUCK):
            job.state = State.FULFILLED

    def skipped(self, job: RecordingJob) -> int:
        """How many recordings it skipped, or will by what is protected now."""
        rest = job.recordings[job.handled :] if job.state in OPEN else []
        return job.skipped + sum(self._archive.is_protected(each.conversation_id) for each in rest)


def _taken(request: JobRequest, conversation: Conversation) -> list[Recording]:
    return [
        recording
        for recording in conversation.recordings
        if recording.file_state is not FileState.DELETED and request.includes(recording)
    ]
