"""Standard Webhooks v1: known answers from outside, and secrets that are none."""

import hashlib
import hmac
from base64 import b64decode, b64encode

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from runner.errors import UsageError
from runner.notices.signature import Secret


def test_the_known_answer_of_the_standards_own_tests():
    secret = Secret.parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "governance")
    signature = secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


RUNNER = {
    "commit": "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    "repo": "acme/purge-policies",
    "run_attempt": 1,
    "run_id": "19441234567",
    "workflow": ".github/workflows/purge.yml",
}
RECORD = {
    "at": "2026-11-20T03:41:50Z",
    "counts": {"deleted": 1481, "failed": 0, "matched": 1482, "skipped_hold": 1},
    "evidence": {"response_sha256": "50d858e0985ecc7f60418aaf0cc5ab587f42c2570a884095a9e8ccacd0f6545c"},
    "id": "10ef9ec2-ba42-58ca-bcaf-187444bec709",
    "intent": 1,
    "job": {"id": "f3b6c6a0-2f3e-4a54-9d0e-1c2d3e4f5a6b"},
    "outcome": "completed",
    "purge_id": "67f33c6b-1015-598e-9fe1-d130bfe0a57c",
    "runner": RUNNER,
    "type": "purge.completed",
    "v": 1,
}
PROOF = """c2sp.org/tlog-proof@v1
index 3
0HhsbaYBEgoSnPw8Zq+wq53cGU8CsZIoURyW6CemRdY=
7X2mdaxJuFhiHWRu4eHf3b4AcSufvm3YfHTIuv/+zm4=

audit.example.com/acme/purge-policies
4
nRStI5N8mlnPDzp8rbt+Z8GWm58WNbv9m8UrCyvpqPk=

— audit.example.com/acme/purge-policies \
JwU8pMPWGWPIx3GQoFqHpukIVKuOQ77Sngs8KpwRGKLIBsstkjJd/jbpP9siWnhnQ8n6P1vRvmyIII00uwfcpqao6gQ=
"""
CONSISTENCY = [
    "0HhsbaYBEgoSnPw8Zq+wq53cGU8CsZIoURyW6CemRdY=",
    "IAq4OmJ+SKQzmDDJR+snA9maZ2aNUcYHRKMu4hf7m6Y=",
    "7X2mdaxJuFhiHWRu4eHf3b4AcSufvm3YfHTIuv/+zm4=",
]
NOTICE = {
    "data": {
        "consistency": {"hashes": CONSISTENCY, "old_size": 3},
        "index": 3,
        "proof": PROOF,
        "record": RECORD,
    },
    "datacontenttype": "application/json",
    "id": "10ef9ec2-ba42-58ca-bcaf-187444bec709",
    "source": "https://audit.example.com/acme/purge-policies",
    "specversion": "1.0",
    "subject": "67f33c6b-1015-598e-9fe1-d130bfe0a57c",
    "time": "2026-11-20T03:41:50Z",
    "type": "com.example.purge.completed.v1",
}


def test_the_known_answer_of_the_format_note():
    body = rfc8785.dumps(NOTICE)
    assert len(body) == 1430
    assert hashlib.sha256(body).hexdigest().startswith("8b0ecbb933cc852902864c08b75c29c5")
    secret = Secret.parse("whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=", "governance")
    signature = secret.sign("10ef9ec2-ba42-58ca-bcaf-187444bec709", 1795146120, body)
    assert signature == "v1,MUxgw1gynZHH+2w0kCyS/4fTLJy/GTj4V6UQytZol5I="


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
