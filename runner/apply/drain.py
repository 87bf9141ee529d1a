"""The drain: pending notices go out, and the log says which arrived."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from runner.apply.drafts import Drafts
from runner.apply.world import Ports
from runner.model.notice import Notice

_TOGETHER = 100
_ANSWERED = re.compile(r"http-4(?!08|29)\d\d")
"""The receiver is there and does not want this one notice (RFC 9110 section 15.5)."""


def drain(ports: Ports, drafts: Drafts, deadline: float) -> int:
    """Try every pending notice once, in index order; return how many arrived.

    An endpoint that cannot be reached is left alone for the rest of the run, so that one dead
    host does not use up the time of the others. ``deadline`` is on the monotonic clock; what is
    not tried by then waits for the next run.
    """
    waiting = sorted(ports.log.load().outbox, key=lambda notice: (notice.index, notice.endpoint))
    arrived, dead = 0, set[str]()
    for first in range(0, len(waiting), _TOGETHER):
        arrived += _deliver(ports, drafts, deadline, waiting[first : first + _TOGETHER], dead)
    return arrived


def _deliver(ports: Ports, drafts: Drafts, deadline: float, notices: Sequence[Notice], dead: set[str]) -> int:
    """Try some notices, and record in one push what arrived, together with its leaving the outbox."""
    delivered: list[Notice] = []
    attempted: list[Notice] = []
    for notice in notices:
        if notice.endpoint in dead or ports.clock.monotonic() >= deadline:
            continue
        delivery = ports.notifier.deliver(notice)
        tried = replace(
            notice,
            attempts=notice.attempts + 1,
            last_result=delivery.result,
            last_at=ports.clock.now(),
        )
        (delivered if delivery.delivered else attempted).append(tried)
        if not delivery.delivered and not _ANSWERED.fullmatch(delivery.result):
            dead.add(notice.endpoint)
    if delivered or attempted:
        records = [drafts.delivered(tuple(delivered))] if delivered else []
        ports.log.append(records, settled=delivered, attempted=attempted)
    return len(delivered)
