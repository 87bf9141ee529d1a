"""Polling: every open job of the target until it ends, or until this run's time is over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush, heapreplace
from math import inf

from runner.apply.decision import poll_interval
from runner.apply.drafts import Drafts
from runner.apply.look import Ports
from runner.apply.outcome import Ending, Figures, PurgeResult
from runner.apply.recording import Recorder
from runner.apply.term import Term
from runner.errors import ExitCode, PurgectlError, RetryLater
from runner.model.job import Job, JobStatus
from runner.model.log import Draft
from runner.model.purge import Purge
from runner.model.target import Target

LISTED_TOGETHER = 100
"""Jobs that one request of a listing tells of."""

CATCHING_UP = timedelta(seconds=60)
"""How long a platform may not know a job that it has just accepted."""

_SECONDS_TOGETHER = 10.0
"""Seconds from the first end of a sweep to its push, at most, not counting the request under way."""

_ENDINGS = {
    JobStatus.COMPLETED: Ending.COMPLETED,
    JobStatus.FAILED: Ending.FAILED,
    JobStatus.CANCELLED: Ending.CANCELLED,
    JobStatus.VANISHED: Ending.AMBIGUOUS,
}


@dataclass(slots=True, order=True)
class _Open:
    """One job under way: when it is due, and what was last seen of it.

    ``place`` is when it came; ``unlisted`` says that the last listing did not tell of it.
    """

    due: float
    place: int
    purge: Purge = field(compare=False)
    started: datetime = field(compare=False)
    detail: str = field(default="submitted", compare=False)
    trouble: ExitCode | None = field(default=None, compare=False)
    unlisted: bool = field(default=False, compare=False)

    @property
    def job_id(self) -> str:
        """Which job it is."""
        return str(self.purge.job_id)


@dataclass(frozen=True, slots=True)
class _Ended:
    """One job's end that the log does not have yet; ``seen`` is on the monotonic clock."""

    result: PurgeResult
    draft: Draft
    seen: float


