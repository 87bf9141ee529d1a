"""The governance system believes a signature, and keeps a notice once."""

import hmac
from base64 import b64decode, b64encode
from hashlib import sha256

import pytest

from runner.sandbox.governance import TOLERANCE, Receiver, Seal
from runner.sandbox.problems import ApiError

KEY = b"k" * 32
NOW = 1_800_000_000
BODY = b'{"specversion": "1.0", "id": "a"}'


def seal(body=BODY, webhook_id="msg_1", timestamp=NOW, key=KEY):
    signed = f"{webhook_id}.{timestamp}.".encode() + body
    signature = b64encode(hmac.digest(key, signed, sha256)).decode()
    return Seal(webhook_id, str(timestamp), f"v1,{signature}")


@pytest.fixture
def receiver():
    return Receiver(KEY, lambda: NOW)


def refusal(receiver, sealed, body=BODY):
    with pytest.raises(ApiError) as caught:
        receiver.receive("governance", sealed, body)
    assert receiver.notices() == []
    return caught.value.status, caught.value.message


def test_the_example_of_the_standard_verifies():
    """The known answer of the Standard Webhooks reference libraries."""
    key = b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    body = b'{"test": 2432232314}'
    sealed = Seal(
        "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )
    assert Receiver(key, lambda: 1614265330).receive("governance", sealed, body)


def test_a_signed_notice_is_kept(receiver):
    assert receiver.receive("governance", seal(), BODY)
    assert receiver.notices() == [
        {
            "endpoint": "governance",
            "id": "msg_1",
            "times": [NOW * 1000],
            "body": {"specversion": "1.0", "id": "a"},
        }
    ]


def test_a_second_delivery_is_noted_and_not_kept_twice(receiver):
    assert receiver.receive("governance", seal(), BODY)
    assert not receiver.receive("governance", seal(timestamp=NOW + 5), BODY)
    (notice,) = receiver.notices()
    assert len(notice["times"]) == 2


def test_the_same_id_at_another_endpoint_is_another_notice(receiver):
    assert receiver.receive("governance", seal(), BODY)
    assert receiver.receive("archive", seal(), BODY)
    assert len(receiver.notices()) == 2


def test_another_body_under_a_known_id_is_a_conflict(receiver):
    receiver.receive("governance", seal(), BODY)
    with pytest.raises(ApiError) as caught:
        receiver.receive("governance", seal(b"{}"), b"{}")
    assert caught.value.status == 409
    assert len(receiver.notices()) == 1


@pytest.mark.parametrize("drift", [-TOLERANCE, 0, TOLERANCE])
def test_a_clock_within_the_tolerance_is_fine(receiver, drift):
    assert receiver.receive("governance", seal(timestamp=NOW + drift), BODY)


@pytest.mark.parametrize("drift", [-TOLERANCE - 1, TOLERANCE + 1])
def test_a_clock_outside_the_tolerance_is_refused(receiver, drift):
    status, message = refusal(receiver, seal(timestamp=NOW + drift))
    assert status == 401
    assert "webhook-timestamp" in message


def test_one_valid_signature_among_several_is_enough(receiver):
    good = seal().signature
    assert receiver.receive("governance", Seal("msg_1", str(NOW), f"v1,AAAA v1a,xyz {good}"), BODY)


@pytest.mark.parametrize(
    "sealed",
    [
        seal(key=b"x" * 32),
        seal(b"another body"),
        seal(webhook_id=""),
        seal(webhook_id="a" * 201),
        seal(webhook_id="bell\x07"),
        Seal("msg_1", str(NOW), ""),
        Seal("msg_1", str(NOW), seal().signature.replace("v1,", "v2,")),
        Seal("msg_1", str(NOW), "v1,ä"),
        Seal("msg_2", str(NOW), seal().signature),
        Seal("msg_1", str(NOW + 1), seal().signature),
        Seal("msg_1", "", seal().signature),
        Seal("msg_1", "1e9", seal().signature),
        Seal("msg_1", "-5", seal().signature),
        Seal("msg_1", "9" * 400, seal().signature),
        Seal("msg_1", "١٢٣", seal().signature),
    ],
)
def test_anything_not_signed_like_this_is_refused(receiver, sealed):
    assert refusal(receiver, sealed)[0] == 401


@pytest.mark.parametrize("body", [b"", b"\xff", b"{", b"[" * 100_000])
def test_a_signed_body_that_is_not_json_is_refused(receiver, body):
    assert refusal(receiver, seal(body), body) == (400, "the body is not JSON")
