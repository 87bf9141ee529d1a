"""An organisation with as many runners as a test wants: real git, a scripted platform, a fake clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from support.faketime import FakeTime
from support.gitworld import ORIGIN, RUNNER, GitWorld
from support.journey import EVENTS, policy

from runner.apply.drafts import Drafts
from runner.apply.look import Ports
from runner.apply.outcome import RunOutcome
from runner.apply.resolution import Decision, Evidence, Resolution
from runner.apply.run import Limits, Run
from runner.apply.term import Term
from runner.branch.spool import SpoolFolder
from runner.forge.absent import NoForge
from runner.genesys.interactions_purge import InteractionsPurgePreparer
from runner.git.main import MainBranch
from runner.model.job import Job, JobStatus
from runner.model.log import RecordType
from runner.model.notice import Delivery, Notice
from runner.model.platform import Presence, Remains, Survey
from runner.model.policy import PurgePolicy, Selection
from runner.model.purge import Purge
from runner.model.target import Target
from runner.plan.tree import read_tree


class Died(BaseException):
    """The machine is gone: nothing after this point happened."""


@dataclass
class Platform:
    """A platform that counts, accepts and ends jobs as it is told. It is Reader and Submitter.

    One that is ``listing`` can be asked for the jobs of a purge; ``accepted`` are policy and job of each.
    """

    clock: FakeTime
    counts: list[int | None] = field(default_factory=list)
    statuses: list[JobStatus] = field(default_factory=list)
    on_submit: Callable[[], None] = lambda: None
    submitted: list[str] = field(default_factory=list)
    purged: list[Selection] = field(default_factory=list)
    listing: bool = False
    accepted: list[tuple[str, str]] = field(default_factory=list)

    def connect(self):
        return Presence(self.clock.now())

    def jobs(self) -> None:
        """Cannot list."""

    def find(self, purge: Purge) -> tuple[Job, ...] | None:
        if not self.listing:
            return None
        return tuple(
            self._job(job, JobStatus.RUNNING) for policy, job in self.accepted if policy == purge.policy
        )

    def survey(self, policy: PurgePolicy) -> Survey:
        count = self.count(policy.selection)
        return Survey(count, population=count and 10 * count)

    def remains(self, purge: Purge) -> Remains:
        return Remains(self.count(purge.selection))

    def count(self, selection: Selection) -> int | None:
        if self.counts:
            return self.counts.pop(0)
        return 0 if selection in self.purged else 7

    def submit(self, policy: PurgePolicy, job_id: str | None) -> Job:
        self.submitted.append(policy.name)
        job = f"job-{len(self.submitted)}"
        self.accepted.append((policy.name, job))
        self.on_submit()
        self.purged.append(policy.selection)
        return self._job(job, JobStatus.PENDING)

    def job(self, job_id: str) -> Job:
        return self._job(job_id, self.statuses.pop(0) if self.statuses else JobStatus.COMPLETED)

    def _job(self, job_id: str, status: JobStatus) -> Job:
        purged = 7 if status is JobStatus.COMPLETED else 0
        return Job(job_id, status, status.value, purged, None, "corr-1", "0" * 64)


@dataclass
class Receiver:
    """A governance endpoint that can be down."""

    down: bool = False
    seen: list[Notice] = field(default_factory=list)

    def deliver(self, notice: Notice) -> Delivery:
        if self.down:
            return Delivery(delivered=False, result="http-503")
        self.seen.append(notice)
        return Delivery(delivered=True, result="http-204")


class Silence:
    """Nobody watches."""

    def say(self, text: str) -> None:
        """Say nothing."""

    def job(self, policy: str, job: Job, matched: int | None, age_seconds: float) -> None:
        """Show nothing."""


class Organisation:
    """One repository, one platform, one clock, and as many runners as a test wants."""

    def __init__(self, root: Path) -> None:
        self.clock = FakeTime()
        self.world = GitWorld.with_log(root, events=EVENTS)
        self.platform = Platform(self.clock)
        self.receiver = Receiver()

    def merge(self, name: str = "old-calls", **changes: str | None) -> None:
        self.world.commit({f"policies/purges/{name}.yaml": policy(name, **changes)})

    def runner(self, name: str = "first", log=None, term: Term | None = None, enabled=lambda: True) -> Run:
        clone = self.world.clone if name == "first" else self.world.another_clone(name)
        ports = Ports(
            source=MainBranch(self.world.repository(clone)),
            log=log or self.world.store(clone, events=EVENTS, clock=self.clock),
            spool=self.spool(name),
            reader=self.platform,
            preparer=InteractionsPurgePreparer(),
            protection=None,
            submitter=self.platform,
            forge=NoForge(),
            notifier=self.receiver,
            clock=self.clock,
            watcher=Silence(),
        )
        limits = Limits(term or Term(self.clock, 1500), enabled)
        return Run(ports, Drafts(ORIGIN, {**RUNNER, "session": name}, self.clock), limits, self.target)

    @property
    def target(self) -> Target:
        """The target as its file on main says."""
        commit = MainBranch(self.world.repository()).fetch()
        files = MainBranch(self.world.repository()).files(commit)
        return read_tree(files).targets["sandbox"]

    def spool(self, name: str = "first") -> SpoolFolder:
        """The spool of a runner's machine."""
        return SpoolFolder(self.world.root / "spools" / name, self.world.trust, self.world.signer)

    def resolve(self, purge: Purge, decision: str, evidence: str, job: str | None = None) -> None:
        """Let a person close an ambiguous purge."""
        resolution = Resolution(Decision(decision), Evidence(evidence), job)
        drafts = Drafts(ORIGIN, {**RUNNER, "session": "person"}, self.clock)
        self.world.store(clock=self.clock).append([drafts.resolved(purge, resolution)])

    def run(self) -> RunOutcome:
        return self.runner()()

    def kinds(self) -> list[str]:
        """The types of all records but the daily sign of life."""
        records = self.world.store(clock=self.clock).load().records
        return [record.type.value for record in records if record.type is not RecordType.LOG_HEARTBEAT]


def dies() -> None:
    raise Died


class Meddling:
    """The real log store, and something that happens right after an append has landed."""

    def __init__(self, store, after: Callable[[], None]) -> None:
        self._store = store
        self._after = [after]

    def load(self):
        return self._store.load()

    def append(self, drafts, **outbox):
        appended = self._store.append(drafts, **outbox)
        if self._after:
            self._after.pop()()
        return appended


def raises(error: Exception) -> Callable[[], None]:
    def answer() -> None:
        raise error

    return answer


class Unwritable:
    """The real log store, which fails at the appends that hold one kind of record."""

    def __init__(self, store, kind: str, error: Exception) -> None:
        self._store = store
        self._kind = kind
        self._error = error

    def load(self):
        return self._store.load()

    def append(self, drafts, **outbox):
        if any(draft.type.value == self._kind for draft in drafts):
            raise self._error
        return self._store.append(drafts, **outbox)
