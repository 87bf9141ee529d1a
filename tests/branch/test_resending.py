"""Notices made anew from the whole log: the same to the byte, whatever became of them."""

from dataclasses import replace
from datetime import timedelta

import pytest
from support.auditdrafts import Drafting
from support.faketime import START
from support.gitworld import GitWorld, git

from runner.audit import layout
from runner.branch.resending import notices_again
from runner.errors import LogBroken, NotVerified

D = Drafting()
LATER = START + timedelta(days=400)


@pytest.fixture
def world(tmp_path):
    """Notices of records 1 to 5: one delivered, one given up, and three that wait."""
    world = GitWorld.with_log(tmp_path)
    store = world.store(events=["purge.refused"])
    first = store.append([Drafting(policy="a").refused(), Drafting(policy="b").refused()]).log.outbox
    store.append([Drafting(policy=name).refused() for name in ("c", "d", "e")])
    world.original = {notice.key: notice for notice in store.load().outbox}
    store.append([D.delivered(first[0].key)], settled=[first[0]])
    store.append([D.given_up(first[1].key)], dead=[first[1]])
    return world


def again(world, chosen=range(10**9), endpoint=None, tip=None, folder=None):
    repository = world.repository(folder)
    return notices_again(repository, tip or world.tip(), world.trust, chosen, endpoint, LATER)


def test_every_notice_there_ever_was_is_made_anew_to_the_byte(world):
    made = again(world)
    assert [notice.index for notice in made] == [1, 2, 3, 4, 5]
    assert made == tuple(replace(world.original[notice.key], enqueued_at=LATER) for notice in made)


def test_some_of_them(world):
    assert [notice.index for notice in again(world, range(2, 5))] == [2, 3, 4]
    assert again(world, endpoint="nobody") == ()
    assert [notice.index for notice in again(world, range(3, 4), "governance")] == [3]


def test_what_was_sent_again_is_still_the_first_one(world):
    store = world.store(events=["purge.refused"])
    once = again(world)
    store.append([D.replayed(*(notice.key for notice in once))], replayed=once)
    store.append([Drafting(policy="f").refused()])
    assert [notice.body for notice in again(world)[:5]] == [notice.body for notice in once]


def test_it_is_made_of_the_whole_log_only(world):
    git(world.root, "clone", "--quiet", "--depth", "1", "--no-single-branch", f"file://{world.origin}", "s")
    with pytest.raises(NotVerified):
        again(world, folder=world.root / "s")


def test_nothing_is_made_of_a_log_that_lies(world):
    changes = {layout.record_path(1): b"{}"}
    tip = world.repository().commit(world.tip(), changes, "by hand", START)
    with pytest.raises(LogBroken, match="does not verify"):
        again(world, tip=tip)
