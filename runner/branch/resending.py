"""Notices that go out again, for ever: each is made anew from the log, to the byte."""

from __future__ import annotations

from datetime import datetime

from runner.audit import outbox
from runner.audit.trust import Trust
from runner.branch.replay import Replay
from runner.errors import LogBroken
from runner.git.repository import Repository
from runner.model.notice import Notice


def notices_again(
    repository: Repository, tip: str, trust: Trust, chosen: range, endpoint: str | None, now: datetime
) -> tuple[Notice, ...]:
    """Return the notices of the ``chosen`` records, as they were when they were written.

    They may wait, be delivered or be given up; ``endpoint`` narrows them to one. ``now`` is when
    their schedule begins anew. The log is read from its first commit: raises ``NotVerified`` where
    this clone does not have that, and ``LogBroken`` if the log lies.
    """
    replay = Replay(repository, trust)
    replay.advance(tip)
    if replay.problems:
        raise LogBroken(
            f"the log of target {trust.target} does not verify: {replay.problems[0].message}",
            hint=f"purgectl audit verify --target {trust.target} lists everything",
        )
    ledger = replay.ledger
    return tuple(
        Notice(
            endpoint=name,
            index=index,
            webhook_id=ledger.records.at(index).id,
            body=outbox.body(trust.origin, ledger.records.at(index), ledger.tree, occasion),
            enqueued_at=now,
            attempts=0,
            last_result="",
            last_at=None,
        )
        for (name, index), occasion in sorted(ledger.whereabouts.occasions.items())
        if index in chosen and endpoint in (None, name)
    )
