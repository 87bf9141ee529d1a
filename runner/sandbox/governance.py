"""The governance system: checks the signature of every notice and keeps each once.

Source: Standard Webhooks v1, section "Signature scheme". Written apart from the runner's signing.
"""

from __future__ import annotations

import hmac
import json
import time
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from threading import Lock

from runner.model.json import Json, JsonObject
from runner.sandbox.problems import ApiError, malformed

TOLERANCE = 300
LONGEST_ID = 200


@dataclass(slots=True)
class _Received:
    """A notice, and the Unix time in milliseconds of every delivery of it."""

    endpoint: str
    id: str
    raw: bytes
    body: Json
    times: list[int]


@dataclass(frozen=True, slots=True)
class Seal:
    """The three headers ``webhook-id``, ``webhook-timestamp`` and ``webhook-signature`` as sent."""

    id: str
    timestamp: str
    signature: str


class Receiver:
    """Holds the notices of every endpoint in the order of their first delivery."""

    def __init__(self, key: bytes, now: Callable[[], float] = time.time) -> None:
        self._key = key
        self._now = now
        self._lock = Lock()
        self._received: dict[tuple[str, str], _Received] = {}

    def receive(self, endpoint: str, seal: Seal, raw: bytes) -> bool:
        """Keep a notice and return whether it is new.

        Raises ``ApiError``: 401 for a bad signature or clock, 400 for a body that is not JSON, 409
        for another body under an id that is known.
        """
        self._verify(seal, raw)
        body = _json(raw)
        with self._lock:
            known = self._received.get((endpoint, seal.id))
            if known is None:
                received = _Received(endpoint, seal.id, raw, body, [self._milliseconds()])
                self._received[endpoint, seal.id] = received
                return True
            if known.raw != raw:
                raise ApiError(409, f"another body was delivered before with webhook-id {seal.id}")
            known.times.append(self._milliseconds())
            return False

    def notices(self) -> list[JsonObject]:
        """What was received, as JSON."""
        with self._lock:
            return [
                {"endpoint": each.endpoint, "id": each.id, "times": list(each.times), "body": each.body}
                for each in self._received.values()
            ]

    def _verify(self, seal: Seal, raw: bytes) -> None:
        if not (1 <= len(seal.id) <= LONGEST_ID and seal.id.isascii() and seal.id.isprintable()):
            raise _unsigned("webhook-id is missing or malformed")
        if not (seal.timestamp.isascii() and seal.timestamp.isdigit() and len(seal.timestamp) <= 12):
            raise _unsigned("webhook-timestamp is missing or not in Unix seconds")
        if abs(self._now() - int(seal.timestamp)) > TOLERANCE:
            raise _unsigned(f"webhook-timestamp is more than {TOLERANCE} s from this clock")
        signed = f"{seal.id}.{seal.timestamp}.".encode("ascii") + raw
        wanted = b"v1," + b64encode(hmac.digest(self._key, signed, sha256))
        offered = seal.signature.encode("utf-8").split(b" ")
        if not any(hmac.compare_digest(wanted, each) for each in offered):
            raise _unsigned("webhook-signature holds no valid v1 signature")

    def _milliseconds(self) -> int:
        return int(self._now() * 1000)


def _unsigned(message: str) -> ApiError:
    return ApiError(401, message, code="bad.credentials")


def _json(raw: bytes) -> Json:
    try:
        value: Json = json.loads(raw)
    except (ValueError, RecursionError):
        raise malformed("the body is not JSON") from None
    return value
