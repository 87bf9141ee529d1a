"""Purge jobs: each runs in a thread of its own, and really purges."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from threading import Event, Lock, Thread
from uuid import uuid4

from runner.model.job import JobStatus
from runner.model.json import JsonObject
from runner.sandbox.faults import InjectedFault, Kind
from runner.sandbox.problems import ApiError
from runner.sandbox.request import PurgeItem, overlapping
from runner.sandbox.store import Store

PENDING_SHARE = 0.1
STEPS = 20
_HALFWAY = frozenset({Kind.JOB_FAILED, Kind.JOB_CANCELLED, Kind.JOB_STUCK})


@dataclass(slots=True)
class _Job:
    """The state of one job, changed under the lock of ``Jobs`` only."""

    id: str
    items: tuple[PurgeItem, ...]
    fault: InjectedFault | None
    purged: list[int]
    status: JobStatus = JobStatus.PENDING
    error_reason: str | None = None
    polls: int = 0

    def suffers(self, kind: Kind) -> InjectedFault | None:
        return self.fault if self.fault is not None and self.fault.kind is kind else None


class Jobs:
    """Every job since the start. ``seconds`` is how long one takes; ``stopping`` ends them early."""

    def __init__(self, store: Store, seconds: float, stopping: Event) -> None:
        self._store = store
        self._seconds = seconds
        self._stopping = stopping
        self._lock = Lock()
        self._jobs: dict[str, _Job] = {}
        self._threads: list[Thread] = []

    def submit(self, items: tuple[PurgeItem, ...], strike: Callable[[], InjectedFault | None]) -> str:
        """Start a job and return its id. Raises ``ApiError`` 400 if it overlaps a running one.

        ``strike`` is asked for the job's fault, once it is certain that there will be a job.
        """
        with self._lock:
            if any(_meet(items, other.items) for other in self._jobs.values() if not other.status.ended):
                raise overlapping()
            job = _Job(str(uuid4()), items, strike(), [0] * len(items))
            self._jobs[job.id] = job
            thread = Thread(target=self._work, args=(job,), name=f"purge-{job.id}", daemon=True)
            self._threads.append(thread)
            thread.start()
        return job.id

    def view(self, purge_id: str) -> JsonObject:
        """One poll. Raises ``ApiError`` 404 for a job that is not known, or no longer."""
        with self._lock:
            job = self._jobs.get(purge_id)
            if job is not None:
                job.polls += 1
                vanishing = job.suffers(Kind.JOB_VANISHED)
                if vanishing is None or job.polls <= vanishing.number("polls"):
                    return _describe(job)
        raise ApiError(404, f"purge job {purge_id} was not found")

    def join(self) -> None:
        """Wait for the threads, after ``stopping`` was set."""
        for thread in self._threads:
            thread.join()

    def _work(self, job: _Job) -> None:
        if self._stopping.wait(self._seconds * PENDING_SHARE):
            return
        with self._lock:
            job.status = JobStatus.RUNNING
        steps = list(self._steps(job.items))
        if job.fault is not None and job.fault.kind in _HALFWAY:
            steps = steps[: len(steps) // 2]
        for index, ids in steps:
            if self._stopping.wait(self._seconds * (1 - PENDING_SHARE) / len(steps)):
                return
            with self._lock:
                job.purged[index] += self._store.purge(ids, job.items[index].purge_type)
        with self._lock:
            _end(job)

    def _steps(self, items: tuple[PurgeItem, ...]) -> Iterator[tuple[int, Sequence[str]]]:
        matches = [self._store.matching(item) for item in items]
        size = max(1, -(-sum(map(len, matches)) // STEPS))
        for index, ids in enumerate(matches):
            for first in range(0, len(ids), size):
                yield index, ids[first : first + size]


def _meet(some: tuple[PurgeItem, ...], others: tuple[PurgeItem, ...]) -> bool:
    return any(one.overlaps(other) for one in some for other in others)


def _end(job: _Job) -> None:
    if failing := job.suffers(Kind.JOB_FAILED):
        job.status, job.error_reason = JobStatus.FAILED, failing.text("reason")
    elif cancelling := job.suffers(Kind.JOB_CANCELLED):
        job.status, job.error_reason = JobStatus.CANCELLED, cancelling.text("reason")
    elif not job.suffers(Kind.JOB_STUCK):
        job.status = JobStatus.COMPLETED


def _describe(job: _Job) -> JsonObject:
    puzzling = job.suffers(Kind.JOB_UNKNOWN_STATUS)
    puzzled = puzzling is not None and job.polls <= puzzling.number("polls")
    return {
        "purgeId": job.id,
        "status": puzzling.text("word") if puzzling is not None and puzzled else job.status.value,
        "interactions": [
            {**item.echo, "totalInteractionsPurged": purged, "errorReason": job.error_reason}
            for item, purged in zip(job.items, job.purged, strict=True)
        ],
    }
