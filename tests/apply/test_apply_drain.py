"""Drains against a real log on real git: order, turns, pushes, and what a crash costs."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace

import pytest
from support.auditdrafts import Drafting
from support.faketime import START, FakeTime, highest
from support.gitworld import ORIGIN, RUNNER, GitWorld, git

from runner.apply.drafts import Drafts
from runner.apply.drain import drain
from runner.apply.term import Term
from runner.branch.store import GitLogStore
from runner.branch.verify import verify
from runner.errors import RemoteFailure
from runner.model.notice import Delivery, Notice
from runner.model.target import Webhook

OK = Delivery(delivered=True, result="http-204")
DAY = timedelta(days=1)


def refused(result):
    return Delivery(delivered=False, result=result)


@dataclass
class Receivers:
    """Every endpoint: ``answers`` says what each does, by default it takes what comes."""

    clock: FakeTime
    answers: dict[str, Callable[[Notice], Delivery]] = field(default_factory=dict)
    seconds: float = 0.0
    seen: list[tuple[str, int]] = field(default_factory=list)
    arrived: list[tuple[str, int]] = field(default_factory=list)

    def deliver(self, notice: Notice) -> Delivery:
        self.seen.append(notice.key)
        self.clock.elapsed += self.seconds
        delivery = self.answers.get(notice.endpoint, lambda notice: OK)(notice)
        if delivery.delivered:
            self.arrived.append(notice.key)
        return delivery

    def down(self, endpoint, result="connect"):
        self.answers[endpoint] = lambda notice: refused(result)


class Office:
    """A log whose refusals are told to endpoints, and as many drains as a test wants."""

    def __init__(self, root, *endpoints):
        self.clock = FakeTime()
        self.world = GitWorld(root)
        self.world.open_log(clock=self.clock)
        self.receivers = Receivers(self.clock)
        self.log = GitLogStore(
            self.world.repository(),
            self.world.trust,
            endpoints=[Webhook(name, frozenset({"purge.refused"})) for name in endpoints or ("governance",)],
            signer=self.world.signer,
            clock=self.clock,
            jitter=highest,
        )
        self.runs = 0

    def write(self, *names):
        """One push that adds a record for each name."""
        at = self.clock.now()
        return self.log.append([Drafting(policy=name, at=at).refused() for name in names])

    def drain(self, minutes=25.0):
        self.runs += 1
        drafts = Drafts(ORIGIN, {**RUNNER, "session": f"run-{self.runs}"}, self.clock)
        ports = SimpleNamespace(log=self.log, notifier=self.receivers, clock=self.clock)
        return drain(ports, drafts, Term(self.clock, minutes * 60))

    @property
    def pushes(self):
        return int(git(self.world.origin, "rev-list", "--count", self.world.branch)) - 1

    def waiting(self):
        return [notice.key for notice in self.log.load().outbox]

    def later(self, **span):
        self.clock.elapsed += timedelta(**span).total_seconds()


@pytest.fixture
def office(tmp_path):
    return Office(tmp_path)


@pytest.fixture
def offices(tmp_path):
    """An office with two endpoints."""
    return Office(tmp_path, "left", "right")


def governance(*indexes):
    return [("governance", index) for index in indexes]


def test_everything_arrives_in_order_and_is_one_push(office):
    office.write(*(f"p{number}" for number in range(20)))
    before = office.pushes
    assert office.drain() == 20
    assert office.receivers.arrived == governance(*range(1, 21))
    assert office.pushes == before + 1
    assert office.waiting() == []


def test_a_hundred_results_are_one_push_and_the_next_hundred_another(office):
    office.write(*(f"p{number}" for number in range(230)))
    before = office.pushes
    assert office.drain() == 230
    assert office.pushes == before + 3


def test_no_result_waits_longer_than_ten_seconds_for_its_push(office):
    office.write(*(f"p{number}" for number in range(8)))
    office.receivers.seconds = 4.0
    before = office.pushes
    assert office.drain() == 8
    assert office.pushes == before + 2


def test_the_second_attempt_is_the_runs_own_and_both_are_one_push(office):
    office.write("p")
    office.receivers.down("governance")
    before = office.pushes
    assert office.drain() == 0
    (notice,) = office.log.load().outbox
    assert (notice.attempts, notice.last_result) == (2, "connect")
    assert 4.5 <= sum(office.clock.slept) <= 5.5
    assert office.pushes == before + 1


def test_a_second_attempt_that_succeeds_is_told_as_such(office):
    office.write("p", "q")
    answers = iter([refused("http-503"), OK, OK])
    office.receivers.answers["governance"] = lambda notice: next(answers)
    assert office.drain() == 2
    assert office.receivers.seen == governance(1, 1, 2)
    told = office.log.load().records[-1].body["deliveries"]
    assert [(item["index"], item["attempts"]) for item in told] == [(1, 2), (2, 1)]


def test_a_run_without_anything_due_calls_nobody_and_pushes_nothing(office):
    office.write("p", "q", "r")
    office.receivers.down("governance")
    office.drain()
    seen, before = len(office.receivers.seen), office.pushes
    for _ in range(4):
        office.later(minutes=1)
        assert office.drain() == 0
    assert (len(office.receivers.seen), office.pushes) == (seen, before)
    office.later(minutes=2)
    office.receivers.answers.clear()
    assert office.drain() == 3


def test_what_is_new_waits_behind_the_oldest(office):
    office.write("p")
    office.receivers.down("governance", "http-503")
    office.drain()
    office.write("q")
    office.receivers.answers.clear()
    assert office.drain() == 0
    office.later(minutes=6)
    assert office.drain() == 2
    assert office.receivers.arrived == governance(1, 2)


def test_one_dead_endpoint_costs_the_other_nothing(offices):
    offices.write("p", "q", "r")
    offices.receivers.down("left", "timeout")
    before = offices.pushes
    assert offices.drain() == 3
    assert offices.receivers.arrived == [("right", 1), ("right", 2), ("right", 3)]
    assert offices.receivers.seen.count(("left", 1)) == 2
    assert offices.waiting() == [("left", 1), ("left", 2), ("left", 3)]
    assert offices.pushes == before + 1


def test_endpoints_take_turns(offices):
    offices.write("p", "q")
    offices.drain()
    assert offices.receivers.seen == [("left", 1), ("right", 1), ("left", 2), ("right", 2)]


def test_a_notice_that_is_not_wanted_steps_aside_for_a_day(office):
    office.write("p", "q", "r")
    unwanted = {"governance": lambda notice: refused("http-422") if notice.index == 2 else OK}
    office.receivers.answers = unwanted
    assert office.drain() == 2
    assert office.receivers.seen == governance(1, 2, 3)
    office.write("s")
    assert office.drain() == 1
    assert office.waiting() == governance(2)
    office.receivers.answers = {}
    office.later(hours=27)
    assert office.drain() == 1
    assert office.receivers.arrived == governance(1, 3, 5, 2)


@pytest.mark.parametrize("result", ["http-401", "http-404", "http-410", "guard", "address", "tls"])
def test_a_fault_of_the_endpoint_is_found_out_with_one_notice(office, result):
    office.write(*(f"p{number}" for number in range(50)))
    office.receivers.down("governance", result)
    office.drain()
    assert set(office.receivers.seen) == {("governance", 1)}


def test_what_a_run_has_no_time_for_waits_for_the_next(office):
    office.write("p", "q", "r")
    office.receivers.seconds = 40.0
    assert office.drain(minutes=0) == 1
    assert office.drain() == 2
    assert office.receivers.arrived == governance(1, 2, 3)


def test_a_url_that_this_run_does_not_know_is_told_once_and_is_no_attempt(office):
    office.write("p", "q")
    office.receivers.down("governance", "no-url")
    before = office.pushes
    for _ in range(3):
        office.drain()
    assert office.pushes == before + 1
    first, second = office.log.load().outbox
    assert (first.attempts, first.last_result, first.next_attempt_at) == (0, "no-url", None)
    assert (second.attempts, second.last_result) == (0, "")
    office.receivers.answers.clear()
    assert office.drain() == 2


def test_what_arrived_before_a_push_failed_arrives_again_with_the_same_id_and_bytes(office, monkeypatch):
    office.write("p")
    sent = []
    office.receivers.answers["governance"] = lambda notice: sent.append(notice) or OK

    def unreachable(*arguments, **more):
        raise RemoteFailure("the log could not be written")

    with monkeypatch.context() as broken:
        broken.setattr(office.log, "append", unreachable)
        with pytest.raises(RemoteFailure):
            office.drain()
    assert office.drain() == 1
    one, two = sent
    assert (one.webhook_id, one.body) == (two.webhook_id, two.body)


def test_after_a_month_everything_as_old_is_given_up_with_the_oldest(office):
    office.write(*(f"p{number}" for number in range(120)))
    office.receivers.down("governance")
    office.drain()
    office.later(days=29)
    office.write("young")
    office.later(days=1, hours=1)
    before = office.pushes
    assert office.drain() == 0
    log = office.log.load()
    assert [notice.key for notice in log.outbox] == governance(121)
    assert [notice.index for notice in log.dead] == list(range(1, 121))
    assert (log.dead[0].attempts, log.dead[1].attempts) == (3, 0)
    assert office.pushes == before + 2
    assert verify(office.world.repository(), office.world.tip(), office.world.trust).problems == ()


def test_a_month_of_outage_is_at_most_forty_pushes_whatever_waits(office):
    office.write(*(f"p{number}" for number in range(90)))
    office.receivers.down("governance", "http-503")
    before, begun = office.pushes, office.clock.now()
    while waiting := office.log.load().outbox:
        due = waiting[0].next_attempt_at or office.clock.now()
        office.clock.elapsed += (due - office.clock.now()).total_seconds()
        office.drain()
    assert office.clock.now() >= begun + 30 * DAY
    assert 30 <= office.pushes - before <= 40
    assert len(office.log.load().dead) == 90


class Shelf:
    """A log in memory, of its outbox only: what a store does, a thousand times as fast."""

    def __init__(self):
        self.outbox, self.dead, self.pushed_at = {}, [], []

    def put(self, index, now):
        self.outbox[index] = Notice("governance", index, f"id-{index}", b"{}", now, 0, "", None)

    def load(self):
        return SimpleNamespace(outbox=tuple(self.outbox.values()))

    def append(self, records, *, settled, attempted, dead):
        self.pushed_at.append(records[0].at if records else attempted[0].last_at)
        for notice in (*settled, *dead):
            del self.outbox[notice.index]
        self.dead += dead
        self.outbox |= {notice.index: notice for notice in attempted}


@pytest.mark.parametrize(("every_hours", "most"), [(1, 2), (7, 3), (30, 8), (24 * 7, 8)])
def test_months_of_outage_cost_a_few_pushes_a_day_however_often_somebody_runs(every_hours, most):
    """A notice every so many hours, a run twice an hour, and nobody ever answers."""
    shelf, clock = Shelf(), FakeTime()
    receivers = Receivers(clock)
    receivers.down("governance")
    ports = SimpleNamespace(log=shelf, notifier=receivers, clock=clock)
    for half_hour in range(2 * 24 * 100):
        clock.elapsed = max(clock.elapsed, half_hour * 1800.0)
        if half_hour % (2 * every_hours) == 0:
            shelf.put(half_hour, clock.now())
        drain(ports, Drafts(ORIGIN, {**RUNNER, "session": str(half_hour)}, clock), Term(clock, 1500))
    days = [pushed_at.date() for pushed_at in shelf.pushed_at]
    busiest = max(days.count(day) for day in set(days) if day > (START + 31 * DAY).date())
    assert busiest <= most
    assert sum(pushed_at < START + 30 * DAY for pushed_at in shelf.pushed_at) <= 40
    assert all(clock.now() - notice.enqueued_at < 33 * DAY for notice in shelf.outbox.values())
    assert [notice.index for notice in shelf.dead] == sorted(notice.index for notice in shelf.dead)


@pytest.mark.slow
def test_a_receiver_that_is_down_for_26_hours(office):
    """A thousand records in 26 hours, a run every quarter of an hour: nothing lost, nothing twice."""
    office.receivers.down("governance")
    written, drains, records_pushes = 0, 0, 0
    while office.clock.elapsed < 26 * 3600:
        batch = [f"p{number}" for number in range(written, min(written + 10, 1000))]
        if batch:
            office.write(*batch)
            written, records_pushes = written + len(batch), records_pushes + 1
        office.drain()
        drains += 1
        office.later(minutes=15)
    assert (written, records_pushes, len(office.waiting())) == (1000, 100, 1000)
    attempts = list(office.receivers.seen)
    assert set(attempts) == {("governance", 1)}
    assert len(attempts) == 7
    assert office.pushes == records_pushes + 6
    office.receivers.answers.clear()
    while office.waiting():
        office.drain()
        drains += 1
        office.later(minutes=15)
    assert office.receivers.arrived == governance(*range(1, 1001))
    assert office.pushes == records_pushes + 6 + 10
    assert drains > 104
    log = office.log.load()
    told = [item for record in log.records for item in record.body.get("deliveries", ())]
    assert [item["index"] for item in told] == list(range(1, 1001))
    assert {(item["endpoint"], item["result"]) for item in told} == {("governance", "http-204")}
    assert [item["attempts"] for item in told] == [8] + [1] * 999
    assert verify(office.world.repository(), office.world.tip(), office.world.trust).problems == ()
