"""Many jobs on a clock that moves only when somebody waits: how soon is each end seen, by which requests?

The schedule under test is the product's own ``Polling``; the platform, the log and time are imagined.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from statistics import fmean
from types import SimpleNamespace

from runner.apply.drafts import Drafts
from runner.apply.polling import LISTED_TOGETHER, Polling
from runner.apply.recording import Recorder
from runner.apply.term import Term
from runner.model.job import Job, JobStatus
from runner.model.purge import Purge, PurgeState
from runner.net.pace import Pace

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PER_MINUTE = 300
MEDIAN, SIGMA = 1200.0, 0.8
"""Jobs take 20 minutes in the median, and a few take hours (log-normal)."""


class Clock:
    """``ports.Clock`` that moves only when somebody sleeps."""

    def __init__(self) -> None:
        self.elapsed = 0.0

    def now(self) -> datetime:
        return START + timedelta(seconds=self.elapsed)

    def monotonic(self) -> float:
        return self.elapsed

    def sleep(self, seconds: float) -> None:
        self.elapsed += seconds


@dataclass
class Platform:
    """Jobs that end by themselves. ``requests`` are the instants of all requests, ``seen`` those of ends."""

    clock: Clock
    ends: Mapping[str, float]
    lists: bool
    requests: list[float] = field(default_factory=list)
    seen: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.pace = Pace(PER_MINUTE, self.clock)

    def ask(self) -> None:
        self.pace.take()
        self.requests.append(self.clock.elapsed)

    def job(self, job_id: str) -> Job:
        self.ask()
        ended = self.ends[job_id] <= self.clock.elapsed
        if ended:
            self.seen.setdefault(job_id, self.clock.elapsed)
        status = JobStatus.COMPLETED if ended else JobStatus.RUNNING
        return Job(job_id, status, status.value, 1, None, None, "0" * 64)

    def jobs(self) -> Mapping[str, Job] | None:
        """A listing of those that run, by pages."""
        if not self.lists:
            return None
        open_ones = [job for job, end in self.ends.items() if end > self.clock.elapsed]
        for _ in range(max(-(-len(open_ones) // LISTED_TOGETHER), 1)):
            self.ask()
        running = JobStatus.RUNNING
        return {job: Job(job, running, running.value, None, None, None, "0" * 64) for job in open_ones}


@dataclass(frozen=True)
class Seen:
    """How late the ends of jobs were seen: seconds in the mean and of the last one, and requests a job."""

    mean: float
    last: float
    requests: float


def durations(count: int, seed: int = 7) -> list[float]:
    """How long each job takes, in seconds."""
    dice = random.Random(seed)
    return [dice.lognormvariate(0, SIGMA) * MEDIAN for _ in range(count)]


def polled(ends: Sequence[float], *, lists: bool) -> tuple[Seen, Platform]:
    """Poll jobs that all began at the start with ``Polling``, under the budget of requests."""
    clock = Clock()
    platform = Platform(clock, {f"job-{n}": end for n, end in enumerate(ends)}, lists)
    silent = SimpleNamespace(job=lambda *told: None, say=lambda text: None)
    nothing = SimpleNamespace(append=lambda drafts: None, keep=lambda drafts: "", drop=lambda name: None)
    ports = SimpleNamespace(reader=platform, clock=clock, watcher=silent)
    drafts = Drafts("example.com/log", {"version": "0"}, clock)
    target = SimpleNamespace(rate_per_minute=PER_MINUTE, poll_deadline=10**9)
    polling = Polling(ports, drafts, Recorder(nothing, nothing), target, Term(clock, 10**9))
    for job in platform.ends:
        state = PurgeState.SUBMITTED
        polling.watch(Purge(job, "t", job, 1, state, attempt=1, intent=1, job_id=job, submitted_at=START))
    polling.finish()
    return _seen(platform), platform


def polled_as_the_article(ends: Sequence[float]) -> Seen:
    """Ask about each job after 15, 15 x 1.1, 15 x 1.1^2, ... seconds, behind the same limiter."""
    clock = Clock()
    platform = Platform(clock, {f"job-{n}": end for n, end in enumerate(ends)}, lists=False)
    queue = [(15.0, job, 15.0) for job in platform.ends]
    heapq.heapify(queue)
    while queue:
        due, job, wait = heapq.heappop(queue)
        clock.sleep(max(due - clock.elapsed, 0.0))
        if platform.job(job).status is not JobStatus.COMPLETED:
            heapq.heappush(queue, (clock.elapsed + wait * 1.1, job, wait * 1.1))
    return _seen(platform)


def _seen(platform: Platform) -> Seen:
    late = [platform.seen[job] - end for job, end in platform.ends.items()]
    last = max(platform.ends, key=lambda job: platform.ends[job])
    return Seen(fmean(late), platform.seen[last] - platform.ends[last], len(platform.requests) / len(late))


def busiest(requests: Sequence[float]) -> int:
    """The most requests that began within any sixty seconds."""
    most, first = 0, 0
    for place, instant in enumerate(requests):
        while requests[first] <= instant - 59.999:
            first += 1
        most = max(most, place - first + 1)
    return most
