from hypothesis import given
from hypothesis import strategies as st
from support.faketime import FakeTime

from runner.net.pace import Pace


def test_a_burst_is_free_until_the_minute_is_full():
    time = FakeTime()
    pace = Pace(3, time)
    for _ in range(3):
        pace.take()
    assert time.slept == []
    pace.take()
    assert time.slept == [60.0]


@given(st.integers(1, 6), st.lists(st.floats(0, 40), max_size=30))
def test_no_sixty_seconds_hold_more_than_the_budget(per_minute, gaps):
    time = FakeTime()
    pace = Pace(per_minute, time)
    begun = []
    for gap in gaps:
        time.elapsed += gap
        pace.take()
        begun.append(time.elapsed)
    for index in range(len(begun) - per_minute):
        assert begun[index + per_minute] - begun[index] >= 60 - 1e-6


@given(st.integers(1, 6), st.lists(st.tuples(st.floats(0, 40), st.none() | st.integers(0, 9)), max_size=30))
def test_what_the_server_allows_lowers_the_budget_and_never_raises_it(per_minute, steps):
    time = FakeTime()
    pace = Pace(per_minute, time)
    begun, budget = [], per_minute
    for gap, allowed in steps:
        time.elapsed += gap
        pace.take()
        begun.append(time.elapsed)
        assert sum(each > time.elapsed - 60 + 1e-6 for each in begun) <= budget
        pace.hear(allowed)
        budget = budget if allowed is None else min(per_minute, max(allowed, 1))
