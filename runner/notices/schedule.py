"""When a notice goes out again: pure functions of what its last attempt came to.

Ten attempts with growing pauses, then one a day, and after thirty days it is given up. The pauses
are those of Standard Webhooks 1.0.0 (``spec/standard-webhooks.md``, "Deliverability and
reliability"), spread by a tenth, then daily. An endpoint has one line: while its oldest notice
waits for a receiver that is not well, nothing behind that notice is tried. So the attempts of an
outage are as few as those of one notice, whatever number waits.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby

from runner.model.notice import Delivery, Notice

GIVE_UP_AFTER = timedelta(days=30)
GONE = "http-410"
"""The receiver asks never to be called again: only a person begins anew (``notices replay``)."""
NO_URL = "no-url"
"""This run does not know the endpoint's URL. Another may, so it is no attempt."""

_DAILY = timedelta(hours=24)
_LONGEST_PAUSE = timedelta(hours=48)
_PAUSES = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
)
_SPREAD = 0.1
_REFUSED = re.compile(r"http-4(?!01|03|04|05|08|10|29)\d\d")
"""The receiver is there and does not want this one notice (RFC 9110 section 15.5)."""
_MISCONFIGURED = frozenset({"http-401", "http-403", "http-404", "http-405"})
"""URL or secret is wrong, so every notice would fare the same; a person must mend it."""


def tried(notice: Notice, delivery: Delivery, now: datetime) -> Notice:
    """Return a notice after an attempt that was made at ``now``."""
    attempted = replace(
        notice, attempts=notice.attempts + 1, last_result=delivery.result, last_at=now, next_attempt_at=None
    )
    if delivery.delivered or delivery.result == GONE:
        return attempted
    pause = _pause(attempted)
    if delivery.retry_after is not None:
        pause = max(pause, min(timedelta(seconds=delivery.retry_after), _DAILY))
    return replace(attempted, next_attempt_at=now + pause)


def is_due(notice: Notice, now: datetime) -> bool:
    """Whether a notice may be tried now.

    An instant further away than any pause is none of ours: the outbox is unsigned, and whoever may
    push must not silence an endpoint with one.
    """
    if notice.last_result == GONE:
        return False
    again_at = notice.next_attempt_at
    return again_at is None or again_at <= now or again_at > now + _LONGEST_PAUSE


def holds_up(result: str) -> bool:
    """Whether those behind a notice with this result must wait: the fault is not the notice's own."""
    return result != "" and not _REFUSED.fullmatch(result)


def line(notices: Iterable[Notice], now: datetime) -> tuple[Notice, ...]:
    """Return the notices of one endpoint that may go now, oldest first.

    It ends at the first one that is not due and holds up; one that the receiver refused for its own
    sake steps aside until it is due.
    """
    ready: list[Notice] = []
    for notice in sorted(notices, key=lambda each: each.index):
        if is_due(notice, now):
            ready.append(notice)
        elif holds_up(notice.last_result):
            break
    return tuple(ready)


@dataclass(frozen=True, slots=True)
class Prospect:
    """When a waiting notice is tried: not before an instant (``None``: by the next run), or by nobody.

    ``by_hand`` says that the receiver asked never to be called again, so that a person must begin anew.
    """

    notice: Notice
    not_before: datetime | None
    by_hand: bool


def prospects(notices: Iterable[Notice]) -> Iterator[Prospect]:
    """Yield what is ahead of every waiting notice, by endpoint and index."""
    ordered = sorted(notices, key=lambda notice: notice.key)
    for _, waiting in groupby(ordered, key=lambda notice: notice.endpoint):
        not_before, by_hand = None, False
        for notice in waiting:
            instants = [each for each in (not_before, notice.next_attempt_at) if each is not None]
            here = Prospect(notice, max(instants, default=None), by_hand or notice.last_result == GONE)
            if holds_up(notice.last_result):
                not_before, by_hand = here.not_before, here.by_hand
            yield here


def given_up(notice: Notice, waiting: Iterable[Notice], now: datetime) -> tuple[Notice, ...]:
    """Return what is given up after ``notice`` was tried in vain at ``now``: that which is too old.

    ``waiting`` are the others of its endpoint. If it holds them up it speaks for them too: they go with
    it once their own thirty days have passed. A receiver that said 410 waits for a person instead.
    """
    if notice.last_result == GONE:
        return ()
    same_fate = (notice, *waiting) if holds_up(notice.last_result) else (notice,)
    return tuple(each for each in same_fate if now - each.enqueued_at >= GIVE_UP_AFTER)


def heir(gone: Notice, waiting: Iterable[Notice], now: datetime) -> Notice | None:
    """Return the notice that now heads the line of one that was given up, to be tried in a day.

    It takes over what is known of the receiver, for otherwise a receiver that is down for months
    would be tried, and the log written, by every run that finds a new oldest notice. ``None`` where
    no other waits for the receiver.
    """
    if not holds_up(gone.last_result):
        return None
    for notice in waiting:
        if notice.last_result in ("", NO_URL):
            day = replace(notice, last_result=gone.last_result, last_at=now)
            return replace(day, next_attempt_at=now + _spread(_DAILY, notice))
    return None


def _pause(notice: Notice) -> timedelta:
    """Return the wait after the newest attempt, within a tenth of the table's."""
    planned = notice.attempts <= len(_PAUSES) and holds_up(notice.last_result)
    regular = _PAUSES[notice.attempts - 1] if planned else _DAILY
    if notice.last_result in _MISCONFIGURED:
        regular = _DAILY
    return _spread(regular, notice)


def _spread(pause: timedelta, notice: Notice) -> timedelta:
    """Lengthen or shorten a pause by up to a tenth, always alike for one attempt of one notice."""
    thrown = hashlib.sha256(f"{notice.endpoint}\n{notice.webhook_id}\n{notice.attempts}".encode()).digest()
    return pause * (1 + _SPREAD * (int.from_bytes(thrown[:4], "big") / 2**31 - 1))
