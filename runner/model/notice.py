"""A notice: an outbox entry, written in the same commit as the record that it tells of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Notice:
    """One pending delivery. ``body`` is frozen when the record is written: one id, one payload.

    ``index`` is the record's leaf index, ``endpoint`` the webhook's id. ``last_result`` is empty
    before the first attempt, then a code such as ``http-503`` or ``connect``. ``next_attempt_at``
    is the earliest instant of the next one, ``None`` for at once.
    """

    endpoint: str
    index: int
    webhook_id: str
    body: bytes
    enqueued_at: datetime
    attempts: int
    last_result: str
    last_at: datetime | None
    next_attempt_at: datetime | None = None

    @property
    def key(self) -> tuple[str, int]:
        """Endpoint and index, which no two notices share."""
        return self.endpoint, self.index


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one attempt came to: ``result`` is ``http-<status>`` or a transport code.

    ``retry_after`` is the pause in seconds that the receiver asked for, if it did.
    """

    delivered: bool
    result: str
    retry_after: int | None = None
