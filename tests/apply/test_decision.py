"""Every state that a dead machine can leave behind, and the one step that is right."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.apply.decision import (
    APART,
    LEASE,
    LOOKS_APART,
    SETTLE,
    SUBMISSION,
    Adopt,
    AwaitPerson,
    DeclareAmbiguous,
    Halt,
    Intend,
    LookUp,
    Nothing,
    Poll,
    Refuse,
    Sighting,
    Submit,
    Verify,
    Wait,
    Withdraw,
    before_submission,
    next_step,
    poll_interval,
)
from runner.model.finding import Finding, Severity
from runner.model.job import Job, JobStatus
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
def test_an_old_intent_without_an_answer_is_looked_up_and_not_sent_again(with_order):
    stale = purge(PurgeState.INTENDED, lease_until=NOW)
    there = order(Standing.OPEN) if with_order else None
    assert next_step(stale, there, NOW) == LookUp(NOW)


def job(name: str = "job-1", status: JobStatus = JobStatus.RUNNING) -> Job:
    return Job(name, status, status.value, None, None, None, "0" * 64)


JUST_SETTLED = NOW + SETTLE
LOOKED = JUST_SETTLED
UNANSWERED = {
    "the platform cannot list": (NOW, Sighting(None), DeclareAmbiguous("lease-expired")),
    "one job": (NOW, Sighting((job(),)), Adopt(job())),
    "one job, seen late": (LOOKED + LOOKS_APART, Sighting((job(),), LOOKED), Adopt(job())),
    "one job that has ended": (
        NOW,
        Sighting((job(status=JobStatus.COMPLETED),)),
        Adopt(job(status=JobStatus.COMPLETED)),
    ),
    "two jobs": (NOW, Sighting((job(), job("job-2"))), DeclareAmbiguous("several-jobs")),
    "none yet": (
        JUST_SETTLED - timedelta(seconds=1),
        Sighting(()),
        Wait(JUST_SETTLED, "the platform shows no job, and a late request may still arrive"),
    ),
    "none when all is settled": (JUST_SETTLED, Sighting(()), LookUp(JUST_SETTLED + LOOKS_APART)),
    "none, looked again too soon": (
        LOOKED + LOOKS_APART - timedelta(seconds=1),
        Sighting((), LOOKED),
        LookUp(LOOKED + LOOKS_APART),
    ),
    "none, twice": (
        LOOKED + LOOKS_APART,
        Sighting((), LOOKED),
        Withdraw("the platform was asked twice and never saw its request"),
    ),
}


@pytest.mark.parametrize(("now", "sighting", "step"), UNANSWERED.values(), ids=UNANSWERED.keys())
def test_what_a_look_at_the_platform_says_of_an_intent_whose_lease_is_over(now, sighting, step):
    assert next_step(purge(PurgeState.INTENDED, lease_until=NOW), None, now, sighting) == step


sightings = st.builds(
    Sighting,
    st.none() | st.lists(st.builds(job, st.sampled_from(["a", "b", "c"])), max_size=3).map(tuple),
    st.none() | st.integers(0, 40).map(lambda minutes: NOW + timedelta(minutes=minutes)),
)


@given(looks=st.lists(st.tuples(st.integers(0, 1200), sightings), max_size=8))
def test_an_intent_is_withdrawn_only_after_two_looks_apart_in_settled_time(looks):
    """However the looks fall: nothing but a Withdraw lets a purge be announced again."""
    stale = purge(PurgeState.INTENDED, lease_until=NOW)
    now, missing_since = NOW - timedelta(minutes=5), None
    for seconds, sighting in looks:
        now += timedelta(seconds=seconds)
        step = next_step(stale, order(Standing.OPEN), now, replace(sighting, missing_since=missing_since))
        assert not isinstance(step, Intend | Poll | Verify)
        if isinstance(step, Withdraw):
            assert sighting.jobs == ()
            assert missing_since is not None
            assert NOW + SETTLE <= missing_since <= now - LOOKS_APART
            return
        if isinstance(step, LookUp) and missing_since is None:
            assert now >= NOW + SETTLE
            missing_since = now
        if isinstance(step, Adopt):
            assert sighting.jobs == (step.job,)


@given(
    sender=st.integers(-60, 60),
    judge=st.integers(-60, 60),
    after=st.integers(0, 300),
    take=st.integers(0, 60),
)
def test_nobody_is_still_sending_when_another_calls_the_lease_over(sender, judge, after, take):
    """Two runners, each of whose clocks is within 60 s of the platform's (docs/decisions.md)."""
    intended = NOW + timedelta(seconds=sender)
    mine = purge(PurgeState.INTENDED, lease_until=intended + LEASE)
    starts = NOW + timedelta(seconds=after)
    if before_submission(mine, mine, order(), order(), starts + timedelta(seconds=sender)) == Submit():
        answered = starts + timedelta(seconds=take)
        assert isinstance(next_step(mine, None, answered + timedelta(seconds=judge - 1)), Wait)


