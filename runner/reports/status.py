"""What the formats of a status share: one row for every purge and every policy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from runner.apply.decision import (
    Adopt,
    AwaitPerson,
    DeclareAmbiguous,
    Intend,
    LookUp,
    Nothing,
    Poll,
    Refuse,
    Step,
    Verify,
    Wait,
    Withdraw,
    next_step,
)
from runner.model.purge import PurgeKey
from runner.model.time import format_instant
from runner.plan.orders import Order, Standing
from runner.plan.world import World


@dataclass(frozen=True, slots=True)
class Row:
    """One purge: ``state`` as the log says, else ``new`` or ``baseline``.

    ``since`` is its last change, ``step`` what happens next, in words.
    """

    key: PurgeKey
    state: str
    since: datetime | None
    job_id: str | None
    purged: int | None
    verdict: str | None
    reason: str | None
    step: str


def rows(world: World, now: datetime) -> Iterator[Row]:
    """Yield every purge of the log and every policy of the tip, by policy and revision."""
    orders = {order.purge_id: order for order in world.orders}
    keys = {purge.id: purge.key for purge in world.purges.values()} | {i: o.key for i, o in orders.items()}
    for key in sorted(keys.values(), key=lambda key: (key.policy, key.revision)):
        purge = world.purges.get(key.id)
        step = _words(next_step(purge, orders.get(key.id), now))
        if purge is None:
            yield Row(key, _unbegun(orders[key.id]), None, None, None, None, None, step)
        else:
            facts = (purge.changed_at, purge.job_id, purge.purged, purge.verdict, purge.reason)
            yield Row(key, purge.state.value, *facts, step)


def _unbegun(order: Order) -> str:
    return order.standing.value if order.standing is Standing.BASELINE else "new"


def _words(step: Step) -> str:
    match step:
        case Intend():
            return "apply submits it, if every guard agrees"
        case Refuse():
            rules = ", ".join(sorted({finding.rule for finding in step.findings}))
            return f"none before {rules} has nothing to say: see purgectl plan"
        case DeclareAmbiguous() | AwaitPerson():
            return "a person must find out on the platform whether it ran"
        case LookUp() | Adopt() | Withdraw():
            return "apply asks the platform for its job; where that cannot tell, a person decides"
        case Poll():
            return "apply polls its job"
        case Verify():
            return "apply counts again"
        case Wait():
            return f"waits until {format_instant(step.until)}: {step.why}"
        case Nothing():
            return step.why
