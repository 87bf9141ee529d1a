"""Many jobs: what a thousand cost, in requests and in time, on a clock that nobody waits for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import pytest
from support.faketime import FakeTime
from support.gitworld import ORIGIN, RUNNER
from support.imagined import Silence
from support.imaginedjobs import SLOTS, RecordingPlatform
from support.imaginedlog import Branch, Machine, Store
from support.imaginedpeers import Main, Receiver, Source
from support.imaginedtree import TARGET, TARGET_FILE
from support.journey import policy
from support.manyjobs import PER_MINUTE, busiest, durations, polled, polled_as_the_article

from runner.apply.board import Board
from runner.apply.drafts import Drafts
from runner.apply.foundations import Foundations
from runner.apply.judge import Judge
from runner.apply.line import Line
from runner.apply.look import Ports, look
from runner.apply.outcome import Ending, PurgeResult
from runner.apply.polling import Polling
from runner.apply.recording import Recorder
from runner.apply.term import Term
from runner.forge.absent import NoForge
from runner.model.job import Job
from runner.model.platform import Preparation, Presence, Survey
from runner.model.policy import PurgePolicy
from runner.net.pace import Pace
from runner.plan.tree import read_tree

JOBS = 1000


def test_ends_are_seen_sooner_than_by_the_article_and_never_over_the_budget():
    ends = durations(JOBS)
    article = polled_as_the_article(ends)
    one_by_one, reading = polled(ends, lists=False)
    listed, listing = polled(ends, lists=True)
    assert max(busiest(reading.requests), busiest(listing.requests)) <= PER_MINUTE
    assert listed.mean < 15 < one_by_one.mean < 1.1 * JOBS / (4 * PER_MINUTE / 60) * 1.1 < article.mean
    assert max(listed.last, one_by_one.last) <= 15 < article.last
    assert listed.requests < article.requests


def test_a_single_job_is_seen_within_the_longest_pause():
    assert polled(durations(1), lists=False)[0].last <= 15


@dataclass
class Paced(RecordingPlatform):
    """A platform whose every call costs what it costs on the real one: ``requests`` are their instants."""

    requests: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.pace = Pace(PER_MINUTE, self.clock)

    def ask(self, times: int = 1) -> None:
        for _ in range(times):
            self.pace.take()
            self.requests.append(self.clock.elapsed)

    def connect(self) -> Presence:
        self.ask()
        return super().connect()

    def survey(self, policy: PurgePolicy) -> Survey:
        self.ask(2)
        return super().survey(policy)

    def prepare(self, policy: PurgePolicy, known: Collection[str]) -> Preparation:
        self.ask(4)
        assert self.busy() <= SLOTS
        return super().prepare(policy, known)

    def jobs(self) -> Mapping[str, Job]:
        """A listing of those that run."""
        self.ask()
        self._let_end()
        return {effect.job: self._job(effect.job) for effect in self.under_way()}

    def submit(self, policy: PurgePolicy, seen: Mapping[str, str], job_id: str | None) -> Job:
        self.ask(2)
        return super().submit(policy, seen, job_id)


def daily(number: int) -> str:
    day = (date(2010, 1, 1) + timedelta(days=number)).isoformat()
    return policy(f"day-{number}", dateRange=f'{{start: "{day}T00:00:00.000Z", end: "{day}T23:59:59.999Z"}}')


@pytest.mark.slow
def test_a_thousand_purges_on_two_slots_are_all_done_inside_the_budget():
    clock, main = FakeTime(), Main()
    main.commit(**{TARGET_FILE: TARGET}, **{f"policies/purges/day-{n}.yaml": daily(n) for n in range(JOBS)})
    branch, machine, platform = Branch(clock), Machine("first", clock), Paced(clock)
    platform.ends_itself, platform.counting, platform.running = (
        True,
        timedelta(seconds=40),
        timedelta(minutes=2),
    )
    log, source, term = Store(branch, machine, []), Source(main), Term(clock, 10**7)
    ports = Ports(
        source, log, machine, platform, platform, None, platform, NoForge(), Receiver(), clock, Silence()
    )
    target = read_tree(source.files(source.fetch())).targets["sandbox"]
    drafts = Drafts(ORIGIN, RUNNER, clock)
    world = look(ports, target)
    board = Board(Polling(ports, drafts, Recorder(log, machine), target, term))

    def submission(then, order, approval, attempt, measurement) -> PurgeResult:
        intent = drafts.intended(then, order, approval, attempt, measurement.preparation)
        intended = log.append([intent]).log.purges[order.purge_id]
        job = platform.submit(order.policy, {}, intended.prepared_job)
        log.append([drafts.submitted(intended, job, clock.now())])
        return PurgeResult(order.key, Ending.POLLING, job_id=job.id)

    line = Line(
        ports=ports,
        judge=Judge(ports, lambda: True, Foundations(ports.forge, ports.source)),
        drafts=drafts,
        submission=submission,
        board=board,
        term=term,
        look=lambda: replace(world, purges=branch.purges),
        append=log.append,
    )
    line(world)
    board.add(board.polling.finish())
    assert [result.ending for result in board.results.values()] == [Ending.COMPLETED] * JOBS
    assert len(platform.effects) == platform.made == JOBS
    assert busiest(platform.requests) <= PER_MINUTE
    alone = JOBS * (platform.counting + platform.running).total_seconds() / SLOTS
    assert clock.elapsed < 1.3 * alone, "slots stand empty"
