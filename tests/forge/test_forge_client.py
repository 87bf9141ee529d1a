"""What GitHub, or whoever answers in its place, may say; and where its token goes."""

import json

import pytest
from support.faketime import FakeTime, highest
from support.httppeer import Peer, answer, reset

from runner.errors import RemoteFailure, RetryLater, UsageError
from runner.forge.answers import number, text
from runner.forge.client import API_VERSION, GitHub
from runner.net.connection import Route
from runner.net.transport import Setting
from runner.net.wire import Limits

TOKEN = "ghs_aVerySecretToken"
SIZE = 50_000


@pytest.fixture
def peer():
    with Peer() as opened:
        yield opened


@pytest.fixture
def clock():
    return FakeTime()


@pytest.fixture
def github(peer, clock):
    setting = Setting(clock, highest, Route("purgectl/test"), Limits(size=SIZE))
    opened = GitHub(peer.url + "/api/v3", TOKEN, setting, sandbox=True)
    yield opened
    opened.close()


def numbered(value):
    return number(value, "id")


def linked(peer, path, relation='rel="next"'):
    return {"Link": f"<{peer.url}{path}>; {relation}"}


def test_every_request_names_its_version_and_carries_the_token(peer, github):
    peer.plays(answer(200, {"id": 7}))
    assert github.one("/repos/a/b", numbered) == 7
    (seen,) = peer.journal
    assert (seen.method, seen.path) == ("GET", "/api/v3/repos/a/b")
    assert seen.headers["x-github-api-version"] == API_VERSION
    assert seen.headers["accept"] == "application/vnd.github+json"
    assert seen.headers["authorization"] == f"Bearer {TOKEN}"


def test_a_list_is_read_to_its_end_wherever_the_forge_says_that_it_goes_on(peer, github):
    peer.plays(
        answer(200, [{"id": 1}, {"id": 2}], **linked(peer, "/repositories/9/x?after=Y3Vyc29y")),
        answer(200, [], **linked(peer, "/repositories/9/x?after=bW9yZQ", 'rel="next", <x>; rel="last"')),
        answer(200, [{"id": 3}], **linked(peer, "/", 'rel="first"')),
    )
    assert github.all("/repos/a/b/x", numbered, 3) == (1, 2, 3)
    assert [seen.path for seen in peer.journal] == [
        "/api/v3/repos/a/b/x?per_page=100",
        "/repositories/9/x?after=Y3Vyc29y",
        "/repositories/9/x?after=bW9yZQ",
    ]


NONSENSE = {
    "HTML": b"<html>Please log in</html>",
    "nothing": b"",
    "no UTF-8": b'{"id": "\xff"}',
    "a text for a number": b'{"id": "7"}',
    "true for a number": b'{"id": true}',
    "a negative number": b'{"id": -1}',
    "a number that readers disagree about": b'{"id": 9007199254740993}',
    "a number of a thousand digits": b'{"id": ' + b"9" * 1000 + b"}",
    "a decimal": b'{"id": 7.0}',
    "a key twice": b'{"id": 7, "id": 8}',
    "no key": b"{}",
    "a list": b"[]",
    "null": b"null",
    "endless nesting": b"[" * 40_000,
    "not a number": b'{"id": NaN}',
}


@pytest.mark.parametrize("body", NONSENSE.values(), ids=NONSENSE)
def test_an_answer_that_cannot_be_understood_is_a_failure_that_quotes_nothing(peer, github, body):
    peer.plays(answer(200, body))
    with pytest.raises(RemoteFailure, match="the answer to GET /api/v3/x") as caught:
        github.one("/x", numbered)
    assert "GITHUB_API_URL" in caught.value.hint
    assert caught.value.message.isprintable()


@pytest.mark.parametrize(
    "body", [{"message": "no list"}, "text", [1], [{"id": 1}, None], [[{"id": 1}]], [{"id": 1}, {}]]
)
def test_a_list_that_is_none_is_a_failure(peer, github, body):
    peer.plays(answer(200, body))
    with pytest.raises(RemoteFailure, match="the answer to GET"):
        github.all("/x", numbered, 10)


@pytest.mark.parametrize(
    ("status", "hint"), [(401, "TOKEN"), (403, "read"), (404, "REPOSITORY"), (301, "status")]
)
def test_a_refusal_says_what_to_do_and_is_not_tried_again(peer, github, status, hint):
    peer.plays(answer(status, {"message": f"no \x1b[2J::error::{TOKEN}"}, Location="https://evil.example"))
    with pytest.raises(RemoteFailure, match=f"HTTP {status}") as caught:
        github.one("/x", numbered)
    assert hint in caught.value.hint
    assert TOKEN not in caught.value.message
    assert caught.value.message.isprintable()
    assert len(peer.journal) == 1


