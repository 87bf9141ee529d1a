"""Access tokens: asked for once, kept, renewed in time, and never shown."""

from base64 import b64encode
from datetime import timedelta
from urllib.parse import parse_qs

import pytest
from genesys_platform import SECRET, make_policy, token
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.faketime import START
from support.httppeer import answer

from runner.errors import PurgectlError, Refused, RemoteFailure, RetryLater
from runner.genesys.token import AuthStyle, ClientCredentials
from runner.net.retry import Effect

PATH = "/oauth/token"
BASIC = "Basic " + b64encode(f"client:{SECRET}".encode()).decode()
UNKNOWN_CLIENT = answer(400, {"error": "invalid_client", "error_description": "client authentication failed"})
THROTTLED = answer(400, {"error": "invalid_request", "error_description": "rate limit exceeded; try later"})


def asked(platform):
    return platform.peer.count("POST", PATH)


def test_the_first_question_is_the_articles(platform):
    platform.peer.plays(token())
    platform.reader().connect()
    (seen,) = platform.peer.journal
    assert (seen.method, seen.path) == ("POST", PATH)
    assert seen.headers["content-type"] == "application/x-www-form-urlencoded"
    assert parse_qs(seen.body.decode()) == {
        "grant_type": ["client_credentials"], "client_id": ["client"], "client_secret": [SECRET],
    }  # fmt: skip
    assert "authorization" not in seen.headers


def test_a_token_is_kept_until_a_minute_before_its_end(platform):
    platform.peer.plays(token(expires_in=300), token("second"))
    reader = platform.reader()
    for elapsed, questions in [(0, 1), (239, 1), (240, 2), (1000, 2)]:
        platform.time.elapsed = elapsed
        reader.connect()
        assert asked(platform) == questions


def test_without_an_end_a_token_is_kept_for_the_shortest_lifetime_there_is(platform):
    platform.peer.plays(answer(200, {"access_token": "a"}), answer(200, {"access_token": "b"}))
    reader = platform.reader()
    for elapsed, questions in [(0, 1), (239, 1), (240, 2)]:
        platform.time.elapsed = elapsed
        reader.connect()
        assert asked(platform) == questions


@pytest.mark.parametrize("refusal", [
    UNKNOWN_CLIENT,
    answer(401),
    answer(401, {"error": "unauthorized"}),
    answer(400, {"error": "unauthorized_client", "description": "use Basic"}),
])  # fmt: skip
def test_basic_is_tried_where_the_form_is_not_taken_and_then_kept(platform, refusal):
    platform.peer.plays(refusal, token(expires_in=300), token())
    reader = platform.reader()
    reader.connect()
    platform.time.elapsed = 1000
    reader.connect()
    form, basic, later = platform.peer.journal
    assert "authorization" not in form.headers
    assert basic.headers["authorization"] == later.headers["authorization"] == BASIC
    assert basic.body == later.body == b"grant_type=client_credentials"


@pytest.mark.parametrize(("style", "authorization"), [(AuthStyle.BASIC, BASIC), (AuthStyle.FORM, None)])
def test_the_style_can_be_set(platform, style, authorization):
    platform.peer.plays(UNKNOWN_CLIENT)
    with pytest.raises(RemoteFailure):
        platform.connection(auth_style=style).server_time()
    assert [seen.headers.get("authorization") for seen in platform.peer.journal] == [authorization]


def test_a_wrong_secret_is_told_in_plain_words(platform):
    platform.peer.plays(UNKNOWN_CLIENT, UNKNOWN_CLIENT)
    with pytest.raises(RemoteFailure) as caught:
        platform.reader().connect()
    assert "does not accept this client id and secret: HTTP 400: client authentication failed" in str(
        caught.value
    )
    assert caught.value.where == platform.peer.url + PATH
    assert "GENESYS_CLOUD_CLIENT_SECRET" in caught.value.hint


def test_throttling_is_a_400_here_and_is_waited_for(platform):
    platform.peer.plays(THROTTLED, token())
    platform.reader().connect()
    assert platform.time.slept == [1.0]


def test_throttling_without_end(platform):
    platform.peer.plays(*[THROTTLED] * 6)
    with pytest.raises(RemoteFailure, match="after 5 tries") as caught:
        platform.reader().connect()
    assert type(caught.value) is RemoteFailure
    assert asked(platform) == 5


