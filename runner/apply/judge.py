"""The judge: every guard of one order, the approval first; asked at two times by one way in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from runner.apply.evidence import Said, Testimony, testify
from runner.apply.world import Ports
from runner.errors import Refused
from runner.forge.decision import approval_of, faults_of
from runner.model.approval import Approval
from runner.model.finding import Fault
from runner.model.json import JsonObject
from runner.plan.demand import demand_of
from runner.plan.guards import Measurement, guard
from runner.plan.orders import Order, Standing
from runner.plan.world import World
from runner.rules import execution
from runner.rules.approvals import APR_001, APR_004
from runner.rules.holds import touches


@dataclass(frozen=True, slots=True)
class Judge:
    """Decides whether an order may be submitted. The kill switch is looked at each time."""

    ports: Ports
    kill_switch_open: Callable[[], bool]

    def measure(self, order: Order) -> Measurement:
        """Ask the platform: its clock, then the count. This may take a while.

        Raises ``RemoteFailure`` when it cannot be asked, ``Refused`` when the client lacks a scope.
        """
        platform = self.ports.reader.connect()
        switches = (
            *execution.clock_right(self.ports.clock.now(), platform),
            *execution.enabled(self.kill_switch_open()),
        )
        return Measurement(self.ports.reader.count(order.policy.selection), switches)

    def testify(self, world: World, order: Order) -> Said:
        """Ask the forge how an order came to ``main``; ``None`` where nobody need approve.

        The answer of a forge that has no evidence is its refusal. This may take a while. Raises
        ``RemoteFailure`` when it cannot be asked, or may know later.
        """
        if not world.target.asks_for_approval:
            return None
        try:
            return testify(self.ports.forge, self.ports.source, order.path, world.commit)
        except Refused as refusal:
            return refusal

    def __call__(
        self,
        world: World,
        order: Order,
        testimony: Said,
        measured: Callable[[Order], Measurement],
    ) -> tuple[Order, Approval | None]:
        """Judge an order in a world; the approval is there exactly when it may be submitted.

        ``measured`` gives the measurement, and is not asked for an order that nobody approved.
        """
        if not order.submittable:
            return order, None
        faults = [world.review.locate(order.path, fault) for fault in self._against(world, order, testimony)]
        if faults:
            return replace(order, standing=Standing.REFUSED, findings=tuple(faults)), None
        guarded = guard(order, world.target, measured(order), world.review.locate)
        return guarded, _approval(world, order, testimony) if guarded.submittable else None

    def _against(self, world: World, order: Order, testimony: Said) -> Iterator[Fault]:
        """Yield what the forge's answer leaves to be desired."""
        if not world.target.asks_for_approval:
            return
        match testimony:
            case Testimony(change, roles):
                now = self.ports.clock.now()
                yield from faults_of(
                    change, order.blob, demand_of(order.policy, world.review.packs, roles, now), now
                )
            case Refused() as refusal:
                yield APR_004.fault("", refusal.message, hint=refusal.hint)
            case None:
                yield APR_001.fault("", "nobody was asked who approved it")


def _approval(world: World, order: Order, testimony: Said) -> Approval:
    """Return what a record says of the approval, and of the holds that reached the order and have ended."""
    if not isinstance(testimony, Testimony):
        return Approval("none: sandbox on loopback", {})
    ended: list[JsonObject] = [
        {"hold": hold.name, "approval": world.released[hold.name].evidence}
        for _, hold in world.review.holds
        if hold.name in world.released and touches(hold, order.policy.selection)
    ]
    approval = approval_of(testimony.change)
    return replace(approval, evidence={**approval.evidence, "released_holds": ended})
