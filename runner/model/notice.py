"""A notice: an outbox entry, written in the same commit as the record that it tells of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Notice:
    """One pending delivery. ``body`` is frozen when the record is written: one id, one payload.

    ``index`` is the record's leaf index, ``endpoint`` the webhook's id. ``last_result`` is empty
    before the first attempt, then a code such as ``http-503`` or ``connect``.
    """

    endpoint: str
    index: int
    webhook_id: str
    body: bytes
    enqueued_at: datetime
    attempts: int
    last_result: str
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one attempt came to: ``result`` is ``http-<status>`` or a transport code."""

    delivered: bool
    result: str
