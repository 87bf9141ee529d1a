"""How fast a log may be pushed, and what never waits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.auditdrafts import Drafting
from support.faketime import FakeTime
from support.gitworld import GitWorld, git

from runner.branch.pace import BURST, SECONDS_A_PUSH, Pace, may_wait
from runner.model.log import RecordType

D = Drafting()
FAR = "https://git.example/acme/policies.git"


def patient(pauses):
    """When each push is made by somebody who keeps the pace, pausing in between as told."""
    pace, now, made = Pace(), 0.0, []
    for pause in pauses:
        now += pause
        now += pace.wait(now)
        made.append(now)
        pace = pace.pushed(now)
    return made


def test_a_burst_goes_at_once_and_then_one_every_ten_seconds():
    assert patient([0.0] * 9) == pytest.approx([0] * BURST + [10, 20, 30])


def test_a_pause_earns_no_more_than_one_burst():
    assert patient([10_000.0, *[0.0] * 6]) == pytest.approx([10_000] * BURST + [10_010])


@given(st.lists(st.floats(0, 60), min_size=1, max_size=40))
def test_in_the_long_run_there_are_six_a_minute(pauses):
    made = patient(pauses)
    for first in range(len(made)):
        for last in range(first, len(made)):
            allowed = BURST + (made[last] - made[first]) / SECONDS_A_PUSH
            assert last - first + 1 <= allowed + 1e-6


def test_what_did_not_wait_delays_what_waits_by_no_more_than_one_push():
    pace = Pace()
    for _ in range(50):
        pace = pace.pushed(0.0)
    assert pace.wait(0.0) == pytest.approx(SECONDS_A_PUSH)


def test_a_clock_that_goes_back_harms_nothing():
    assert Pace(left=0.0, at=100.0).wait(50.0) == SECONDS_A_PUSH


@pytest.mark.parametrize(
    ("draft", "waits"),
    [
        (D.intended(), True),
        (D.refused(), True),
        (D.refused("submission"), False),
        (D.submitted(), False),
        (D.ended(), False),
        (D.ended(RecordType.FAILED, job=None), False),
        (D.halted(), False),
        (D.ambiguous(), False),
        (D.resolved(), False),
        (D.verified(), True),
        (D.delivered(("governance", 1)), True),
    ],
)
def test_what_a_request_came_to_never_waits(draft, waits):
    assert may_wait([draft]) is waits
    assert may_wait([Drafting(policy="other").intended(), draft]) is waits


def far(tmp_path, clock):
    """A store whose remote is, by its name, somewhere else; git is told to look here instead."""
    world = GitWorld.with_log(tmp_path)
    git(world.clone, "config", f"url.{world.origin}.insteadOf", FAR)
    git(world.clone, "remote", "set-url", "origin", FAR)
    return world.store(clock=clock)


def test_a_store_far_away_keeps_the_pace_but_for_facts(tmp_path):
    clock = FakeTime()
    store = far(tmp_path, clock)
    for number in range(BURST):
        store.append([Drafting(policy=f"p{number}").refused()])
    assert clock.slept == []
    store.append([Drafting(intent=7).intended()])
    assert clock.slept == [pytest.approx(10)]
    store.append([Drafting(intent=7).submitted()])
    store.append([Drafting(intent=7).ended()])
    assert len(clock.slept) == 1
    store.append([Drafting(intent=7).verified()])
    assert clock.slept[1:] == [pytest.approx(10)]


def test_a_store_on_this_machine_does_not_wait(tmp_path):
    clock = FakeTime()
    world = GitWorld.with_log(tmp_path)
    store = world.store(clock=clock)
    for number in range(BURST + 2):
        store.append([Drafting(policy=f"p{number}").refused()])
    assert clock.slept == []
