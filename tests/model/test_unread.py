"""Something that could not be read stands in the place of a value, with what lets somebody read it."""

import pytest

from runner.errors import Interrupted, RemoteFailure
from runner.model.unread import Unread, attempt


def fails(hint=""):
    def ask():
        raise RemoteFailure("nobody answered", hint=hint)

    return ask


def test_what_is_read_is_the_value_itself():
    assert attempt(lambda: 7) == 7
    assert attempt(lambda: None) is None


@pytest.mark.parametrize(
    ("hint", "needs", "told"),
    [
        ("look at the network", "", "look at the network"),
        ("look at the network", "Actions: read", "Actions: read"),
        ("", "", "run it again later"),
    ],
)
def test_what_cannot_be_read_says_why_and_what_would_help(hint, needs, told):
    assert attempt(fails(hint), needs) == Unread("nobody answered", told)


def test_an_end_that_somebody_asked_for_stays_one():
    def ask():
        raise Interrupted("asked to stop")

    with pytest.raises(Interrupted):
        attempt(ask)
