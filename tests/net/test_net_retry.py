"""The decision to send again: every row of the rules, and the promise about irreversible requests."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.net.outcome import Answer, Failure, NoAnswer
from runner.net.retry import BUDGET_SECONDS, TRIES, Effect, Ending, GiveUp, Wait, decide

SAFE, REVERSIBLE, IRREVERSIBLE = Effect
REFUSED = NoAnswer(Failure.CONNECT, sent=False, detail="")
BROKEN = NoAnswer(Failure.CUT, sent=True, detail="")
SLOW = NoAnswer(Failure.TIMEOUT, sent=True, detail="")

FIRST_BACKOFF = Wait(0.0, 1.0)
UNKNOWN = GiveUp(Ending.UNKNOWN)


def first(outcome, effect, **more):
    return decide(1, outcome, effect, elapsed=0.0, **more)


@pytest.mark.parametrize("effect", Effect)
@pytest.mark.parametrize("status", [200, 201, 202, 204, 400, 401, 403, 404, 409, 413, 415, 422, 451])
def test_a_clear_answer_is_handed_over(status, effect):
    answer = Answer(status)
    assert first(answer, effect) is answer


@pytest.mark.parametrize("effect", Effect)
def test_429_is_waited_for_whatever_the_effect_because_it_was_not_processed(effect):
    assert first(Answer(429, retry_after=7), effect) == Wait(7.0, 1.0)
    assert first(Answer(429), effect) == FIRST_BACKOFF
    assert first(Answer(429, shortfall=Failure.CUT), effect) == FIRST_BACKOFF
    assert first(Answer(429, retry_after=180), effect) == Wait(180.0, 0.0)
    assert first(Answer(429, retry_after=181), effect) == GiveUp(Ending.THROTTLED, 181)


def test_what_a_transport_allows_includes_what_is_less_grave():
    order = [SAFE, REVERSIBLE, IRREVERSIBLE]
    assert [[effect.within(allowed) for effect in order] for allowed in order] == [
        [True, False, False],
        [True, True, False],
        [True, True, True],
    ]


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
def test_a_passing_failure_is_waited_for_only_when_the_request_is_safe(status):
    assert first(Answer(status), SAFE) == FIRST_BACKOFF
    assert first(Answer(status), REVERSIBLE) == first(Answer(status), IRREVERSIBLE) == UNKNOWN


def test_a_call_that_is_not_implemented_is_believed_unless_it_is_irreversible():
    assert first(Answer(501), SAFE) == first(Answer(501), REVERSIBLE) == Answer(501)
    assert first(Answer(501), IRREVERSIBLE) == UNKNOWN


def test_only_503_may_ask_for_a_pause_of_its_own():
    assert first(Answer(503, retry_after=9), SAFE) == Wait(9.0, 1.0)
    assert first(Answer(500, retry_after=9), SAFE) == FIRST_BACKOFF
    assert first(Answer(503, retry_after=9), IRREVERSIBLE) == UNKNOWN
    assert first(Answer(503, retry_after=999), SAFE) == GiveUp(Ending.FAILED, 999)


@pytest.mark.parametrize("effect", Effect)
def test_a_connection_that_was_never_made_is_tried_again(effect):
    assert first(REFUSED, effect) == FIRST_BACKOFF
    assert decide(TRIES, REFUSED, effect, elapsed=0.0) == GiveUp(Ending.NOT_CONNECTED)


@pytest.mark.parametrize("outcome", [BROKEN, SLOW])
def test_a_lost_answer_is_asked_for_again_only_when_the_request_is_safe(outcome):
    assert first(outcome, SAFE) == FIRST_BACKOFF
    assert first(outcome, REVERSIBLE) == first(outcome, IRREVERSIBLE) == UNKNOWN


def test_a_success_that_is_not_whole():
    assert first(Answer(200, shortfall=Failure.CUT), SAFE) == FIRST_BACKOFF
    assert first(Answer(200, shortfall=Failure.TOO_LARGE), SAFE) == GiveUp(Ending.FAILED)
    assert first(Answer(202, shortfall=Failure.CUT), IRREVERSIBLE) == UNKNOWN
    assert first(Answer(202, shortfall=Failure.TOO_LARGE), IRREVERSIBLE) == UNKNOWN


@pytest.mark.parametrize("effect", Effect)
def test_a_refusal_stands_even_when_its_body_is_not_whole(effect):
    answer = Answer(400, shortfall=Failure.CUT)
    assert first(answer, effect) is answer


def test_an_answer_that_means_429_is_treated_as_one():
    assert first(Answer(400), SAFE, throttled=True) == FIRST_BACKOFF


def test_backoff_doubles_up_to_its_cap_and_the_tries_are_bounded():
    waits = [decide(attempt, BROKEN, SAFE, elapsed=0.0) for attempt in range(1, TRIES)]
    assert waits == [Wait(0.0, 1.0), Wait(0.0, 2.0), Wait(0.0, 4.0), Wait(0.0, 8.0)]
    assert decide(TRIES, BROKEN, SAFE, elapsed=0.0) == GiveUp(Ending.FAILED)


def test_the_time_budget_is_kept_and_the_pause_that_was_asked_for_is_told():
    assert decide(2, BROKEN, SAFE, elapsed=179.5) == Wait(0.0, 0.5)
    assert decide(2, BROKEN, SAFE, elapsed=180.5) == GiveUp(Ending.FAILED)
    assert decide(2, Answer(429, retry_after=20), SAFE, elapsed=10, budget=25) == GiveUp(Ending.THROTTLED, 20)
    assert decide(TRIES, Answer(429, retry_after=2), IRREVERSIBLE, elapsed=0.0) == GiveUp(Ending.THROTTLED, 2)


answers = st.builds(
    Answer,
    st.integers(100, 599),
    retry_after=st.none() | st.integers(0, 10**9),
    shortfall=st.none() | st.sampled_from(Failure),
)
outcomes = answers | st.builds(NoAnswer, st.sampled_from(Failure), sent=st.booleans(), detail=st.just(""))


@given(st.integers(1, 10**6), outcomes, st.floats(0, 1000), st.floats(0, 500))
def test_an_irreversible_request_is_only_sent_again_when_it_was_certainly_not_processed(
    attempt, outcome, elapsed, budget
):
    decision = decide(attempt, outcome, IRREVERSIBLE, elapsed=elapsed, budget=budget)
    not_processed = outcome.status == 429 if isinstance(outcome, Answer) else not outcome.sent
    if isinstance(decision, Wait):
        assert not_processed
    if not not_processed and not isinstance(outcome, Answer):
        assert decision == UNKNOWN
    if isinstance(decision, Answer):
        assert 200 <= decision.status < 300 or 400 <= decision.status < 500


@given(st.integers(1, 10**6), outcomes, st.sampled_from(Effect), st.floats(0, 1000), st.floats(0, 500))
def test_no_try_begins_past_the_budget_and_no_pause_is_negative(attempt, outcome, effect, elapsed, budget):
    decision = decide(attempt, outcome, effect, elapsed=elapsed, budget=min(budget, BUDGET_SECONDS))
    if isinstance(decision, Wait):
        assert decision.floor >= 0
        assert decision.spread >= 0
        assert elapsed + decision.floor + decision.spread <= budget + 1e-6
        assert attempt < TRIES