def test_the_bound_of_two_clocks_is_exact():
    fast, slow = timedelta(seconds=60), timedelta(seconds=-60)
    mine = purge(PurgeState.INTENDED, lease_until=NOW + slow + LEASE)
    last_start = NOW + LEASE - APART - SUBMISSION
    assert before_submission(mine, mine, order(), order(), last_start + slow) == Submit()
    assert isinstance(
        before_submission(mine, mine, order(), order(), last_start + slow + timedelta(seconds=1)), Withdraw
    )
    assert next_step(mine, None, last_start + SUBMISSION + fast) == LookUp(last_start + SUBMISSION + fast)


def test_a_submitted_job_is_polled_even_when_its_policy_is_gone():
    assert next_step(purge(PurgeState.SUBMITTED, job_id="job-1"), None, NOW) == Poll("job-1")


def test_an_ambiguous_purge_waits_for_a_person():
    assert next_step(purge(PurgeState.AMBIGUOUS), order(Standing.AMBIGUOUS), NOW) == AwaitPerson()


def test_a_completed_purge_is_verified_once():
    done = purge(PurgeState.COMPLETED, job_id="job-1")
    assert next_step(done, None, NOW) == Verify()
    assert isinstance(next_step(replace(done, verdict="PASS"), None, NOW), Nothing)


HAD_A_JOB = (PurgeState.COMPLETED, PurgeState.FAILED, PurgeState.CANCELLED)


@pytest.mark.parametrize("state", HAD_A_JOB)
def test_whatever_a_job_may_have_deleted_is_counted_again(state):
    assert next_step(purge(state, job_id="job-1"), None, NOW) == Verify()


def test_what_a_person_says_has_run_is_counted_again_with_or_without_a_job():
    assert next_step(purge(PurgeState.RESOLVED_RAN), None, NOW) == Verify()


def test_a_request_that_was_refused_for_good_has_nothing_to_count():
    assert isinstance(next_step(purge(PurgeState.FAILED), None, NOW), Nothing)


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
    late = mine.lease_until - SUBMISSION - APART + timedelta(seconds=1)
    assert before_submission(mine, mine, announced, None, NOW) == Halt((), "the policy is no longer on main")
    assert before_submission(mine, mine, announced, order(blob="0ther"), NOW) == Halt(
        (), "the policy changed on main"
    )
    held = order(Standing.REFUSED, findings=(FINDING,))
    assert before_submission(mine, mine, announced, held, NOW) == Halt((FINDING,), "a guard says no")
    assert isinstance(before_submission(mine, mine, announced, order(), late), Withdraw)
    assert isinstance(before_submission(mine, mine, announced, order(), NOW, over=True), Withdraw)
    assert isinstance(before_submission(mine, None, announced, order(), NOW), Nothing)
    for state in PurgeState:
        if state is not PurgeState.INTENDED:
            assert isinstance(before_submission(mine, purge(state), announced, order(), NOW), Nothing)
    assert isinstance(
        before_submission(mine, purge(PurgeState.INTENDED, intent=9), announced, order(), NOW), Nothing
    )


@given(age=st.floats(0, 1e7, allow_nan=False), requests=st.integers(1, 10_000), rate=st.integers(1, 300))
def test_polling_is_bounded_and_stays_inside_the_budget(age, requests, rate):
    interval = poll_interval(age, requests, rate)
    assert interval >= 1
    assert interval <= max(15, requests * 60 / rate)
    assert requests / interval * 60 <= rate + 1e-6