def test_a_success_without_a_body_to_read_is_no_success(peer, github):
    peer.plays(answer(204))
    with pytest.raises(RemoteFailure, match="HTTP 204"):
        github.one("/x", numbered)


def test_a_server_that_fails_is_asked_again_and_then_given_up(peer, github, clock):
    peer.plays(answer(500), reset, answer(200, {"id": 7}), *[answer(502)] * 5)
    assert github.one("/x", numbered) == 7
    with pytest.raises(RemoteFailure, match="HTTP 502"):
        github.one("/x", numbered)
    assert len(peer.journal) == 8
    assert clock.slept


@pytest.mark.parametrize("status", [403, 429])
def test_a_rate_limit_is_waited_for_and_a_long_one_puts_the_run_off(peer, github, clock, status):
    peer.plays(answer(status, {"message": "slow down"}, Retry_After="7"), answer(200, {"id": 7}))
    assert github.one("/x", numbered) == 7
    assert 7 <= sum(clock.slept) <= 8
    peer.plays(answer(status, {"message": "slow down"}, Retry_After="3600"))
    with pytest.raises(RetryLater):
        github.one("/x", numbered)


def test_an_answer_of_any_size_is_read_only_so_far(peer, github):
    peer.plays(answer(200, json.dumps([{"id": 1, "patch": "x" * SIZE}]).encode()))
    with pytest.raises(RemoteFailure, match="too-large"):
        github.all("/x", numbered, 10)


def test_a_list_longer_than_its_bound_is_a_failure(peer, github):
    peer.plays(answer(200, [{"id": 1}] * 2, **linked(peer, "/x?page=2")), answer(200, [{"id": 1}] * 2))
    with pytest.raises(RemoteFailure, match="list of more than 3"):
        github.all("/x", numbered, 3)


def test_pages_that_lead_in_a_circle_come_to_an_end(peer, github):
    peer.plays(*[answer(200, [], **linked(peer, "/x?page=2"))] * 200)
    with pytest.raises(RemoteFailure, match="does not end"):
        github.all("/x", numbered, 10)
    assert len(peer.journal) == 100


ELSEWHERE = {
    "another host": '<https://evil.example/x>; rel="next"',
    "a host that begins alike": '<{url}.evil.example/x>; rel="next"',
    "a user in the address": '<{url}@evil.example/x>; rel="next"',
    "a path alone": '</x?page=2>; rel="next"',
    "a form that nobody reads": "<{url}/x?page=2>; rel=next",
    "a next one among many": '<{url}/x?page=2>; title="a"; rel="prev next"',
}


@pytest.mark.parametrize("link", ELSEWHERE.values(), ids=ELSEWHERE)
def test_a_list_that_goes_on_elsewhere_is_not_taken_for_whole_and_the_token_stays_here(peer, github, link):
    peer.plays(answer(200, [{"id": 1}], Link=link.format(url=peer.url)))
    with pytest.raises(RemoteFailure, match="not GitHub's"):
        github.all("/x", numbered, 10)
    assert len(peer.journal) == 1


def test_an_answer_without_a_date_tells_no_time(peer, github):
    peer.plays(answer(200, {"id": "x"}))
    assert github.one("/x", lambda value: text(value, "id")) == "x"
    with pytest.raises(RemoteFailure, match="no date"):
        github.now()


def made(url, **options):
    setting = Setting(FakeTime(), highest, Route("purgectl/test"))
    GitHub(url, TOKEN, setting, **options).close()


@pytest.mark.parametrize(
    "url", ["https://api.github.com", "https://API.github.com/", "https://api.github.com:443"]
)
def test_the_token_may_go_to_github(url):
    made(url)


def test_the_token_may_go_to_a_host_that_the_command_line_names():
    made("https://forge.example/api/v3", allow_host=("Forge.example",))


@pytest.mark.parametrize("sandbox", [False, True])
@pytest.mark.parametrize(
    "url",
    [
        "",
        "api.github.com",
        "http://api.github.com",
        "https://api.github.com.evil.example",
        "https://user:password@api.github.com",
        "https://api.github.com?x=1",
        "https://api.github.com#x",
        "https://forge.example/api/v3",
        "http://forge.example",
        "file:///etc/passwd",
    ],
)
def test_the_token_goes_nowhere_else(url, sandbox):
    with pytest.raises(UsageError, match="GITHUB_API_URL") as caught:
        made(url, sandbox=sandbox)
    assert "password" not in caught.value.message + caught.value.hint


def test_http_on_loopback_is_for_a_sandbox_alone():
    made("http://127.0.0.1:8080", sandbox=True)
    with pytest.raises(UsageError, match="not https"):
        made("http://127.0.0.1:8080")
