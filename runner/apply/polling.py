"""Polling: every open job of the target until it ends, or until this run's time is over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from runner.apply.decision import poll_interval
from runner.apply.drafts import Drafts
from runner.apply.outcome import Ending, Figures, PurgeResult
from runner.apply.recording import Recorder
from runner.apply.term import Term
from runner.apply.world import Ports
from runner.errors import ExitCode, RemoteFailure, RetryLater
from runner.model.job import Job, JobStatus
from runner.model.log import Draft
from runner.model.purge import Purge
from runner.model.target import Target

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


@dataclass(slots=True)
class _Open:
    """One job under way: when it is due, and what was last seen of it."""

    purge: Purge
    started: datetime
    due: float
    detail: str = "submitted"
    trouble: ExitCode | None = None


@dataclass(frozen=True, slots=True)
class _Ended:
    """One job's end that the log does not have yet; ``seen`` is on the monotonic clock."""

    result: PurgeResult
    draft: Draft
    seen: float


@dataclass(slots=True)
class Polling:
    """One queue for all open jobs, earliest due first, under the target's request budget.

    Jobs that are still open when the ``term`` is over are the next run's.
    """

    ports: Ports
    drafts: Drafts
    record: Recorder
    target: Target
    term: Term
    _queue: list[_Open] = field(default_factory=list)

    def watch(self, purge: Purge, *, at_once: bool = False) -> None:
        """Take a submitted purge into the queue; ``at_once`` asks about it without a pause."""
        item = _Open(purge, purge.submitted_at or self.ports.clock.now(), self.ports.clock.monotonic())
        if not at_once:
            item.due = self._next(item)
        self._queue.append(item)

    def due(self) -> list[PurgeResult]:
        """Ask about every job that is due now, without waiting; return those that ended."""
        return self._ask_until(self.ports.clock.monotonic())

    def finish(self) -> list[PurgeResult]:
        """Poll until nothing is open or the time is over; return every job's result."""
        ended = self._ask_until(self.term.ends)
        return [*ended, *map(self._still_open, self._queue)]

    def _ask_until(self, latest: float) -> list[PurgeResult]:
        """Ask about what is due by then. Ends that are seen in one sweep are pushed together."""
        clock, ended, results = self.ports.clock, list[_Ended](), list[PurgeResult]()
        while self._queue:
            item, now = min(self._queue, key=lambda item: item.due), clock.monotonic()
            if ended and (item.due > now or now > ended[0].seen + _SECONDS_TOGETHER):
                results += self._recorded(ended)
                ended.clear()
            if item.due > latest or self.term.over():
                break
            if item.due > now:
                clock.sleep(item.due - now)
                continue
            end = self._ask(item)
            if end is None:
                item.due = max(item.due, self._next(item))
            else:
                ended.append(end)
                self._queue.remove(item)
        return [*results, *self._recorded(ended)]

    def _next(self, item: _Open) -> float:
        """When to ask again: a share of the job's age, within the target's request budget."""
        age = (self.ports.clock.now() - item.started).total_seconds()
        interval = poll_interval(age, len(self._queue) or 1, self.target.rate_per_minute)
        return self.ports.clock.monotonic() + interval

    def _ask(self, item: _Open) -> _Ended | None:
        """Ask once; return what is to be recorded if the job has ended."""
        clock = self.ports.clock
        try:
            job = self.ports.reader.job(str(item.purge.job_id))
        except RetryLater as later:
            item.due = clock.monotonic() + (later.not_before - clock.now()).total_seconds()
            item.detail, item.trouble = later.message, later.exit_code
            return None
        except RemoteFailure as failure:
            item.detail, item.trouble = failure.message, failure.exit_code
            return None
        item.detail, item.trouble = job.raw_status, None
        age = clock.now() - item.started
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
