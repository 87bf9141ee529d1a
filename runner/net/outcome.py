"""What one exchange came to, as values."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias


class Failure(StrEnum):
    """Why an answer, or the rest of one, is missing."""

    ADDRESS = "address"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    CUT = "cut"
    TOO_LARGE = "too-large"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said.

    ``retry_after`` is in seconds, ``None`` when absent or not to be understood. ``next_url`` is where
    the list goes on (RFC 8288, ``rel="next"``). ``allowed`` is how many requests a minute the server
    grants, ``None`` where it does not say. ``shortfall`` says why the body is not whole; the status
    stands all the same.
    """

    status: int
    body: bytes = field(default=b"", repr=False)
    correlation_id: str | None = None
    retry_after: int | None = None
    date: datetime | None = None
    next_url: str | None = field(default=None, repr=False)
    allowed: int | None = None
    shortfall: Failure | None = None

    @property
    def successful(self) -> bool:
        """Whether the status is a 2xx."""
        return 200 <= self.status < 300

    @property
    def sha256(self) -> str:
        """The hash of the body's exact bytes, in hexadecimal."""
        return hashlib.sha256(self.body).hexdigest()


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """What went wrong before a status line came. ``sent`` is false only when that is certain."""

    failure: Failure
    sent: bool
    detail: str


Outcome: TypeAlias = "Answer | NoAnswer"
