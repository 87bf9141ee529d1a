"""One exchange against a real server: what is known, what is not, and what is never done."""

import socket
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Event

import pytest
from support.httppeer import Peer, answer, closed_port, drip, hang, raw, reset, then_close

from runner.errors import UsageError
from runner.net import address
from runner.net.connection import Route
from runner.net.outcome import Answer, Failure, NoAnswer
from runner.net.wire import Limits, Wire

ROUTE = Route("purgectl/test")
PATIENT = Limits(connect=10, read=10, total=20)
HURRIED = Limits(connect=10, read=0.2, total=20)
SHORT = Limits(connect=10, read=10, total=0.5)


@pytest.fixture
def peer():
    with Peer() as peer:
        yield peer


@contextmanager
def wire_to(limits=PATIENT, route=ROUTE):
    wire = Wire(limits=limits, route=route)
    try:
        yield wire
    finally:
        wire.close()


def once(url, *, limits=PATIENT, route=ROUTE, body=None, headers=()):
    with wire_to(limits, route) as wire:
        return wire.exchange("GET" if body is None else "POST", url, headers=dict(headers), body=body)


def test_an_answer_with_all_that_is_kept_of_it(peer):
    peer.plays(answer(
        202, {"a": 1}, Retry_After="12", ININ_Correlation_Id="c0ffee-1", Date="Mon, 23 Nov 2026 09:00:00 GMT",
        inin_ratelimit_allowed="180",
    ))  # fmt: skip
    got = once(peer.url + "/x?y=1", body=b"{}", headers={"X-Mine": "yes"})
    assert got == Answer(202, b'{"a": 1}', "c0ffee-1", 12, datetime(2026, 11, 23, 9, tzinfo=UTC), allowed=180)
    (seen,) = peer.journal
    assert (seen.method, seen.path, seen.body) == ("POST", "/x?y=1", b"{}")
    assert seen.headers["x-mine"] == "yes"
    assert seen.headers["user-agent"] == "purgectl/test"
    assert seen.headers["accept-encoding"] == "identity"


def test_the_body_is_hidden_from_a_repr(peer):
    peer.plays(answer(200, b"secret"))
    assert "secret" not in repr(once(peer.url))


@pytest.mark.parametrize(
    "text", ["", "soon", "-1", "1.5", "12, 12", "Wed, 21 Oct 2026 07:28:00 GMT", "9" * 10]
)
def test_a_retry_after_that_says_nothing_certain_is_none(peer, text):
    peer.plays(answer(429, Retry_After=text))
    assert once(peer.url).retry_after is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("Mon, 23 Nov 2026 09:10:00 GMT", 600), ("Mon, 23 Nov 2026 08:00:00 GMT", 0), ("0", 0)],
)
def test_a_retry_after_that_is_an_instant_is_measured_by_the_servers_own_clock(peer, text, seconds):
    peer.plays(answer(429, Retry_After=text, Date="Mon, 23 Nov 2026 09:00:00 GMT"))
    assert once(peer.url).retry_after == seconds


@pytest.mark.parametrize(
    ("link", "place"),
    [
        ('<https://a.example/x?page=2>; rel="next"', "https://a.example/x?page=2"),
        (
            '<https://a.example/?p=1>; rel="prev", <https://a.example/?p=3>; rel="next"',
            "https://a.example/?p=3",
        ),
        ('<https://a.example/?p=1>; rel="first"', None),
        ("", None),
        ("<https://a.example/x>; rel=next", "<https://a.example/x>; rel=next"),
        ('<https://a.example/x y>; rel="next"', '<https://a.example/x y>; rel="next"'),
    ],
)
def test_where_a_list_goes_on_is_read_and_never_overlooked(peer, link, place):
    peer.plays(answer(200, [], Link=link))
    assert once(peer.url).next_url == place


@pytest.mark.parametrize("text", ["x" * 129, "a b", "\x1b[31m", "::error::", "\xe2\x80\xae"])
def test_a_correlation_id_that_is_none(peer, text):
    peer.plays(answer(200, ININ_Correlation_Id=text))
    assert once(peer.url).correlation_id is None


@pytest.mark.parametrize(
    "text",
    [
        "yesterday", "", "Mon, 99 Nov 2026 09:00:00 GMT", "Mon, 23 Nov 1970 09:00:00 GMT",
        "Mon, 23 Nov 9999 23:59:59 -9999", "Mon, 23 Nov 2026 09:00:00 -0000", "9" * 400,
    ],
)  # fmt: skip
def test_a_date_that_is_none(peer, text):
    peer.plays(answer(200, Date=text))
    assert once(peer.url).date is None


