"""Every state that a dead machine can leave behind, and the one step that is right."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.apply.decision import (
    LEASE,
    SUBMISSION,
    AwaitPerson,
    DeclareAmbiguous,
    Halt,
    Intend,
    Nothing,
    Poll,
    Refuse,
    Submit,
    Verify,
    Wait,
    Withdraw,
    before_submission,
    next_step,
    poll_interval,
)
from runner.model.finding import Finding, Severity
from runner.model.policy import (
    Classification,
    DateRange,
    InteractionType,
    Mode,
    PurgePolicy,
    PurgeType,
    Selection,
)
from runner.model.purge import Purge, PurgeState
from runner.plan.orders import Order, Standing

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
RANGE = DateRange(
    datetime(2018, 1, 1, tzinfo=UTC),
    datetime(2019, 1, 1, tzinfo=UTC),
    "2018-01-01T00:00:00Z",
    "2018-12-31T23:59:59.999Z",
)
FINDING = Finding("policies/purges/x.yaml", 3, 1, "HLD-001", Severity.ERROR, "", "held", "wait", "FRCP 37(e)")


def order(standing: Standing = Standing.READY, **changes: object) -> Order:
    policy = PurgePolicy(
        name="x",
        owner="records-team",
        revision=1,
        selection=Selection("sandbox", InteractionType.VOICE, RANGE, {}),
        retention_days=2557,
        classification=Classification.INTERNAL,
        purge_type=PurgeType.PERMANENT,
        reason="The period has ended.",
        max_interactions=10,
        mode=Mode.ENFORCE,
        expected=None,
        retention_trigger=None,
        grace_days=None,
        supersedes=None,
        body={},
    )
    plain = Order(policy, "policies/purges/x.yaml", "b10b", "c0de", "id", None, standing, ())
    return replace(plain, **changes)  # type: ignore[arg-type]


def purge(state: PurgeState, **changes: object) -> Purge:
    plain = Purge("id", "sandbox", "x", 1, state, intent=4, attempt=1, lease_until=NOW + LEASE)
    return replace(plain, **changes)  # type: ignore[arg-type]


def test_a_new_policy_is_announced_first():
    assert next_step(None, order(), NOW) == Intend(attempt=1)


def test_a_withdrawn_intent_is_announced_again_under_a_new_attempt():
    refused = purge(PurgeState.REFUSED, attempt=2)
    assert next_step(refused, order(purge=refused), NOW) == Intend(attempt=3)


def test_findings_refuse():
    assert next_step(None, order(Standing.REFUSED, findings=(FINDING,)), NOW) == Refuse((FINDING,))


def test_a_pause_of_the_platform_is_kept():
    later = NOW + timedelta(hours=2)
    waiting = purge(PurgeState.REFUSED, not_before=later)
    assert next_step(waiting, order(Standing.WAITING, purge=waiting), NOW) == Wait(
        later, "the platform asked for a pause"
    )


def test_a_fresh_intent_belongs_to_the_run_that_wrote_it():
    assert next_step(purge(PurgeState.INTENDED), order(Standing.OPEN), NOW) == Wait(
        NOW + LEASE, "another run has just announced this purge"
    )


@pytest.mark.parametrize("with_order", [True, False], ids=["policy there", "policy removed"])
def test_an_old_intent_without_an_answer_is_never_sent_again(with_order):
    stale = purge(PurgeState.INTENDED, lease_until=NOW)
    there = order(Standing.OPEN) if with_order else None
    assert next_step(stale, there, NOW) == DeclareAmbiguous("lease-expired")


def test_a_submitted_job_is_polled_even_when_its_policy_is_gone():
    assert next_step(purge(PurgeState.SUBMITTED, job_id="job-1"), None, NOW) == Poll("job-1")


def test_an_ambiguous_purge_waits_for_a_person():
    assert next_step(purge(PurgeState.AMBIGUOUS), order(Standing.AMBIGUOUS), NOW) == AwaitPerson()


def test_a_completed_purge_is_verified_once():
    assert next_step(purge(PurgeState.COMPLETED), None, NOW) == Verify()
    assert isinstance(next_step(purge(PurgeState.COMPLETED, verdict="PASS"), None, NOW), Nothing)


@pytest.mark.parametrize("state", [state for state in PurgeState if state.terminal])
def test_nothing_that_ended_is_ever_announced_or_submitted_again(state):
    step = next_step(purge(state, verdict="PASS"), order(), NOW)
    assert isinstance(step, Nothing)


@pytest.mark.parametrize("standing", [Standing.OBSERVED, Standing.BASELINE, Standing.CLOSED])
def test_standings_that_never_submit(standing):
    assert isinstance(next_step(None, order(standing), NOW), Nothing)


@given(
    state=st.sampled_from([state for state in PurgeState if state is not PurgeState.REFUSED]),
    standing=st.sampled_from(list(Standing)),
    minutes=st.integers(-60, 60),
)
def test_only_a_purge_without_an_intent_in_force_may_be_announced(state, standing, minutes):
    step = next_step(purge(state), order(standing), NOW + timedelta(minutes=minutes))
    assert not isinstance(step, Intend)


def test_an_unchanged_order_under_its_lease_is_submitted():
    mine = purge(PurgeState.INTENDED)
    assert before_submission(mine, mine, order(), order(), NOW) == Submit()


def test_whatever_moved_in_the_meantime_stops_the_submission():
    mine = purge(PurgeState.INTENDED)
    announced = order()
    late = mine.lease_until - SUBMISSION + timedelta(seconds=1)
    assert before_submission(mine, mine, announced, None, NOW) == Halt((), "the policy is no longer on main")
    assert before_submission(mine, mine, announced, order(blob="0ther"), NOW) == Halt(
        (), "the policy changed on main"
    )
    held = order(Standing.REFUSED, findings=(FINDING,))
    assert before_submission(mine, mine, announced, held, NOW) == Halt((FINDING,), "a guard says no")
    assert isinstance(before_submission(mine, mine, announced, order(), late), Withdraw)
    assert isinstance(before_submission(mine, None, announced, order(), NOW), Nothing)
    for state in PurgeState:
        if state is not PurgeState.INTENDED:
            assert isinstance(before_submission(mine, purge(state), announced, order(), NOW), Nothing)
    assert isinstance(
        before_submission(mine, purge(PurgeState.INTENDED, intent=9), announced, order(), NOW), Nothing
    )


@given(age=st.floats(0, 1e7, allow_nan=False), jobs=st.integers(1, 10_000), rate=st.integers(1, 300))
def test_polling_is_bounded_and_stays_inside_the_budget(age, jobs, rate):
    interval = poll_interval(age, jobs, rate)
    assert interval >= 1
    assert interval <= max(30, jobs * 120 / rate)
    assert jobs / interval * 60 <= rate / 2 + 1e-6 or interval == jobs * 60 / max(rate / 2, 1)
