"""A platform in memory that prepares: a job counts first, and deletes when it is told to."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from support.imaginedpeers import Effect, Platform

from runner.errors import RemoteFailure
from runner.model.job import Job, JobStatus, RecordingFigures
from runner.model.platform import Preparation, Remains
from runner.model.policy import PurgePolicy
from runner.model.purge import Purge

SLOTS = 2
OPEN = (JobStatus.PENDING, JobStatus.RUNNING, JobStatus.UNKNOWN)


@dataclass
class PreparedJob:
    """A job that counts until ``ready_at``; ``start`` is the range that it was made for."""

    id: str
    start: str
    ready_at: datetime


@dataclass
class RecordingPlatform(Platform):
    """``Reader`` and ``Preparer`` of everybody; ``moods`` are for the next calls that delete.

    ``prepared`` are the jobs that nobody has executed, ``removed`` those that were discarded. A job
    counts for ``counting`` and finds ``total`` interactions; ``manifest`` is the hash of their ids.
    ``posts`` are moods of the next jobs to be made: a lost answer, or a refusal. ``others`` are slots
    that somebody else uses. One that ``ends_itself`` completes every job after it was ``running``;
    ``reads`` and ``listings`` are the requests for jobs.
    """

    counting: timedelta = timedelta(minutes=2)
    erasing: timedelta = timedelta(hours=2)
    total: int | None = 7
    manifest: str | None = None
    left: int = 0
    others: int = 0
    figures: RecordingFigures = field(default_factory=lambda: RecordingFigures(9, 9, 0, 0))
    posts: list[str] = field(default_factory=list)
    prepared: dict[str, PreparedJob] = field(default_factory=dict)
    starts: dict[str, str] = field(default_factory=dict)
    removed: list[str] = field(default_factory=list)
    running: timedelta = timedelta(minutes=5)
    ends_itself: bool = False
    made: int = 0
    ended: set[str] = field(default_factory=set)
    listings: int = 0
    reads: int = 0
    on_prepare: Callable[[], None] = lambda: None

    def prepare(self, policy: PurgePolicy, known: Collection[str]) -> Preparation:
        self.on_prepare()
        start = policy.selection.date_range.start_text
        twins = sorted(job for job, made in self.prepared.items() if made.start == start and job not in known)
        for job in twins[1:]:
            self.discard(job)
        if not twins:
            return self._make(start)
        job, now = self.prepared[twins[0]], self.clock.now()
        if now < job.ready_at:
            return Preparation(ready=False, job_id=job.id, why="it counts", look_again=15)
        if self.busy() >= SLOTS:
            return Preparation(ready=False, job_id=job.id, why="it waits for a slot", look_again=15)
        count = 0 if self.begun(start) else self.total
        return Preparation(
            ready=True,
            job_id=job.id,
            count=count,
            recordings=9,
            deletes_at=now,
            manifest_sha256=self.manifest,
        )

    def _make(self, start: str) -> Preparation:
        if self.busy() >= SLOTS:
            return Preparation(ready=False, why="all slots are taken", look_again=30)
        mood = self.posts.pop(0) if self.posts else ""
        if mood == "refused":
            raise RemoteFailure("the platform makes no job")
        self.made += 1
        made = PreparedJob(f"job-{self.made}", start, self.clock.now() + self.counting)
        self.prepared[made.id], self.starts[made.id] = made, start
        job_id = None if mood == "lost" else made.id
        return Preparation(ready=False, job_id=job_id, why="it counts", look_again=15)

    def begun(self, start: str) -> bool:
        return any(self.starts[effect.job] == start for effect in self.effects)

    def busy(self) -> int:
        self._let_end()
        counting = sum(self.clock.now() < job.ready_at for job in self.prepared.values())
        running = sum(self.statuses[effect.job] in OPEN for effect in self.under_way())
        return self.others + counting + running

    def clear(self, policies: Collection[PurgePolicy], known: Collection[str]) -> None:
        starts = {policy.selection.date_range.start_text for policy in policies}
        for job in [job for job, made in self.prepared.items() if made.start in starts and job not in known]:
            self.discard(job)

    def discard(self, job_id: str) -> None:
        if self.prepared.pop(job_id, None) is not None:
            self.removed.append(job_id)

    def job(self, job_id: str) -> Job:
        self.reads += 1
        return self._job(job_id)

    def jobs(self) -> Mapping[str, Job]:
        self.listings += 1
        return {effect.job: self._job(effect.job) for effect in self._landed()}

    def find(self, purge: Purge) -> tuple[Job, ...]:
        return tuple(self._job(effect.job) for effect in self._landed() if effect.job == purge.prepared_job)

    def remains(self, purge: Purge) -> Remains:
        assert purge.changed_at is not None
        return Remains(self.left, not_before=purge.changed_at + self.erasing, looked_at=3)

    def submit(self, policy: PurgePolicy, seen: Mapping[str, str], job_id: str | None) -> Job:
        """Look at the job first: one that runs is not told a second time."""
        assert job_id is not None
        for effect in self._landed():
            if effect.job == job_id:
                return self._job(job_id)
        if job_id not in self.prepared:
            raise RemoteFailure("the job is not ready to run")
        return super().submit(policy, seen, job_id)

    def _begin(self, effect: Effect) -> None:
        super()._begin(effect)
        self.prepared.pop(effect.job, None)

    def _let_end(self) -> None:
        if not self.ends_itself:
            return
        for effect in self.under_way():
            if effect.lands_at + self.running <= self.clock.now():
                self.statuses[effect.job] = JobStatus.COMPLETED
                self.ended.add(effect.job)

    def under_way(self) -> list[Effect]:
        """The jobs that have not ended by themselves, from the newest to the first that has."""
        newest = itertools.takewhile(lambda effect: effect.job not in self.ended, reversed(self.effects))
        return list(newest)

    def _landed(self) -> list[Effect]:
        return [effect for effect in self.effects if effect.lands_at <= self.clock.now()]

    def _job(self, job_id: str) -> Job:
        self._let_end()
        return replace(super()._job(job_id), recordings=self.figures)
