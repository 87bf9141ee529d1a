"""What the formats of a status share: one row for every purge and every policy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from runner.apply.decision import (
    AwaitPerson,
    DeclareAmbiguous,
    Intend,
    Nothing,
    Poll,
    Refuse,
    Step,
    Verify,
    Wait,
    next_step,
)
from runner.model.purge import PurgeKey
from runner.model.time import format_instant
from runner.plan.world import World


@dataclass(frozen=True, slots=True)
class Row:
    """One purge: ``state`` as the log says (or ``new``), ``since`` its last change, ``step`` in words."""

    key: PurgeKey
    state: str
    since: datetime | None
    job_id: str | None
    purged: int | None
    verdict: str | None
    step: str


def rows(world: World, now: datetime) -> Iterator[Row]:
    """Yield every purge of the log and every policy of the tip, by policy and revision."""
    orders = {order.purge_id: order for order in world.orders}
    keys = {purge.id: purge.key for purge in world.purges.values()} | {i: o.key for i, o in orders.items()}
    for key in sorted(keys.values(), key=lambda key: (key.policy, key.revision)):
        purge = world.purges.get(key.id)
        step = _words(next_step(purge, orders.get(key.id), now))
        if purge is None:
            yield Row(key, "new", None, None, None, None, step)
        else:
            since = purge.ended_at or purge.submitted_at
            yield Row(key, purge.state.value, since, purge.job_id, purge.purged, purge.verdict, step)


def _words(step: Step) -> str:
    match step:
        case Intend():
            return "apply submits it, if every guard agrees"
        case Refuse():
            return "refused: " + ", ".join(sorted({finding.rule for finding in step.findings}))
        case DeclareAmbiguous() | AwaitPerson():
            return "a person must find out whether it ran"
        case Poll():
            return "apply polls its job"
        case Verify():
            return "apply counts again"
        case Wait():
            return f"waits until {format_instant(step.until)}: {step.why}"
        case Nothing():
            return f"nothing: {step.why}"