def test_throttling_for_longer_than_a_run_may_sleep(platform):
    body = {"error": "invalid_request", "error_description": "Rate limit exceeded"}
    platform.peer.plays(answer(400, body, Retry_After="900"))
    with pytest.raises(RetryLater) as caught:
        platform.reader().connect()
    assert caught.value.not_before == START + timedelta(seconds=900)


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        (answer(200, {"token_type": "Bearer"}), "sent no access_token: HTTP 200"),
        (answer(200, {"access_token": ""}), "sent no access_token"),
        (answer(200, {"access_token": 7}), "sent no access_token"),
        (answer(200, {"access_token": "a\r\nX-Evil: 1"}), "sent no access_token"),
        (answer(200, {"access_token": "ä"}), "sent no access_token"),
        (answer(200, b"<html>"), "is not JSON: line 1, column 1"),
        (answer(200, b"[" * 100_000), "is nested too deeply"),
        (
            answer(200, {"access_token": "abc", "expires_in": "soon"}),
            "an expires_in that is no number of seconds",
        ),
        (
            answer(200, {"access_token": "abc", "expires_in": True}),
            "an expires_in that is no number of seconds",
        ),
        (answer(200, {"access_token": "abc", "expires_in": 0}), "an expires_in that is no number of seconds"),
        (answer(404), "the token endpoint refused: HTTP 404"),
        (answer(302, Location="/login"), "the token endpoint refused: HTTP 302"),
        (answer(400, {"error": "unsupported_grant_type"}), "refused: HTTP 400: unsupported_grant_type"),
    ],
)
def test_an_answer_without_a_usable_token(platform, script, sentence):
    platform.peer.plays(script)
    with pytest.raises(RemoteFailure) as caught:
        platform.reader().connect()
    assert sentence in caught.value.message
    assert asked(platform) == 1


@pytest.mark.parametrize(
    ("allows", "scope", "missing"),
    [
        (Effect.SAFE, "purge:write", "purge:read"),
        (Effect.IRREVERSIBLE, "purge:read", "purge:write"),
        (Effect.IRREVERSIBLE, "purge:reads xpurge:write", "purge:read purge:write"),
        (Effect.SAFE, "", "purge:read"),
        (Effect.SAFE, ["purge:read"], "purge:read"),
    ],
)
def test_a_missing_scope_is_named_with_the_place_to_add_it(platform, allows, scope, missing):
    platform.peer.plays(token(scope=scope))
    with pytest.raises(Refused) as caught:
        platform.connection(allows=allows).server_time()
    assert caught.value.message.endswith(f"lacks the scope {missing}")
    assert "admin console" in caught.value.hint
    assert f"add {missing} " in caught.value.hint


def test_scopes_that_suffice_or_that_the_platform_does_not_have(platform):
    platform.peer.plays(token(scope="other purge:write purge:read"), token())
    platform.connection().server_time()
    platform.connection().server_time()


def test_a_token_that_was_refused_is_replaced_once(platform):
    platform.peer.plays(token("old"), answer(401), token("new"), answer(200, {"total": 3}))
    assert platform.reader().survey(make_policy()).count == 3
    assert [seen.headers.get("authorization") for seen in platform.peer.journal] == [
        None, "Bearer old", None, "Bearer new",
    ]  # fmt: skip


def test_the_secret_is_in_no_repr():
    assert SECRET not in repr(ClientCredentials("client", SECRET))


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    status=st.sampled_from([200, 302, 400, 401, 403, 404]),
    key=st.sampled_from(["error", "error_description", "description", "message", "scope", "expires_in"]),
    echo=st.sampled_from([SECRET, BASIC, BASIC.removeprefix("Basic "), "the-token", SECRET.upper()]),
    before=st.text(max_size=600),
)
def test_an_endpoint_that_echoes_everything_gives_nothing_away(platform, status, key, echo, before):
    platform.peer.scripts.clear()
    body = {"access_token": "the-token", key: f"{before}{echo}"}
    platform.peer.plays(*[answer(status, body, ININ_Correlation_Id=echo.replace(" ", ""))] * 2)
    shown = list(platform.said)
    try:
        platform.connection().server_time()
    except PurgectlError as error:
        shown += [str(error), repr(error), error.where, error.hint]
    for text in shown:
        assert SECRET not in text.lower()
        assert BASIC.removeprefix("Basic ") not in text
        assert "the-token" not in text or status != 200
