"""The drain: pending notices go out, and the log says which arrived."""

from __future__ import annotations

from dataclasses import replace

from runner.apply.drafts import Drafts
from runner.apply.world import Ports
from runner.model.notice import Notice


def drain(ports: Ports, drafts: Drafts) -> int:
    """Try every pending notice once, in index order; return how many arrived.

    An endpoint that cannot be reached is left alone for the rest of the run, so that one dead
    host does not use up the time of the others. What arrived is recorded as
    ``notice.delivered`` in the push that takes it out of the outbox.
    """
    delivered: list[Notice] = []
    attempted: list[Notice] = []
    dead: set[str] = set()
    for notice in sorted(ports.log.load().outbox, key=lambda item: (item.index, item.endpoint)):
        if notice.endpoint in dead:
            continue
        delivery = ports.notifier.deliver(notice)
        tried = replace(
            notice,
            attempts=notice.attempts + 1,
            last_result=delivery.result,
            last_at=ports.clock.now(),
        )
        if delivery.delivered:
            delivered.append(tried)
        else:
            attempted.append(tried)
            dead.add(notice.endpoint)
    if delivered or attempted:
        records = [drafts.delivered(tuple(delivered))] if delivered else []
        ports.log.append(records, settled=delivered, attempted=attempted)
    return len(delivered)
