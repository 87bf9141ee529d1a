"""Guards: an order is counted, and every rule that needs the count or a switch is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from runner.model.finding import Fault, Finding
from runner.model.policy import Selection
from runner.model.target import Target
from runner.plan.orders import Order, Standing
from runner.rules import execution


@dataclass(frozen=True, slots=True)
class Guards:
    """What the guards compare an order with, beside its own bytes.

    ``count`` asks the platform; ``locate`` finds a fault's place in the file at a path; ``switches``
    are faults that hold for every order of the run (kill switch, clock).
    """

    target: Target
    count: Callable[[Selection], int | None]
    locate: Callable[[str, Fault], Finding]
    switches: tuple[Fault, ...]


def guard(order: Order, guards: Guards) -> Order:
    """Count an order that is ready or observed, and refuse it where a guard says no.

    An order in any other standing comes back as it is. Raises ``RemoteFailure`` when counting
    fails.
    """
    if order.standing not in (Standing.READY, Standing.OBSERVED):
        return order
    count = guards.count(order.policy.selection)
    faults = [
        *execution.counted(count, guards.target.counts),
        *execution.within_limit(count, order.policy.max_interactions),
        *execution.as_expected(count, order.policy.expected, guards.target.is_sandbox),
        *execution.not_suspended(guards.target.suspended),
        *guards.switches,
    ]
    findings = tuple(guards.locate(order.path, fault) for fault in faults)
    standing = Standing.REFUSED if findings else order.standing
    return replace(order, count=count, findings=order.findings + findings, standing=standing)
