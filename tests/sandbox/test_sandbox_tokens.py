"""Access tokens: who gets one, how long it lives, what it opens."""

import pytest

from runner.errors import UsageError
from runner.sandbox.problems import ApiError
from runner.sandbox.settings import READ_ONLY_CLIENT, READ_SCOPE, WRITE_SCOPE, Settings
from runner.sandbox.tokens import Tokens

SETTINGS = Settings(client_id="runner", client_secret="correct horse")


class Moment:
    """A clock that stands still."""

    def __init__(self):
        self.seconds = 1000.0

    def __call__(self):
        return self.seconds


@pytest.fixture
def clock():
    return Moment()


@pytest.fixture
def tokens(clock):
    return Tokens(SETTINGS.clients(), 60, clock)


def refusal(tokens, token, scope):
    with pytest.raises(ApiError) as caught:
        tokens.check(token, scope)
    return caught.value.status, caught.value.code


def test_a_token_opens_until_it_expires(tokens, clock):
    token, client = tokens.issue("runner", "correct horse")
    assert client.scopes == (WRITE_SCOPE, READ_SCOPE)
    clock.seconds += 59
    tokens.check(token, WRITE_SCOPE)
    clock.seconds += 1
    assert refusal(tokens, token, WRITE_SCOPE) == (401, "bad.credentials")


@pytest.mark.parametrize(
    "pair", [("runner", "wrong"), ("nobody", "correct horse"), ("", ""), ("runner", "\ud800")]
)
def test_a_wrong_id_or_secret_gets_nothing(tokens, pair):
    assert tokens.issue(*pair) is None


@pytest.mark.parametrize("token", [None, ""])
def test_a_call_without_a_token_is_refused(tokens, token):
    assert refusal(tokens, token, READ_SCOPE) == (401, "authentication.required")


def test_an_invented_token_is_refused(tokens):
    assert refusal(tokens, "invented", READ_SCOPE) == (401, "bad.credentials")


def test_the_reader_may_read_and_not_purge(tokens):
    token, _ = tokens.issue(READ_ONLY_CLIENT, "correct horse")
    tokens.check(token, READ_SCOPE)
    assert refusal(tokens, token, WRITE_SCOPE) == (403, "app.not.authorized.for.scope")


def test_a_voided_token_is_dead_and_others_live(tokens):
    first, _ = tokens.issue("runner", "correct horse")
    second, _ = tokens.issue("runner", "correct horse")
    tokens.void(first)
    assert refusal(tokens, first, READ_SCOPE)[0] == 401
    tokens.check(second, READ_SCOPE)


def test_no_secret_is_in_a_repr():
    shown = repr(SETTINGS) + repr(SETTINGS.clients())
    assert "correct horse" not in shown
    assert "whsec_" not in shown


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_%%%", "whsec_c2hvcnQ=", "c2hvcnQ=" * 5, "whsec_ä"])
def test_a_webhook_secret_of_another_form_is_refused(secret):
    with pytest.raises(UsageError, match="whsec_"):
        Settings(webhook_secret=secret).webhook_key()
