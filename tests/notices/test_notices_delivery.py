"""One attempt to deliver, against receivers that are kind, slow, hostile or not there."""

import hmac
import socket
from base64 import b64decode
from contextlib import closing
from hashlib import sha256
from ipaddress import ip_network

import pytest
from support.faketime import START, FakeTime
from support.httppeer import Peer, answer, closed_port, drip, hang, raw, reset, then_close

from runner.model.notice import Delivery, Notice
from runner.net.connection import Route
from runner.net.wire import Limits
from runner.notices.delivery import LIMITS, Endpoint, WebhookNotifier
from runner.notices.signature import Secret

KEY = b"0123456789abcdef0123456789abcdef"
ROUTE = Route("purgectl/1.2.3")
PATIENT = Limits(connect=10, read=10, total=20, size=16 * 1024)
SHORT = Limits(connect=10, read=10, total=0.5, size=16 * 1024)
HURRIED = Limits(connect=10, read=0.2, total=20, size=16 * 1024)
NOTICE = Notice(
    endpoint="governance",
    index=3,
    webhook_id="10ef9ec2-ba42-58ca-bcaf-187444bec709",
    body='{"id":"10ef9ec2","specversion":"1.0","subject":"ü"}'.encode(),
    enqueued_at=START,
    attempts=0,
    last_result="",
    last_at=None,
)


@pytest.fixture
def peer():
    with Peer() as peer:
        yield peer


def deliver(url, *, limits=PATIENT, clock=None, sandbox=True, notice=NOTICE, allow=(), **more):
    endpoints = {"governance": Endpoint(url, Secret(KEY), tuple(map(ip_network, allow)))}
    notifier = WebhookNotifier(endpoints, clock or FakeTime(), ROUTE, sandbox=sandbox, limits=limits, **more)
    with closing(notifier):
        return notifier.deliver(notice)


def test_what_the_receiver_sees(peer):
    peer.plays(answer(204))
    assert deliver(peer.url + "/governance/x?token=1") == Delivery(True, "http-204")
    (seen,) = peer.journal
    assert (seen.method, seen.path, seen.body) == ("POST", "/governance/x?token=1", NOTICE.body)
    timestamp = str(int(START.timestamp()))
    content = f"{NOTICE.webhook_id}.{timestamp}.".encode() + NOTICE.body
    version, signature = seen.headers.pop("webhook-signature").split(",")
    assert version == "v1"
    assert b64decode(signature) == hmac.digest(KEY, content, sha256)
    expected = {
        "content-type": "application/cloudevents+json; charset=utf-8",
        "webhook-id": NOTICE.webhook_id,
        "webhook-timestamp": timestamp,
        "x-audit-source": "genesys-purge-orchestrator",
        "x-request-id": NOTICE.webhook_id,
        "user-agent": "purgectl/1.2.3",
        "content-length": str(len(NOTICE.body)),
    }
    assert expected.items() <= seen.headers.items()
    assert "authorization" not in seen.headers


def test_each_attempt_has_its_own_time_and_signature_and_the_same_id(peer):
    peer.plays(answer(500), answer(200))
    time = FakeTime()
    for _ in range(2):
        deliver(peer.url, clock=time)
        time.sleep(300)
    one, two = peer.journal
    assert one.headers["webhook-id"] == two.headers["webhook-id"]
    assert int(two.headers["webhook-timestamp"]) == int(one.headers["webhook-timestamp"]) + 300
    assert one.headers["webhook-signature"] != two.headers["webhook-signature"]
    assert one.body == two.body


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_2xx_is_a_delivery(peer, status):
    peer.plays(answer(status))
    assert deliver(peer.url) == Delivery(True, f"http-{status}")


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 401, 403, 404, 408, 410, 413, 429, 500, 503])
def test_anything_else_is_none_and_is_attempted_once(peer, status):
    peer.plays(answer(status, {"why": "not now"}, Location=peer.url + "/else", Retry_After="1"), answer(200))
    assert deliver(peer.url + "/here") == Delivery(False, f"http-{status}", retry_after=1)
    assert [seen.path for seen in peer.journal] == ["/here"]


