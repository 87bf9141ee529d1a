"""Polling: every open job of the target until it ends, or until this run's time is over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from runner.apply.decision import poll_interval
from runner.apply.drafts import Drafts
from runner.apply.outcome import Ending, Figures, PurgeResult
from runner.apply.world import Ports
from runner.errors import ExitCode, RemoteFailure, RetryLater
from runner.model.job import Job, JobStatus
from runner.model.purge import Purge
from runner.model.target import Target

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


@dataclass(slots=True)
class Polling:
    """One queue for all open jobs, earliest due first, under the target's request budget.

    ``deadline`` is on the monotonic clock. Jobs that are still open then are the next run's.
    """

    ports: Ports
    drafts: Drafts
    target: Target
    deadline: float
    results: list[PurgeResult] = field(default_factory=list)

    def __call__(self, purges: Iterable[Purge]) -> tuple[PurgeResult, ...]:
        """Poll until nothing is open or the time is over; record every end that is seen."""
        clock = self.ports.clock
        queue = [_Open(p, p.submitted_at or clock.now(), clock.monotonic()) for p in purges]
        while queue:
            queue.sort(key=lambda item: item.due)
            item = queue[0]
            wait = item.due - clock.monotonic()
            if clock.monotonic() + max(wait, 0) >= self.deadline:
                break
            if wait > 0:
                clock.sleep(wait)
            if self._ended(item, len(queue)):
                queue.remove(item)
        return (*self.results, *(self._still_open(item) for item in queue))

    def _ended(self, item: _Open, open_jobs: int) -> bool:
        """Ask once; record and report the end if the job has ended."""
        clock = self.ports.clock
        try:
            job = self.ports.reader.job(str(item.purge.job_id))
        except RetryLater as later:
            item.detail, item.trouble = later.message, ExitCode.REMOTE_FAILURE
            item.due = clock.monotonic() + (later.not_before - clock.now()).total_seconds()
            return False
        except RemoteFailure as failure:
            item.detail, item.trouble = failure.message, ExitCode.REMOTE_FAILURE
        else:
            item.detail, item.trouble = job.raw_status, None
            age = (clock.now() - item.started).total_seconds()
            self.ports.watcher.job(item.purge.policy, job, item.purge.matched, age)
            if job.status.ended:
                self._record(item, job)
                return True
        age = (clock.now() - item.started).total_seconds()
        item.due = clock.monotonic() + poll_interval(age, open_jobs, self.target.rate_per_minute)
        return False

    def _record(self, item: _Open, job: Job) -> None:
        purge, now = item.purge, self.ports.clock.now()
        figures = None
        if job.status is JobStatus.VANISHED:
            draft = self.drafts.ambiguous(purge, "job-vanished")
        else:
            figures = figures_of(job, item.started, now)
            draft = self.drafts.ended(purge, job, item.started, figures)
        self.ports.log.append([draft])
        self.results.append(
            self._result(item, _ENDINGS[job.status], job.error_reason or job.raw_status, figures)
        )

    def _still_open(self, item: _Open) -> PurgeResult:
        """Report a job that goes on; past the target's deadline a person has to look."""
        age = (self.ports.clock.now() - item.started).total_seconds()
        if age > self.target.poll_deadline:
            item.detail = f"has not ended {age / 3600:.0f} hours after its submission"
            item.trouble = ExitCode.OUTCOME_UNKNOWN
        return self._result(item, Ending.POLLING, item.detail, None)

    def _result(self, item: _Open, ending: Ending, detail: str, figures: Figures | None) -> PurgeResult:
        return PurgeResult(
            item.purge.key, ending, detail, job_id=item.purge.job_id, figures=figures, trouble=item.trouble
        )


def figures_of(job: Job, started: datetime, ended: datetime) -> Figures:
    """Return the article's figures: milliseconds, interactions, interactions a second (floored)."""
    duration = max(round((ended - started).total_seconds() * 1000), 0)
    throughput = None if job.purged is None or duration == 0 else job.purged * 1000 // duration
    return Figures(job.purged, duration, throughput)
