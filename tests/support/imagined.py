"""An organisation in memory: everything that a run touches, behind its ports.

Nothing here decides anything: a test says what goes wrong, and at which call of a port.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from support.faketime import FakeTime
from support.gitworld import ORIGIN, RUNNER
from support.imaginedjobs import RecordingPlatform
from support.imaginedlog import Branch, Machine, Store
from support.imaginedpeers import Door, Main, Platform, Receiver, Source

from runner.apply.drafts import Drafts
from runner.apply.look import Ports
from runner.apply.outcome import RunOutcome
from runner.apply.resolution import Decision, Evidence, Resolution
from runner.apply.run import Limits, Run
from runner.apply.term import Term
from runner.forge.absent import NoForge
from runner.genesys.interactions_purge import InteractionsPurgePreparer
from runner.model.job import Job
from runner.model.purge import PurgeState
from runner.notices.schedule import GONE
from runner.plan.tree import read_tree
from runner.ports import Preparer, Protection


class Died(BaseException):
    """The machine is gone: nothing after this point happened."""


@dataclass
class Wire:
    """Counts the calls of one run's ports, and does what is planned for the n-th: before or after it.

    ``answers`` are the jobs that the run was told of.
    """

    before: dict[int, Callable[[], None]] = field(default_factory=dict)
    after: dict[int, Callable[[], None]] = field(default_factory=dict)
    calls: int = 0
    dead: bool = False
    answers: set[str] = field(default_factory=set)

    def die(self) -> None:
        self.dead = True
        raise Died

    def call(self, function: Callable, *arguments, **options):
        if self.dead:
            raise Died
        self.calls += 1
        number = self.calls
        self.before.get(number, _nothing)()
        try:
            return function(*arguments, **options)
        finally:
            self.after.get(number, _nothing)()


def _nothing() -> None:
    return


class Wired:
    """A port whose calls go over a wire."""

    def __init__(self, port: object, wire: Wire, free: tuple[str, ...] = ()) -> None:
        self._port, self._wire, self._free = port, wire, free

    def __getattr__(self, name: str):
        function = getattr(self._port, name)
        if name in self._free:
            return function
        return lambda *arguments, **options: self._wire.call(function, *arguments, **options)


class Silence:
    """Nobody watches; ``told`` is what was said."""

    def __init__(self, told: list[str] | None = None) -> None:
        self._told = [] if told is None else told

    def say(self, text: str) -> None:
        self._told.append(text)

    def job(self, policy: str, job: Job, matched: int | None, age_seconds: float) -> None:
        """Show nothing."""


class Organisation:
    """One target, one platform, one receiver, one clock, and as many machines as a test wants."""

    def __init__(self, target: str, *, lists_jobs: bool = False, prepares: bool = False) -> None:
        self.clock = FakeTime()
        self.main = Main()
        self.main.commit(**{"policies/targets/sandbox.yaml": target})
        self.branch = Branch(self.clock)
        self.platform = RecordingPlatform(self.clock) if prepares else Platform(self.clock, lists_jobs)
        self.receiver = Receiver()
        self.kill_switch_open = True
        self.broken: list[str] = []
        self.told: list[str] = []
        self.protection: Protection | None = None
        self.on_append: dict[str, Callable[[], None]] = {}
        self.sessions = 0

    def run(
        self,
        machine: Machine,
        wire: Wire,
        plan: Callable[[Term], None] = lambda term: None,
        seconds: float = 1500,
    ) -> RunOutcome:
        """Run ``apply`` once, for so many seconds. ``plan`` may put the end of the term on the wire."""
        term, source = Term(self.clock, seconds), Source(self.main)
        plan(term)
        ports = Ports(
            source=Wired(source, wire, free=("files",)),
            log=Wired(Store(self.branch, machine, self.broken, self.on_append), wire),
            spool=Wired(machine, wire),
            reader=Wired(self.platform, wire),
            preparer=Wired(self.preparer, wire),
            protection=self.protection,
            submitter=Wired(Door(self.platform, source, wire.answers), wire),
            forge=NoForge(),
            notifier=Wired(self.receiver, wire),
            clock=Wired(self.clock, wire, free=("now", "monotonic")),
            watcher=Silence(self.told),
        )
        target = read_tree(source.files(source.fetch())).targets["sandbox"]
        return Run(ports, self._drafts(), Limits(term, lambda: self.kill_switch_open), target)()

    @property
    def preparer(self) -> Preparer:
        """The platform itself where it prepares, else one that has nothing to do."""
        if isinstance(self.platform, RecordingPlatform):
            return self.platform
        return InteractionsPurgePreparer()

    def replay(self) -> None:
        """A person sends again what was given up, or what its receiver asked never to hear again."""
        stopped = [notice for notice in self.branch.outbox.values() if notice.last_result == GONE]
        notices = (*stopped, *self.branch.dead.values())
        if notices:
            self._person().append([self._drafts().replayed(notices)], replayed=notices)

    def resolve(self) -> None:
        """A person decides about every ambiguous purge by what the platform's operator can see."""
        jobs = {effect.policy: effect.job for effect in self.platform.effects}
        for purge in self.branch.purges.values():
            if purge.state is PurgeState.AMBIGUOUS:
                job = jobs.get((purge.policy, purge.revision))
                if job is None:
                    truth = Resolution(Decision.NOT_RUN, Evidence.JOB_ABSENT)
                else:
                    truth = Resolution(Decision.RAN, Evidence.JOB_SEEN, job_id=job)
                self._person().append([self._drafts().resolved(purge, truth)])

    def _person(self) -> Store:
        return Store(self.branch, Machine("a person's", self.clock), [])

    def _drafts(self) -> Drafts:
        self.sessions += 1
        return Drafts(ORIGIN, {**RUNNER, "session": f"session-{self.sessions}"}, self.clock)
