import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.rules.execution import within_share


def share(count, population, percent=20, *, allow_unfiltered=False):
    return list(within_share(count, population, percent, allow_unfiltered=allow_unfiltered))


@pytest.mark.parametrize(
    ("count", "population", "faults"),
    [
        (4200, 60_000, 0),
        (58_000, 60_000, 1),
        (12_000, 60_000, 0),
        (12_001, 60_000, 1),
        (0, 0, 0),
        (1, 0, 1),
        (5, 3, 1),
    ],
)
def test_a_share_is_compared_without_rounding(count, population, faults):
    assert len(share(count, population)) == faults


def test_a_population_that_nobody_knows_refuses_and_a_count_is_the_matter_of_scp_007():
    assert len(share(1, None)) == 1
    assert len(share(0, None)) == 1
    assert share(None, None) == share(None, 10) == []


def test_who_admits_to_take_everything_is_not_asked():
    assert share(60_000, 60_000, allow_unfiltered=True) == share(1, None, allow_unfiltered=True) == []


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(1, 99))
def test_a_larger_share_that_is_allowed_allows_more(count, population, percent):
    assert len(share(count, population, percent + 1)) <= len(share(count, population, percent))
