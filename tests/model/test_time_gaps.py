from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from runner.model.time import gaps

START = datetime(2020, 1, 1, tzinfo=UTC)
ranges = st.tuples(st.integers(-3, 30), st.integers(-3, 30))


def day(number):
    return START + timedelta(days=number)


@given(ranges, st.lists(ranges, max_size=6))
def test_the_gaps_are_the_days_that_no_range_holds_in_order_and_apart(whole, taken):
    found = list(gaps(day(whole[0]), day(whole[1]), [(day(a), day(b)) for a, b in taken]))
    free = [n for n in range(*whole) if not any(a <= n < b for a, b in taken)]
    assert [n for a, b in found for n in range((a - START).days, (b - START).days)] == free
    assert all(a < b for a, b in found)
    assert all(first[1] < second[0] for first, second in pairwise(found))
