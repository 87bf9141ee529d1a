"""A run that is asked to end: what only reads is cut off, and the one irreversible request never."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

import pytest
from support.faketime import FakeTime, highest
from support.httppeer import Peer, answer, hang

from runner.errors import Interrupted, RetryLater
from runner.net.connection import Route
from runner.net.origin import read_origin
from runner.net.pace import Pace
from runner.net.retry import Effect
from runner.net.transport import Request, ServerClock, Setting, Transport
from runner.net.wire import Limits

GET = Request("GET", "/thing", Effect.SAFE)
PURGE = Request("POST", "/purge", Effect.IRREVERSIBLE).with_json({"interactions": []})
PATIENT = Limits(connect=30, read=60, total=60)


@dataclass
class Asked:
    """``ports.Interruption`` that asks when a test wants it."""

    when: Callable[[], bool]

    def requested(self) -> bool:
        return self.when()

    def grace(self) -> float:
        return 5.0


@pytest.fixture
def peer():
    with Peer() as peer:
        yield peer


def transport(peer: Peer, when: Callable[[], bool], time: FakeTime | None = None) -> Transport:
    time = time or FakeTime()
    setting = Setting(time, highest, Route("purgectl/test"), PATIENT, interruption=Asked(when))
    return Transport(
        read_origin(peer.url),
        setting,
        pace=Pace(300, time),
        server_clock=ServerClock(time),
        allows=Effect.IRREVERSIBLE,
    )


@pytest.mark.parametrize("request_", [GET, PURGE], ids=["read", "purge"])
def test_nothing_is_sent_any_more(peer, request_):
    with closing(transport(peer, lambda: True)) as asked, pytest.raises(Interrupted, match="asked to stop"):
        asked.send(request_)
    assert peer.journal == []


def test_a_read_that_hangs_is_cut_off_and_not_repeated(peer):
    peer.plays(hang)
    arrived = lambda: bool(peer.journal)  # noqa: E731
    with closing(transport(peer, arrived)) as asked, pytest.raises(Interrupted):
        asked.send(GET)
    assert len(peer.journal) == 1


def test_the_answer_to_a_purge_is_waited_for(peer):
    peer.plays(answer(202, {"purgeId": "job-1"}))
    with closing(transport(peer, lambda: bool(peer.journal))) as asked:
        assert asked.send(PURGE).status == 202


def test_a_purge_that_was_throttled_is_not_sent_again(peer):
    peer.plays(answer(429, {}, **{"Retry-After": "1"}))
    with closing(transport(peer, lambda: bool(peer.journal))) as asked, pytest.raises(Interrupted):
        asked.send(PURGE)
    assert len(peer.journal) == 1


def test_a_purge_that_was_put_off_for_hours_keeps_the_platforms_wish(peer):
    peer.plays(answer(429, {}, **{"Retry-After": "7200"}))
    with closing(transport(peer, lambda: bool(peer.journal))) as asked, pytest.raises(RetryLater):
        asked.send(PURGE)