def test_redirects_are_answers_and_cookies_are_forgotten(peer):
    peer.plays(answer(307, Location=peer.url + "/elsewhere", Set_Cookie="a=b; Path=/"), answer(200))
    with wire_to() as wire:
        assert wire.exchange("POST", peer.url + "/here", headers={}, body=b"{}").status == 307
        assert wire.exchange("GET", peer.url + "/there", headers={}, body=None).status == 200
    assert [seen.path for seen in peer.journal] == ["/here", "/there"]
    assert "cookie" not in peer.journal[1].headers


@pytest.mark.parametrize("location", ["http://[::1", "//", "http://127.0.0.1:99999/", "\x00", "/ü"])
def test_the_address_in_a_redirect_is_not_even_looked_at(peer, location):
    peer.plays(answer(302, b"moved", Location=location))
    assert once(peer.url, body=b"{}") == Answer(302, b"moved")


def test_the_body_of_a_redirect_is_bounded_like_any_other(peer):
    peer.plays(drip(b"HTTP/1.1 302 Found\r\nLocation: /x\r\n\r\n", b"y" * 4096))
    got = once(peer.url, limits=Limits(size=1000))
    assert (got.status, len(got.body), got.shortfall) == (302, 1000, Failure.TOO_LARGE)


def test_nothing_is_taken_from_the_environment(peer, monkeypatch, tmp_path):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port()}")
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login officer password hunter2\n")
    monkeypatch.setenv("NETRC", str(netrc))
    peer.plays(answer(200))
    assert once(peer.url).status == 200
    assert "authorization" not in peer.journal[0].headers


def test_a_connection_is_kept_unless_a_fresh_one_is_asked_for(peer):
    peer.plays(answer(200), answer(200), answer(200))
    with wire_to() as wire:
        for fresh in (False, False, True):
            wire.exchange("GET", peer.url, headers={}, body=None, fresh=fresh)
    first, second, third = (seen.connection for seen in peer.journal)
    assert first == second
    assert third != first


class TestNothingWasSent:
    def test_refused(self):
        got = once(f"http://127.0.0.1:{closed_port()}/x", body=b"{}")
        assert got == NoAnswer(Failure.CONNECT, sent=False, detail="Connection refused")

    def test_a_name_that_does_not_resolve(self, monkeypatch):
        def unknown(*_, **__):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

        monkeypatch.setattr(socket, "getaddrinfo", unknown)
        got = once("http://peer.invalid/x", body=b"{}")
        assert got == NoAnswer(Failure.CONNECT, sent=False, detail="its name cannot be resolved")

    def test_name_servers_that_do_not_answer(self, monkeypatch):
        over = Event()
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: over.wait(30) and [])
        monkeypatch.setattr(address, "RESOLVE_SECONDS", 0.05)
        got = once("http://peer.invalid/x", body=b"{}")
        over.set()
        assert got == NoAnswer(Failure.CONNECT, sent=False, detail="no connection in time")

    def test_a_label_that_is_too_long(self):
        got = once(f"http://{'a' * 64}.example/x", body=b"{}")
        assert isinstance(got, NoAnswer)

    def test_a_connection_that_is_never_accepted(self):
        with socket.socket() as listener, socket.socket() as waiting:
            listener.bind(("127.0.0.1", 0))
            listener.listen(0)
            waiting.connect(listener.getsockname())
            url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            got = once(url, body=b"{}", limits=Limits(connect=0.2))
        assert got == NoAnswer(Failure.CONNECT, sent=False, detail="no connection in time")

    def test_a_certificate_that_nobody_trusts(self, tls):
        with Peer(tls) as peer:
            got = once(peer.url + "/x", body=b"{}")
        assert got == NoAnswer(
            Failure.TLS, sent=False, detail="its certificate is not trusted: self-signed certificate"
        )
        assert peer.journal == []

    def test_a_certificate_for_another_name(self, tls, certificate):
        with Peer(tls) as peer:
            route = Route("purgectl/test", ca_file=str(certificate))
            got = once(f"https://localhost:{peer.port}/x", body=b"{}", route=route)
        assert (got.failure, got.sent) == (Failure.TLS, False)
        assert "Hostname mismatch" in got.detail

    def test_a_server_that_does_not_speak_tls(self, peer):
        got = once(peer.url.replace("http:", "https:"), body=b"{}")
        assert (got.failure, got.sent) == (Failure.TLS, False)
        assert peer.journal == []

    def test_a_proxy_that_refuses_to_connect(self, peer):
        peer.plays(answer(407, b"hunter2"))
        route = Route("purgectl/test", proxy=f"http://user:hunter2@127.0.0.1:{peer.port}")
        got = once("https://api.mypurecloud.com/x", body=b"{}", route=route)
        assert (got.failure, got.sent) == (Failure.CONNECT, False)
        assert peer.journal[0].method == "CONNECT"
        assert "hunter2" not in got.detail + repr(route)

    def test_a_file_of_authorities_that_holds_none(self, tmp_path, tls):
        rubbish = tmp_path / "ca.pem"
        rubbish.write_text("no certificates here")
        with Peer(tls) as peer:
            got = once(peer.url, body=b"{}", route=Route("purgectl/test", ca_file=str(rubbish)))
        assert (got.failure, got.sent) == (Failure.TLS, False)


