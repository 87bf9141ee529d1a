"""Requests against a real server: what is resent, how long is waited, and how often the peer saw it."""

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.faketime import START, FakeTime, highest
from support.httppeer import Peer, answer, closed_port, hang, raw, reset, then_close

from runner.errors import OutcomeUnknown, PurgectlError, RemoteFailure, RequestRejected, RetryLater
from runner.net.connection import Route
from runner.net.origin import read_origin
from runner.net.outcome import Answer
from runner.net.pace import Pace
from runner.net.retry import Effect
from runner.net.transport import Request, ServerClock, Setting, Transport
from runner.net.wire import Limits

GET = Request("GET", "/thing", Effect.SAFE)
PURGE = Request("POST", "/purge", Effect.IRREVERSIBLE).with_json({"interactions": []})
LIMITS = Limits(connect=10, read=10, total=20)
HURRIED = Limits(connect=10, read=0.2, total=20)


class Setup:
    """A peer, a clock, and a transport between them."""

    def __init__(self, peer):
        self.peer = peer
        self.time = FakeTime()
        self.said = []
        self.server_clock = ServerClock(self.time)
        self.setting = Setting(self.time, highest, Route("purgectl/test"), LIMITS, self.said.append)
        self.transport = self.to(peer.url)

    def to(self, url, *, per_minute=300, limits=LIMITS):
        return Transport(
            read_origin(url),
            replace(self.setting, limits=limits),
            pace=Pace(per_minute, self.time),
            server_clock=self.server_clock,
            allows=Effect.IRREVERSIBLE,
        )


@pytest.fixture(scope="module")
def module_peer():
    with Peer() as peer:
        yield peer


@pytest.fixture
def net(module_peer):
    module_peer.journal.clear()
    module_peer.scripts.clear()
    setup = Setup(module_peer)
    yield setup
    setup.transport.close()


def test_an_answer_is_handed_over_whatever_its_status(net):
    net.peer.plays(answer(200, {"a": 1}), answer(404, {"message": "gone"}))
    assert net.transport.send(GET).body == b'{"a": 1}'
    assert net.transport.send(GET).status == 404
    assert net.time.slept == []


def test_bodies_and_credentials_arrive(net):
    net.peer.plays(answer(), answer())
    net.transport.send(Request("POST", "/a", Effect.SAFE).with_json({"ü": [1, None]}))
    form = Request("POST", "/b", Effect.SAFE).with_form({"client secret": "a+b&c"})
    net.transport.send(form.with_authorization("Basic eDp5", ("eDp5",)))
    one, two = net.peer.journal
    assert one.json() == {"ü": [1, None]}
    assert one.headers["content-type"] == one.headers["accept"] == "application/json"
    assert two.body == b"client+secret=a%2Bb%26c"
    assert two.headers["content-type"] == "application/x-www-form-urlencoded"
    assert two.headers["authorization"] == "Basic eDp5"