@dataclass(slots=True)
class Polling:
    """One queue for all open jobs, earliest due first, under the target's request budget.

    Where the platform lists its jobs, one sweep answers for all of them. A platform that asks for a
    pause is asked nothing meanwhile. Jobs that are still open when the ``term`` is over are the next
    run's.
    """

    ports: Ports
    drafts: Drafts
    record: Recorder
    target: Target
    term: Term
    _queue: list[_Open] = field(default_factory=list)
    _watched: int = 0
    _lists_jobs: bool = True
    _not_before: float = 0.0

    def watch(self, purge: Purge, *, at_once: bool = False) -> None:
        """Take a submitted purge into the queue; ``at_once`` asks about it without a pause."""
        clock, self._watched = self.ports.clock, self._watched + 1
        item = _Open(clock.monotonic(), self._watched, purge, purge.submitted_at or clock.now())
        if not at_once:
            item.due = self._next(item, len(self._queue) + 1, self._shared_budget)
        heappush(self._queue, item)

    def next_due(self) -> float:
        """The monotonic instant of the next look; infinite when no job is open."""
        return max(self._queue[0].due, self._not_before) if self._queue else inf

    def due(self) -> list[PurgeResult]:
        """Ask about every job that is due now, without waiting; return those that ended."""
        return self._ask_until(self.ports.clock.monotonic(), self._shared_budget)

    def finish(self) -> list[PurgeResult]:
        """Poll until nothing is open or the time is over; return every job's result."""
        ended = self._ask_until(self.term.ends, self.target.rate_per_minute)
        return [*ended, *map(self._still_open, self._queue)]

    @property
    def _shared_budget(self) -> float:
        """Requests a minute while orders are submitted too, which is the other half."""
        return self.target.rate_per_minute / 2

    def _ask_until(self, latest: float, per_minute: float) -> list[PurgeResult]:
        """Ask about what is due by then. Ends that are seen in one sweep are pushed together."""
        clock, ended, results = self.ports.clock, list[_Ended](), list[PurgeResult]()
        while self._queue:
            due, now = self.next_due(), clock.monotonic()
            if ended and (due > now or now > ended[0].seen + _SECONDS_TOGETHER):
                results += self._recorded(ended)
                ended.clear()
            if due > latest or self.term.over():
                break
            if due > now:
                clock.sleep(due - now)
                continue
            ended += self._sweep(per_minute)
        return [*results, *self._recorded(ended)]

    def _sweep(self, per_minute: float) -> list[_Ended]:
        """Ask about the job that is due first; where the platform lists its jobs, about all at once.

        What a listing does not tell of has ended or is new, and is asked about by itself, next.
        """
        first, jobs = self._queue[0], len(self._queue)
        try:
            listed = None if first.unlisted else self._listed()
            seen = listed if listed is not None else {first.job_id: self.ports.reader.job(first.job_id)}
        except PurgectlError as failure:
            self._failed(first, failure)
            first.due = self._next(first, jobs, per_minute)
            heapreplace(self._queue, first)
            return []
        asked = [heappop(self._queue)]
        if listed is not None:
            asked, self._queue = [*asked, *self._queue], []
        ended = list[_Ended]()
        for item in asked:
            job = seen.get(item.job_id)
            item.unlisted = job is None
            end = None if job is None else self._observe(item, job)
            if end is not None:
                ended.append(end)
                continue
            item.due = self.ports.clock.monotonic() if job is None else self._next(item, jobs, per_minute)
            heappush(self._queue, item)
        return ended

    def _listed(self) -> Mapping[str, Job] | None:
        """Return the list of all jobs; ``None``, and no request, where the platform has none."""
        listed = self.ports.reader.jobs() if self._lists_jobs else None
        self._lists_jobs = listed is not None
        return listed

    def _failed(self, item: _Open, failure: PurgectlError) -> None:
        item.detail, item.trouble = failure.message, failure.exit_code
        if isinstance(failure, RetryLater):
            clock = self.ports.clock
            self._not_before = clock.monotonic() + (failure.not_before - clock.now()).total_seconds()

    def _next(self, item: _Open, jobs: int, per_minute: float) -> float:
        """When to ask again: a share of the job's age, within a budget of requests for all ``jobs``."""
        age = (self.ports.clock.now() - item.started).total_seconds()
        requests = -(-jobs // LISTED_TOGETHER) if self._lists_jobs else jobs
        return self.ports.clock.monotonic() + poll_interval(age, requests, per_minute)

    def _observe(self, item: _Open, job: Job) -> _Ended | None:
        """Take in how a job stands; return what is to be recorded if it has ended."""
        age = self.ports.clock.now() - item.started
        item.detail, item.trouble = job.raw_status, None
        self.ports.watcher.job(item.purge.policy, job, item.purge.matched, age.total_seconds())
        catching_up = job.status is JobStatus.VANISHED and age < CATCHING_UP
        return None if catching_up or not job.status.ended else self._end(item, job)

    def _end(self, item: _Open, job: Job) -> _Ended:
        """Draft the end of a job."""
        purge, now = item.purge, self.ports.clock.now()
        figures = None
        if job.status is JobStatus.VANISHED:
            draft = self.drafts.ambiguous(purge, "job-vanished")
        else:
            figures = figures_of(job, item.started, now)
            draft = self.drafts.ended(purge, job, item.started, figures)
        item.detail = job.error_reason or job.raw_status
        result = self._result(item, _ENDINGS[job.status], figures)
        return _Ended(result, draft, self.ports.clock.monotonic())

    def _recorded(self, ended: Sequence[_Ended]) -> list[PurgeResult]:
        """Record ends, and return their results. What cannot be recorded is seen again by the next run."""
        recordings = self.record.each([end.draft for end in ended])
        return [told.upon(end.result) for told, end in zip(recordings, ended, strict=True)]

    def _still_open(self, item: _Open) -> PurgeResult:
        """Report a job that goes on; past the target's deadline a person has to look."""
        age = (self.ports.clock.now() - item.started).total_seconds()
        if age > self.target.poll_deadline:
            item.detail = f"has not ended {age / 3600:.0f} hours after its submission"
            item.trouble = ExitCode.OUTCOME_UNKNOWN
        return self._result(item, Ending.POLLING, None)

    def _result(self, item: _Open, ending: Ending, figures: Figures | None) -> PurgeResult:
        return PurgeResult(
            item.purge.key,
            ending,
            item.detail,
            job_id=item.purge.job_id,
            figures=figures,
            trouble=item.trouble,
        )


def figures_of(job: Job, started: datetime, ended: datetime) -> Figures:
    """Return the article's figures: milliseconds, interactions, interactions a second (floored)."""
    duration = max(round((ended - started).total_seconds() * 1000), 0)
    throughput = None if job.purged is None or duration == 0 else job.purged * 1000 // duration
    return Figures(job.purged, duration, throughput)
