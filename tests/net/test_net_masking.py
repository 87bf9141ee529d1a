import json
from base64 import b64encode
from urllib.parse import quote, quote_plus

from hypothesis import given
from hypothesis import strategies as st

from runner.model.text import hidden
from runner.net.masking import MASK, mask, quotable

SECRET = "s3cr3t/with+signs &c."


def test_a_secret_is_masked_in_every_form_that_a_server_may_echo():
    encoded = quote_plus(SECRET)
    for form in (SECRET, SECRET.upper(), quote(SECRET, safe=""), encoded, encoded.lower()):
        assert mask(f"before {form} after", [SECRET]) == f"before {MASK} after"
    awkward = 'a "quoted"\\ söcret'
    assert mask(json.dumps({"k": awkward}), [awkward]) == json.dumps({"k": MASK})


def test_the_longer_of_two_secrets_goes_whole():
    assert mask("abcdef abc", ["abc", "abcdef"]) == f"{MASK} {MASK}"


def test_without_secrets_nothing_changes():
    assert mask("as it is", []) == "as it is"
    assert mask("as it is", [""]) == "as it is"


@given(
    st.text(max_size=100),
    st.text("ABCDEFGH0123456789+/=-_", min_size=8, max_size=40),
    st.text(max_size=700),
)
def test_no_quotable_text_holds_a_secret_or_steers_a_terminal(before, secret, after):
    basic = b64encode(f"client:{secret}".encode()).decode()
    shown = quotable(before + secret + after + basic, (secret, basic))
    assert secret not in shown
    assert basic not in shown
    assert len(shown) <= 500
    assert not any(hidden(character) for character in shown)


def test_a_cut_leaves_no_half_of_a_secret():
    shown = quotable("x" * 490 + "topsecrettopsecret", ["topsecrettopsecret"])
    assert "top" not in shown