@pytest.mark.parametrize(
    "script",
    [reset, then_close(b""), raw(b"hello\r\n\r\n"), then_close(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 500)],
)
def test_a_connection_that_breaks(peer, script):
    peer.plays(script)
    assert deliver(peer.url) == Delivery(False, "connect")
    assert len(peer.journal) == 1


def test_nobody_there():
    assert deliver(f"http://127.0.0.1:{closed_port()}/x") == Delivery(False, "connect")


def test_no_answer(peer):
    peer.plays(hang)
    assert deliver(peer.url, limits=HURRIED) == Delivery(False, "timeout")


def test_an_answer_that_drips_for_ever_ends_at_the_deadline(peer):
    peer.plays(drip(b"HTTP/1.1 ", b"2"))
    assert deliver(peer.url, limits=SHORT) == Delivery(False, "timeout")


def test_a_2xx_counts_whatever_follows_it(peer):
    endless = drip(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 4096)
    cut = then_close(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nx")
    peer.plays(endless, cut)
    assert deliver(peer.url) == Delivery(True, "http-200")
    assert deliver(peer.url) == Delivery(True, "http-200")


def test_the_bounds_are_those_of_the_format():
    assert (LIMITS.connect, LIMITS.total, LIMITS.size) == (5, 20, 16 * 1024)


def test_an_endpoint_inside_the_house_is_called_only_where_the_target_allows_it():
    """Nobody listens on port 443 here, so a call that is made ends without a connection."""
    url, asked = "https://hooks.example.com/a", []

    def loopback(host, port):
        asked.append((host, port))
        return ["127.0.0.1"]

    assert deliver(url, sandbox=False, resolve=loopback) == Delivery(False, "address")
    allowed = deliver(url, sandbox=False, resolve=loopback, allow=["127.0.0.1/32"])
    assert allowed == Delivery(False, "connect")
    elsewhere = deliver(url, sandbox=False, resolve=loopback, allow=["10.0.0.0/24"])
    assert elsewhere == Delivery(False, "address")
    assert asked == [("hooks.example.com", 443)] * 3


def test_a_name_that_leads_to_loopback_is_fine_for_a_sandbox_and_for_nobody_else(peer):
    peer.plays(answer(204))
    url = peer.url.replace("127.0.0.1", "localhost")
    assert deliver(url, resolve=lambda host, port: ["127.0.0.1"]) == Delivery(True, "http-204")
    assert deliver(url, resolve=lambda host, port: ["127.0.0.1", "10.0.0.1"]) == Delivery(False, "address")
    assert len(peer.journal) == 1


def test_a_receiver_that_does_not_speak_tls(monkeypatch):
    with Peer() as peer:
        connect = socket.create_connection
        monkeypatch.setattr(
            "runner.net.connection.create_connection",
            lambda address, timeout, socket_options: connect(("127.0.0.1", peer.port), timeout),
        )
        public = deliver("https://hooks.example.com/a", sandbox=False, resolve=lambda *_: ["8.8.8.8"])
        assert public == Delivery(False, "tls")
    assert peer.journal == []


def test_an_endpoint_without_a_url_is_left_for_a_run_that_knows_it():
    notifier = WebhookNotifier({}, FakeTime(), ROUTE, sandbox=False)
    assert notifier.deliver(NOTICE) == Delivery(False, "no-url")


@pytest.mark.parametrize("sandbox", [True, False])
@pytest.mark.parametrize("path", ["ftp://x.example/", "https://10.0.0.1/", "https://hooks/a", ""])
def test_a_url_that_the_guard_refuses_is_not_called(path, sandbox):
    assert deliver(path, sandbox=sandbox) == Delivery(False, "guard")


def test_loopback_is_for_a_sandbox_only(peer):
    assert deliver(peer.url, sandbox=False) == Delivery(False, "guard")
    assert peer.journal == []


def test_an_id_that_no_log_of_ours_has_is_not_sent(peer):
    notice = Notice("governance", 3, "a.b\r\nX-Evil: 1", b"{}", START, 0, "", None)
    assert deliver(peer.url, notice=notice) == Delivery(False, "guard")
    assert peer.journal == []


def test_neither_url_nor_secret_is_in_a_repr():
    shown = repr(Endpoint("https://hooks.example.com/hunter2", Secret(KEY)))
    assert "hunter2" not in shown
    assert KEY.decode() not in shown
