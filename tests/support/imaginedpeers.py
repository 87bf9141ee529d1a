"""What a run meets, in memory: main, a platform with moods, and a receiver."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from support.faketime import FakeTime

from runner.errors import OutcomeUnknown, RequestRejected, RetryLater
from runner.model.job import Job, JobStatus
from runner.model.notice import Delivery, Notice
from runner.model.platform import Presence, Remains, Survey
from runner.model.policy import PurgePolicy, Selection
from runner.model.purge import Purge
from runner.model.source import EntryKind, SourceFile

Key = tuple[str, int]
"""A policy's name and revision."""


@dataclass
class Main:
    """The branch ``main``: every commit is a whole tree of files."""

    commits: list[dict[str, str]] = field(default_factory=lambda: [{}])

    @property
    def tip(self) -> dict[str, str]:
        return self.commits[-1]

    def commit(self, **changes: str | None) -> None:
        """Add a commit; a path that is ``None`` goes away."""
        files = self.tip | {name: text for name, text in changes.items() if text is not None}
        self.commits.append({name: text for name, text in files.items() if changes.get(name, "") is not None})


@dataclass
class Source:
    """``PolicySource`` of one run; ``seen`` is the tree that it fetched last."""

    main: Main
    seen: dict[str, str] = field(default_factory=dict)

    def fetch(self) -> str:
        self.seen = self.main.tip
        return f"{len(self.main.commits) - 1:040x}"

    def files(self, commit: str) -> tuple[SourceFile, ...]:
        tree = self.main.commits[int(commit, 16)]
        return tuple(_source(path, text.encode()) for path, text in sorted(tree.items()))


def _source(path: str, data: bytes) -> SourceFile:
    blob = hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
    return SourceFile(path, EntryKind.FILE, data, len(data), blob)


@dataclass
class Effect:
    """A purge that the platform has begun."""

    policy: Key
    job: str
    lands_at: datetime


@dataclass
class Platform:
    """``Reader`` of everybody. ``moods`` are for the next submissions.

    ``asked`` are all submissions, ``effects`` those that began a job, at once or later. ``on_submit``
    is told of each, with the tree of ``main`` that the run had seen last.
    """

    clock: FakeTime
    lists_jobs: bool = False
    moods: list[str] = field(default_factory=list)
    asked: list[Key] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    statuses: dict[str, JobStatus] = field(default_factory=dict)
    on_submit: Callable[[PurgePolicy, Mapping[str, str]], None] = lambda policy, seen: None

    def connect(self) -> Presence:
        return Presence(self.clock.now())

    def survey(self, policy: PurgePolicy) -> Survey:
        count = self.count(policy.selection)
        return Survey(count, population=count and 10 * count)

    def remains(self, purge: Purge) -> Remains:
        return Remains(self.count(purge.selection))

    def count(self, selection: Selection) -> int | None:
        return 0 if self.begun(selection.date_range.start_text) else 7

    def begun(self, start: str) -> bool:
        return any(effect.policy[0] == f"year-{start[:4]}" for effect in self.effects)

    def jobs(self) -> None:
        """Cannot list."""

    def find(self, purge: Purge) -> tuple[Job, ...] | None:
        if not self.lists_jobs:
            return None
        mine = [e for e in self.effects if e.policy == (purge.policy, purge.revision)]
        return tuple(self._job(e.job) for e in mine if e.lands_at <= self.clock.now())

    def job(self, job_id: str) -> Job:
        return self._job(job_id)

    def submit(self, policy: PurgePolicy, seen: Mapping[str, str], job_id: str | None) -> Job:
        self.asked.append((policy.name, policy.revision))
        self.on_submit(policy, seen)
        mood = self.moods.pop(0) if self.moods else "accepts"
        if mood == "rejects":
            raise RequestRejected("the platform refused", status=400)
        if mood == "forbids":
            raise RequestRejected("it needs recording:job:edit", status=403)
        if mood == "throttles":
            raise RetryLater("later", not_before=self.clock.now() + timedelta(hours=2))
        if mood == "is deaf":
            raise OutcomeUnknown("no answer")
        late = timedelta(minutes=5) if mood == "is late" else timedelta(0)
        job = job_id or f"job-{len(self.effects) + 1}"
        effect = Effect((policy.name, policy.revision), job, self.clock.now() + late)
        self._begin(effect)
        if mood != "accepts":
            raise OutcomeUnknown("no answer")
        return self._job(effect.job)

    def _begin(self, effect: Effect) -> None:
        self.effects.append(effect)
        self.statuses[effect.job] = JobStatus.PENDING

    def end(self, status: JobStatus) -> None:
        """Let every open job come to an end, or on its way to it."""
        for job, now in self.statuses.items():
            if now in (JobStatus.PENDING, JobStatus.RUNNING, JobStatus.UNKNOWN):
                self.statuses[job] = status

    def _job(self, job_id: str) -> Job:
        status = self.statuses.get(job_id, JobStatus.VANISHED)
        purged = 7 if status is JobStatus.COMPLETED else 0
        return Job(job_id, status, status.value, purged, None, f"corr-{job_id}", "0" * 64)


@dataclass
class Door:
    """``Submitter`` of one run; ``answers`` are the jobs that it was told of."""

    platform: Platform
    source: Source
    answers: set[str]

    def submit(self, policy: PurgePolicy, job_id: str | None) -> Job:
        job = self.platform.submit(policy, self.source.seen, job_id)
        self.answers.add(job.id)
        return job


@dataclass
class Receiver:
    """``Notifier`` of everybody: ``mood`` is the result of every attempt."""

    mood: str = "http-204"
    seen: dict[int, bytes] = field(default_factory=dict)

    def deliver(self, notice: Notice) -> Delivery:
        delivered = self.mood == "http-204"
        if delivered or self.mood == "timeout":  # the request arrives, its answer does not
            assert self.seen.setdefault(notice.index, notice.body) == notice.body
        return Delivery(delivered=delivered, result=self.mood)
