"""Guards: every rule that needs a count, a switch or a clock, asked of one order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from runner.model.finding import Fault, Finding
from runner.model.target import Target
from runner.plan.orders import Order, Standing
from runner.rules import execution


@dataclass(frozen=True, slots=True)
class Measurement:
    """What the platform and this machine say at one moment.

    ``count`` is ``None`` when it cannot be known; ``switches`` are faults that hold for every
    order (kill switch, clock).
    """

    count: int | None
    switches: tuple[Fault, ...]


def guard(
    order: Order, target: Target, measurement: Measurement | None, locate: Callable[[str, Fault], Finding]
) -> Order:
    """Refuse an order that is ready or observed where a guard says no; any other comes back as it is.

    Without a ``measurement`` nobody has asked the platform, and only the guards that need no answer
    speak. ``locate`` finds a fault's place in the file at a path.
    """
    if order.standing not in (Standing.READY, Standing.OBSERVED):
        return order
    count = None if measurement is None else measurement.count
    faults = [
        *(() if measurement is None else execution.counted(count, target.counts)),
        *(execution.something(count) if order.submittable else ()),
        *execution.within_limit(count, order.policy.max_interactions),
        *execution.as_expected(count, order.policy.expected, target.is_sandbox),
        *execution.not_suspended(target.suspended),
        *(() if measurement is None else measurement.switches),
    ]
    findings = tuple(locate(order.path, fault) for fault in faults)
    standing = Standing.REFUSED if findings else order.standing
    return replace(order, count=count, findings=order.findings + findings, standing=standing)