class TestItMayHaveArrived:
    @pytest.mark.parametrize(
        ("script", "failure"),
        [
            (reset, Failure.CUT),
            (then_close(b""), Failure.CUT),
            (then_close(b"HTTP/1.1"), Failure.CUT),
            (raw(b"SSH-2.0-OpenSSH_9.6\r\n"), Failure.CUT),
            (then_close(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 500), Failure.CUT),
            (raw(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000 + b"\r\n"), Failure.CUT),
            (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 5, 7\r\n\r\nhello"), Failure.CUT),
        ],
    )
    def test_the_request_arrived_once_and_nothing_is_resent(self, peer, script, failure):
        peer.plays(script)
        got = once(peer.url + "/x", body=b"{}")
        assert (got.failure, got.sent) == (failure, True)
        assert peer.count("POST", "/x") == 1

    def test_no_answer_at_all(self, peer):
        peer.plays(hang)
        got = once(peer.url + "/x", body=b"{}", limits=HURRIED)
        assert got == NoAnswer(Failure.TIMEOUT, sent=True, detail="no answer in time")
        assert peer.count("POST", "/x") == 1

    def test_a_status_line_that_drips_ends_with_the_deadline(self, peer):
        peer.plays(drip(b"HTTP/1.1 ", b"2"))
        got = once(peer.url + "/x", body=b"{}", limits=SHORT)
        assert got == NoAnswer(Failure.TIMEOUT, sent=True, detail="no answer in time")
        assert peer.count("POST", "/x") == 1

    def test_the_deadline_holds_over_tls_and_on_a_kept_connection(self, tls, certificate):
        with Peer(tls) as peer, wire_to(SHORT, Route("purgectl/test", ca_file=str(certificate))) as wire:
            peer.plays(answer(200, {}), drip(b"HTTP/1.1 ", b"2"))
            assert wire.exchange("GET", peer.url, headers={}, body=None).body == b"{}"
            got = wire.exchange("GET", peer.url, headers={}, body=None)
        assert (got.failure, got.sent) == (Failure.TIMEOUT, True)


class TestAnAnswerThatIsNotWhole:
    HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"

    def test_headers_that_drip(self, peer):
        peer.plays(drip(b"HTTP/1.1 200 OK\r\nX: ", b"y"))
        assert once(peer.url, limits=SHORT) == Answer(200, shortfall=Failure.TIMEOUT)

    def test_cut_off(self, peer):
        peer.plays(then_close(self.HEAD + b"half"))
        assert once(peer.url) == Answer(200, b"half", shortfall=Failure.CUT)

    def test_cut_off_between_chunks(self, peer):
        peer.plays(then_close(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"))
        assert once(peer.url).shortfall is Failure.CUT

    def test_chunks_that_are_none(self, peer):
        peer.plays(then_close(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhalf\r\n"))
        assert once(peer.url).shortfall is Failure.CUT

    def test_late(self, peer):
        peer.plays(raw(self.HEAD + b"half"))
        assert once(peer.url, limits=HURRIED).shortfall is Failure.TIMEOUT

    def test_dripping(self, peer):
        peer.plays(drip(b"HTTP/1.1 200 OK\r\n\r\n", b"y"))
        got = once(peer.url, limits=SHORT)
        assert (got.status, got.shortfall) == (200, Failure.TIMEOUT)

    def test_too_large_and_exactly_large_enough(self, peer):
        limits = Limits(size=1000)
        endless = drip(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 400)
        peer.plays(answer(200, b"x" * 1000), answer(200, b"x" * 1001), endless)
        assert once(peer.url, limits=limits) == Answer(200, b"x" * 1000)
        assert once(peer.url, limits=limits) == Answer(200, b"x" * 1000, shortfall=Failure.TOO_LARGE)
        assert once(peer.url, limits=limits) == Answer(200, b"x" * 1000, shortfall=Failure.TOO_LARGE)

    def test_a_compressed_body_is_not_unpacked(self, peer):
        peer.plays(answer(200, b"\x1f\x8b\x08", Content_Encoding="gzip"))
        assert once(peer.url).body == b"\x1f\x8b\x08"


def test_a_trusted_certificate_is_spoken_to(tls, certificate):
    with Peer(tls) as peer:
        peer.plays(answer(200, {"ok": True}))
        got = once(peer.url, route=Route("purgectl/test", ca_file=str(certificate)))
    assert got == Answer(200, b'{"ok": true}')


@pytest.mark.parametrize(
    "fields", [{"proxy": "socks5://127.0.0.1:1"}, {"proxy": "proxy.example"}, {"ca_file": "/nowhere/ca.pem"}]
)
def test_a_route_that_no_request_could_take(fields):
    with pytest.raises(UsageError):
        Route("purgectl/test", **fields)
