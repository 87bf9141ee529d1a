"""The judge: every guard of one order, the approval first; asked at two times by one way in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from runner.apply.world import Ports
from runner.errors import Refused
from runner.model.approval import Approval
from runner.plan.guards import Measurement, guard
from runner.plan.orders import Order, Standing
from runner.plan.world import World
from runner.rules import execution


@dataclass(frozen=True, slots=True)
class Judge:
    """Decides whether an order may be submitted."""

    ports: Ports
    kill_switch_open: bool

    def measure(self, order: Order) -> Measurement:
        """Ask the platform: its clock, then the count. This may take a while.

        Raises ``RemoteFailure`` when it cannot be asked, ``Refused`` when the client lacks a scope.
        """
        platform = self.ports.reader.connect()
        switches = (
            *execution.clock_right(self.ports.clock.now(), platform),
            *execution.enabled(self.kill_switch_open),
        )
        return Measurement(self.ports.reader.count(order.policy.selection), switches)

    def __call__(
        self, world: World, order: Order, measured: Callable[[Order], Measurement]
    ) -> tuple[Order, Approval | None]:
        """Judge an order in a world; the approval is there exactly when it may be submitted.

        ``measured`` gives the measurement, and is not asked for an order that is refused anyway.
        """
        if not order.submittable:
            return order, None
        try:
            approval = self.ports.forge.approval(world.target, order.path, order.blob, world.commit)
        except Refused as refusal:
            return _unapproved(world, order, refusal), None
        guarded = guard(order, world.target, measured(order), world.review.locate)
        return guarded, approval if guarded.submittable else None


def _unapproved(world: World, order: Order, refusal: Refused) -> Order:
    fault = execution.APR_001.fault("", refusal.message, hint=refusal.hint)
    return replace(order, standing=Standing.REFUSED, findings=(world.review.locate(order.path, fault),))
