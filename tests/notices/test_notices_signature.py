"""Standard Webhooks v1: known answers from outside, and secrets that are none."""

import hashlib
import hmac
import json
from base64 import b64decode, b64encode
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.errors import UsageError
from runner.notices.signature import Secret


def test_the_known_answer_of_the_standards_own_tests():
    secret = Secret.parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "governance")
    signature = secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@given(st.binary(min_size=24, max_size=64), st.from_regex(r"[A-Za-z0-9_-]{1,128}", fullmatch=True),
       st.integers(0, 2**40), st.binary())  # fmt: skip
def test_any_signature_is_the_hmac_of_id_timestamp_and_body(key, webhook_id, timestamp, body):
    secret = Secret.parse("whsec_" + b64encode(key).decode(), "governance")
    version, value = secret.sign(webhook_id, timestamp, body).split(",")
    expected = hmac.new(key, f"{webhook_id}.{timestamp}.".encode() + body, hashlib.sha256)
    assert version == "v1"
    assert b64decode(value) == expected.digest()


@pytest.mark.parametrize(
    "text",
    [
        "", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsek_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_" + b64encode(b"k" * 23).decode(), "whsec_" + b64encode(b"k" * 65).decode(),
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa!!",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2La_aSw", "whsec_ä" * 8,
    ],
)  # fmt: skip
def test_a_secret_that_is_none_is_refused_and_not_quoted(text):
    with pytest.raises(UsageError) as caught:
        Secret.parse(text, "governance")
    assert "endpoint governance" in caught.value.message
    assert "openssl rand" in caught.value.hint
    assert "MfKQ" not in caught.value.message + caught.value.where + caught.value.hint


@pytest.mark.parametrize("webhook_id", ["", "a.b", "a b", "a\nb", "ä", "x" * 129])
def test_an_id_that_could_move_the_dots_is_refused(webhook_id):
    with pytest.raises(ValueError, match="webhook id"):
        Secret(b"k" * 32).sign(webhook_id, 1, b"")


def test_the_key_is_in_no_repr():
    assert "kkkk" not in repr(Secret(b"k" * 32))


def test_the_recorded_example_of_our_own_notice():
    shared = Path(__file__).resolve().parents[2].parent / "shared" / "vectors" / "cloudevents"
    bodies = [path for path in shared.glob("*.json") if _is_example(path)] if shared.is_dir() else []
    if not bodies:
        pytest.skip("the example notice is not among the shared vectors")
    secret = Secret.parse("whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=", "governance")
    signature = secret.sign("10ef9ec2-ba42-58ca-bcaf-187444bec709", 1795146120, bodies[0].read_bytes())
    assert signature == "v1,MUxgw1gynZHH+2w0kCyS/4fTLJy/GTj4V6UQytZol5I="


def _is_example(path):
    return hashlib.sha256(path.read_bytes()).hexdigest().startswith("8b0ecbb933cc8529") and json.loads(path.read_bytes())
