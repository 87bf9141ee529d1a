"""SQLite finds what a naive loop finds, and what is purged never matches again."""

from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.model.policy import EACH_TYPE, InteractionType, PurgeType
from runner.sandbox.data import ATTRIBUTES, generate
from runner.sandbox.request import PurgeItem
from runner.sandbox.store import Store

INTERACTIONS = tuple(generate(3, 600))
VALUES = {name: sorted({getattr(each, name) for each in INTERACTIONS}) for name in ATTRIBUTES}
MOMENTS = st.sampled_from([each.started_at for each in INTERACTIONS]).flatmap(
    lambda moment: st.sampled_from([moment - 1, moment, moment + 1])
)
STRANGE = st.text(max_size=5) | st.sampled_from(["%", "BILLING", "'", "\x00", "\ud800", "null", ""])
FILTERS = st.fixed_dictionaries(
    {},
    optional={
        name: st.lists(st.sampled_from(values) | STRANGE, min_size=1, max_size=3).map(tuple)
        for name, values in VALUES.items()
    },
)
ITEMS = st.builds(
    PurgeItem,
    type=st.sampled_from(EACH_TYPE),
    start=MOMENTS,
    end=MOMENTS,
    attributes=FILTERS,
    purge_type=st.sampled_from(PurgeType),
    echo=st.just({}),
)
EVERYTHING_VOICE = PurgeItem(InteractionType.VOICE, 0, 2**42, {}, PurgeType.PERMANENT, {})


def naive(item, interactions=INTERACTIONS):
    """What an item selects, read off the words of the format."""
    return {
        each.id
        for each in interactions
        if each.type == item.type
        and item.start <= each.started_at <= item.end
        and all(getattr(each, name) in values for name, values in item.attributes.items())
    }


@pytest.fixture(scope="module")
def untouched():
    store = Store(INTERACTIONS)
    yield store
    store.close()


@pytest.fixture
def store():
    store = Store(INTERACTIONS)
    yield store
    store.close()


@given(ITEMS)
def test_the_query_finds_what_the_naive_loop_finds(untouched, item):
    found = untouched.matching(item)
    assert len(found) == len(set(found)) == untouched.count(item)
    assert set(found) == naive(item)


def test_both_ends_of_a_range_are_inclusive_to_the_millisecond(untouched):
    voice = sorted(each.started_at for each in INTERACTIONS if each.type == "voice")
    first, last = voice[0], voice[-1]

    def count(start, end):
        return untouched.count(PurgeItem(InteractionType.VOICE, start, end, {}, PurgeType.SOFT, {}))

    assert count(first, last) == len(voice)
    assert count(first + 1, last) == count(first, last - 1) == len(voice) - 1
    assert count(first, first) == 1


@pytest.mark.parametrize("purge_type", PurgeType)
def test_what_is_purged_never_matches_again(store, purge_type):
    ids = store.matching(EVERYTHING_VOICE)
    assert len(ids) > 200
    assert store.purge(ids[:10], purge_type) == 10
    assert set(store.matching(EVERYTHING_VOICE)) == set(ids[10:])
    assert store.purge(ids, purge_type) == len(ids) - 10
    assert store.count(EVERYTHING_VOICE) == 0


def test_a_purge_touches_nothing_else(store):
    email = PurgeItem(InteractionType.EMAIL, 0, 2**42, {}, PurgeType.PERMANENT, {})
    before = store.matching(email)
    store.purge(store.matching(EVERYTHING_VOICE), PurgeType.PERMANENT)
    assert store.matching(email) == before
    assert store.purge((), PurgeType.SOFT) == 0
    assert store.purge(("no-such-id",), PurgeType.SOFT) == 0


def test_many_threads_together_purge_each_interaction_once(store):
    ids = store.matching(EVERYTHING_VOICE)
    removed = []
    threads = [Thread(target=lambda: removed.append(store.purge(ids, PurgeType.PERMANENT))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(removed) == len(ids)
