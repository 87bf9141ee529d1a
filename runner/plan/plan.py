"""The plan of one target: what ``apply`` would do and why. A plan is given a ``Reader`` only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from runner.model.finding import Finding
from runner.model.platform import Presence
from runner.model.target import Target
from runner.plan.digest import plan_digest
from runner.plan.guards import Measurement, guard
from runner.plan.orders import Order, Standing
from runner.plan.world import World
from runner.ports import Clock, Reader


@dataclass(frozen=True, slots=True)
class PlannedOrder:
    """An order with its guards asked.

    ``digest`` covers what would run; a purge that has begun has its digest in the log.
    """

    order: Order
    digest: str | None


@dataclass(frozen=True, slots=True)
class Plan:
    """Every order of a target at one commit of ``main``.

    ``unreadable`` are errors in files that are no policy of this target and still refuse it, a
    hold that cannot be read for example.
    """

    target: Target
    commit: str
    made_at: datetime
    orders: tuple[PlannedOrder, ...]
    unreadable: tuple[Finding, ...]


def make_plan(world: World, reader: Reader, clock: Clock) -> Plan:
    """Count and guard every order. Raises ``RemoteFailure`` when the platform cannot be asked."""
    presence, now = reader.connect(), clock.now()
    guarded = [_guarded(order, world, reader, presence, now) for order in world.orders]
    return Plan(
        target=world.target,
        commit=world.commit,
        made_at=now,
        orders=tuple(PlannedOrder(order, _digest(order, world)) for order in guarded),
        unreadable=world.unreadable,
    )


def _guarded(order: Order, world: World, reader: Reader, presence: Presence, now: datetime) -> Order:
    if order.standing not in (Standing.READY, Standing.OBSERVED):
        return order
    measurement = Measurement(now, presence, reader.survey(order.policy))
    return guard(order, world.target, world.review, measurement)


def _digest(order: Order, world: World) -> str | None:
    begun = order.standing in (Standing.OPEN, Standing.AMBIGUOUS, Standing.CLOSED)
    return None if begun else plan_digest(order, world.target, world.holds, world.packs)
