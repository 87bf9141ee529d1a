"""Where notices may go, and by whose word: waiting, delivered, given up, and sent again."""

from dataclasses import replace
from datetime import timedelta

import pytest
from support.auditdrafts import Drafting
from support.faketime import START
from support.gitworld import GitWorld

from runner.audit import layout, outbox
from runner.branch.verify import verify

D = Drafting()
KEY = ("governance", 1)
WAITING, DEAD = layout.outbox_path(*KEY), layout.dead_path(*KEY)
LATER = START + timedelta(days=30)


@pytest.fixture
def world(tmp_path):
    return GitWorld.with_log(tmp_path)


@pytest.fixture
def store(world):
    return world.store(events=["purge.intended", "purge.submitted"])


def by(session):
    """The drafts of another process."""
    return replace(D, runner={**D.runner, "session": session})


def give_up(store, notice):
    tried = replace(notice, attempts=36, last_result="connect", last_at=LATER)
    return store.append([D.given_up(notice.key)], dead=[tried]).log


def anew(notice):
    return replace(notice, attempts=0, last_result="", last_at=None, next_attempt_at=None, enqueued_at=LATER)


def messages(world, tip=None):
    return [
        problem.message for problem in verify(world.repository(), tip or world.tip(), world.trust).problems
    ]


def on_top(world, changes, tip=None):
    return world.repository().commit(tip or world.tip(), changes, "by hand", START)


def test_a_notice_that_is_given_up_lies_aside_with_its_body(world, store):
    (notice,) = store.append([D.intended()]).log.outbox
    log = give_up(store, notice)
    assert log.outbox == ()
    (dead,) = log.dead
    assert (dead.key, dead.body, dead.attempts, dead.last_result) == (KEY, notice.body, 36, "connect")
    assert world.store().load() == log
    assert messages(world) == []


def test_a_dead_notice_goes_out_again_with_the_same_bytes(world, store):
    (notice,) = store.append([D.intended()]).log.outbox
    (dead,) = give_up(store, notice).dead
    log = store.append([D.replayed(KEY)], replayed=[anew(dead)]).log
    assert (log.outbox, log.dead) == ((anew(notice),), ())
    log = store.append([D.delivered(KEY)], settled=log.outbox).log
    assert (log.outbox, log.dead) == ((), ())
    assert messages(world) == []


def test_a_delivered_notice_goes_out_again_as_often_as_somebody_wants(world, store):
    (notice,) = store.append([D.intended()]).log.outbox
    store.append([by("run-0").delivered(KEY)], settled=[notice])
    for number in range(1, 4):
        again = replace(anew(notice), enqueued_at=LATER + timedelta(days=number))
        log = store.append([by(f"run-{number}").replayed(KEY)], replayed=[again]).log
        assert log.outbox == (again,)
        assert store.append([by(f"run-{number}").delivered(KEY)], settled=[again]).log.outbox == ()
    assert messages(world) == []
    assert world.store().load().outbox == ()


def test_a_notice_that_waits_begins_its_schedule_anew(world, store):
    (notice,) = store.append([D.intended()]).log.outbox
    tried = replace(notice, attempts=7, last_result="http-503", last_at=START, next_attempt_at=LATER)
    store.append([], attempted=[tried])
    assert store.append([D.replayed(KEY)], replayed=[anew(tried)]).log.outbox == (anew(notice),)
    stale = replace(tried, attempts=8, last_at=LATER + timedelta(days=1))
    tip = world.tip()
    assert store.append([], attempted=[stale]).log.outbox == (anew(notice),)
    assert world.tip() == tip
    assert messages(world) == []


def test_an_older_result_does_not_take_the_place_of_a_newer_one(world, store):
    (notice,) = store.append([D.intended()]).log.outbox
    newer = replace(notice, attempts=1, last_result="http-503", last_at=START + timedelta(seconds=9))
    store.append([], attempted=[newer])
    older = replace(notice, attempts=1, last_result="connect", last_at=START + timedelta(seconds=3))
    assert store.append([], attempted=[older]).log.outbox == (newer,)


def test_of_two_runs_one_gives_up_and_one_delivers(world, store):
    (notice,) = store.append([D.intended()]).log.outbox
    give_up(store, notice)
    other = world.store(world.another_clone("other"))
    log = other.append([by("other").delivered(KEY)], settled=[notice]).log
    assert (log.outbox, log.dead) == ((), ())
    assert give_up(world.store(world.another_clone("third")), notice).dead == ()
    store.load()
    assert messages(world) == []


def test_a_notice_is_given_up_by_a_record_only(world, store):
    (notice,) = store.append([D.intended()]).log.outbox
    with pytest.raises(ValueError, match="no record says why"):
        store.append([], dead=[notice])
    assert store.append([], replayed=[anew(notice)]).log.outbox == (notice,)
    entry = outbox.entry(notice)
    assert messages(world, on_top(world, {WAITING: None, DEAD: entry})) == [
        "a notice left the outbox, but no record says that it was delivered or given up",
        "a notice was put among the dead, but no record gave it up",
    ]


def test_a_dead_notice_neither_vanishes_nor_changes(world, store):
    (notice,) = store.append([D.intended()]).log.outbox
    (dead,) = give_up(store, notice).dead
    assert messages(world, on_top(world, {DEAD: None})) == [
        "a dead notice vanished, but no record says that it was delivered or replayed"
    ]
    assert messages(world, on_top(world, {DEAD: None, WAITING: outbox.entry(anew(dead))})) == [
        "a notice was put into the outbox without its record"
    ]
    forged = replace(dead, body=dead.body.replace(b"1482", b"1481"))
    assert messages(world, on_top(world, {DEAD: outbox.entry(forged)})) == [
        "the outbox entry has another body than the one it was made with"
    ]
    both = on_top(world, {WAITING: outbox.entry(anew(dead))})
    assert "without its record" in messages(world, both)[0]


def test_the_word_to_send_again_is_good_for_once(world, store):
    (notice,) = store.append([D.intended()]).log.outbox
    store.append([by("one").delivered(KEY)], settled=[notice])
    store.append([by("two").replayed(KEY)], replayed=[anew(notice)])
    store.append([by("two").delivered(KEY)], settled=[anew(notice)])
    once_more = on_top(world, {WAITING: outbox.entry(anew(notice))})
    assert messages(world, once_more) == ["a notice was put into the outbox without its record"]


def test_what_was_never_told_to_an_endpoint_cannot_be_sent_to_it_again(world, store):
    (notice,) = store.append([D.intended()]).log.outbox
    elsewhere = replace(anew(notice), endpoint="elsewhere")
    draft = D.replayed(elsewhere.key)
    changes = {layout.outbox_path(*elsewhere.key): outbox.entry(elsewhere)}
    store.append([draft])
    assert "without its record" in messages(world, on_top(world, changes))[0]