@pytest.mark.parametrize("script", [
    answer(500), answer(502), answer(503), answer(504), answer(408), answer(429), reset, then_close(b""),
    then_close(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"),
])  # fmt: skip
def test_a_safe_request_is_sent_again(net, script):
    net.peer.plays(script, answer(200, {"a": 1}))
    assert net.transport.send(GET).body == b'{"a": 1}'
    assert net.time.slept == [1.0]
    assert net.peer.count("GET", "/thing") == 2
    assert net.said[0].startswith("GET /thing: ")
    assert net.said[0].endswith("; trying again in 1 s")


def test_a_safe_request_without_an_answer_is_sent_again(net):
    net.peer.plays(hang, answer(200))
    with closing(net.to(net.peer.url, limits=HURRIED)) as hurried:
        assert hurried.send(GET).status == 200
    assert net.said == ["GET /thing: no answer in time; trying again in 1 s"]


def test_a_safe_request_is_given_up_after_five_tries(net):
    net.peer.plays(*[answer(500, ININ_Correlation_Id="c-1")] * 6)
    with pytest.raises(RemoteFailure) as caught:
        net.transport.send(GET)
    assert type(caught.value) is RemoteFailure
    assert caught.value.message == (
        "GET /thing failed after 5 tries, and nothing was submitted: HTTP 500 "
        "(correlation id c-1, give it to Genesys support)"
    )
    assert caught.value.where == net.peer.url + "/thing"
    assert net.peer.count("GET", "/thing") == 5
    assert net.time.slept == [1.0, 2.0, 4.0, 8.0]


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_honoured_for_a_safe_request(net, status):
    net.peer.plays(answer(status, Retry_After="17"), answer())
    net.transport.send(GET)
    assert net.time.slept == [18.0]


def test_429_is_waited_for_by_the_purge_too(net):
    net.peer.plays(answer(429, Retry_After="17"), answer(429, Retry_After="tomorrow"), answer(202))
    assert net.transport.send(PURGE).status == 202
    assert net.time.slept == [18.0, 2.0]
    assert net.peer.count("POST", "/purge") == 3


@pytest.mark.parametrize("request_", [GET, PURGE])
def test_a_long_pause_is_not_slept_through(net, request_):
    net.peer.plays(answer(429, Retry_After="3600"))
    with pytest.raises(RetryLater, match="resume later") as caught:
        net.transport.send(request_)
    assert caught.value.not_before == START + timedelta(seconds=3600)
    assert caught.value.hint == "run the same command again after 2026-11-23T10:00:00Z"
    assert net.time.slept == []


def test_a_pause_beyond_the_time_that_is_left_is_not_slept_either(net):
    net.peer.plays(answer(429, Retry_After="20"), answer(429, Retry_After="20"))
    with pytest.raises(RetryLater) as caught:
        net.transport.send(PURGE, start_by=25)
    assert caught.value.not_before == START + timedelta(seconds=21 + 20)
    assert net.peer.count("POST", "/purge") == 2


def test_a_purge_that_stays_throttled_was_rejected(net):
    net.peer.plays(*[answer(429)] * 6)
    with pytest.raises(RequestRejected) as caught:
        net.transport.send(PURGE)
    assert (caught.value.status, caught.value.permanent) == (429, False)
    assert net.peer.count("POST", "/purge") == 5


AMBIGUOUS = {
    "reset": reset,
    "closed": then_close(b""),
    "half a status line": then_close(b"HTTP/1.1 2"),
    "not HTTP": raw(b"hello\r\n\r\n"),
    "408": answer(408),
    "500": answer(500),
    "501": answer(501),
    "502": answer(502),
    "503 with a pause": answer(503, Retry_After="1"),
    "504": answer(504),
    "599": answer(599),
    "302": answer(302, Location="/purge"),
    "307": answer(307, Location="/purge"),
    "an unheard-of refusal": answer(499),
    "cut off": then_close(b"HTTP/1.1 202 Accepted\r\nContent-Length: 99\r\n\r\n{"),
    "too large": answer(202, b" " * (LIMITS.size + 1)),
}


@pytest.mark.parametrize("script", AMBIGUOUS.values(), ids=AMBIGUOUS.keys())
def test_after_an_ambiguous_failure_the_peer_has_seen_the_purge_once(net, script):
    net.peer.plays(script)
    with pytest.raises(OutcomeUnknown, match=r"^POST /purge may or may not have taken effect: ") as caught:
        net.transport.send(PURGE)
    assert caught.value.where == net.peer.url + "/purge"
    assert net.peer.count("POST", "/purge") == 1
    assert net.time.slept == []


def test_a_purge_without_an_answer_is_sent_once(net):
    net.peer.plays(hang)
    with (
        closing(net.to(net.peer.url, limits=HURRIED)) as hurried,
        pytest.raises(OutcomeUnknown, match="no answer in time"),
    ):
        hurried.send(PURGE)
    assert net.peer.count("POST", "/purge") == 1


def test_a_purge_is_ambiguous_also_after_tries_that_were_not(net):
    net.peer.plays(answer(429), reset)
    with pytest.raises(OutcomeUnknown):
        net.transport.send(PURGE)
    assert net.peer.count("POST", "/purge") == 2


def test_the_purge_never_rides_on_a_kept_connection(net):
    net.peer.plays(answer(), answer(202))
    net.transport.send(GET)
    net.transport.send(PURGE)
    assert len({seen.connection for seen in net.peer.journal}) == 2


@pytest.mark.parametrize("request_", [GET, PURGE])
def test_a_connection_that_is_never_made_means_that_nothing_was_submitted(net, request_):
    transport = net.to(f"http://127.0.0.1:{closed_port()}")
    with pytest.raises(RemoteFailure, match="after 5 tries, and nothing was submitted: Connection refused"):
        transport.send(request_)
    assert net.time.slept == [1.0, 2.0, 4.0, 8.0]


def test_nothing_is_sent_past_its_time(net):
    net.time.elapsed = 10.0
    with pytest.raises(RemoteFailure, match="was not sent: its time is over"):
        net.transport.send(PURGE, start_by=9.0)
    assert net.peer.journal == []


def test_nothing_is_sent_past_its_time_because_of_the_rate_budget_either(net):
    net.peer.plays(answer(), answer(202))
    with closing(net.to(net.peer.url, per_minute=1)) as transport:
        transport.send(GET)
        with pytest.raises(RemoteFailure, match="was not sent: its time is over"):
            transport.send(PURGE, start_by=25.0)
    assert [seen.path for seen in net.peer.journal] == ["/thing"]


def test_an_answer_that_allows_fewer_requests_a_minute_is_heeded(net):
    net.peer.plays(answer(200, inin_ratelimit_allowed="2"), answer(), answer())
    for _ in range(3):
        net.transport.send(GET)
    assert net.time.slept == [60.0]


def test_a_transport_is_for_safe_requests_unless_it_is_built_for_others(net):
    safe = Transport(
        read_origin(net.peer.url), net.setting, pace=Pace(300, net.time), server_clock=net.server_clock
    )
    with pytest.raises(ValueError, match="safe requests only"):
        safe.send(PURGE)
    assert net.peer.journal == []


def test_an_answer_may_be_said_to_mean_429(net):
    net.peer.plays(answer(400, {"error": "slow down"}), answer(200))
    assert net.transport.send(GET, throttled=lambda got: got.status == 400).status == 200
    assert net.time.slept == [1.0]


def test_the_servers_clock_goes_on_after_its_answer(net):
    assert net.server_clock.now() is None
    net.peer.plays(answer(Date="Mon, 23 Nov 2026 12:00:00 GMT"), answer())
    net.transport.send(GET)
    net.time.sleep(90)
    assert net.server_clock.now() == datetime(2026, 11, 23, 12, 1, 30, tzinfo=UTC)
    net.transport.send(GET)
    assert net.server_clock.now() is None


secrets = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGH0123456789._-", min_size=8, max_size=60)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    secret=secrets,
    status=st.sampled_from([200, 302, 400, 401, 429, 500, 503]),
    place=st.sampled_from(["ININ_Correlation_Id", "Retry_After", "Location", "Date"]),
    request_=st.sampled_from([GET, PURGE]),
)
def test_no_text_that_is_raised_or_shown_holds_a_secret(net, secret, status, place, request_):
    net.peer.scripts.clear()
    net.peer.plays(*[answer(status, {"message": f"you sent {secret}"}, **{place: secret})] * 5)
    sent = request_.with_authorization(f"Bearer {secret}", (secret,))
    shown = [repr(sent), str(sent)]
    try:
        got = net.transport.send(sent)
    except PurgectlError as error:
        shown += [str(error), repr(error), error.where, error.hint]
    else:
        assert isinstance(got, Answer)
        shown.append(repr(got))
    shown += net.said
    assert not any(secret in text for text in shown)
