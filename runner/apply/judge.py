"""The judge: every guard of one order, the approval first; asked at several times by one way in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from runner.apply.evidence import Said, Testimony, testify
from runner.apply.foundations import Foundations, unsound
from runner.apply.look import Ports
from runner.errors import PurgectlError, Refused
from runner.forge.decision import approval_of, faults_of
from runner.model.approval import Approval
from runner.model.finding import Fault
from runner.model.json import JsonObject
from runner.model.platform import Preparation, Survey
from runner.plan.demand import demand_of
from runner.plan.guards import Measurement, guard, present
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
    foundations: Foundations

    def measure(self, order: Order, preparation: Preparation, survey: Survey | None = None) -> Measurement:
        """Ask the platform: who it is, its clock, then the count. This may take a while.

        A ``survey`` that is given still stands, and is not made again. Raises ``RemoteFailure`` when
        the platform cannot be asked, ``Refused`` when the client lacks a scope.
        """
        presence, at = self.ports.reader.connect(), self.ports.clock.now()
        found = survey or self.ports.reader.survey(order.policy)
        return Measurement(at, presence, found, preparation, self._switches())

    def _switches(self) -> tuple[Fault, ...]:
        return tuple(execution.enabled(self.kill_switch_open()))

    def testify(self, world: World, order: Order) -> Said:
        """Ask the forge how an order came to ``main``; ``None`` where nobody need approve.

        The answer of a forge that has no evidence is its refusal. This may take a while. Raises
        ``RemoteFailure`` when it cannot be asked, or may know later.
        """
        if not world.target.asks_for_approval:
            return None
        try:
            found = testify(self.ports.forge, self.ports.source, order.path, world.commit)
        except Refused as refusal:
            return refusal
        return replace(found, foundations=self.foundations.of(world, found.change.base))

    def admit(self, world: World, order: Order, testimony: Said) -> Order:
        """Judge an order by all that needs no count, before anything is prepared. Raises as ``measure``."""
        faults = [*self._against(world, order, testimony)]
        if not faults:
            presence, at = self.ports.reader.connect(), self.ports.clock.now()
            faults = [*self._switches(), *present(order.policy, world.target, presence, at)]
        return _refused(world, order, faults) if faults else order

    def forbidden(self, world: World, order: Order, refusal: PurgectlError) -> Order:
        """Judge an order for which the platform prepares nothing, because the client may not ask for it."""
        return _refused(world, order, execution.permitted(refusal.message, refusal.hint))

    def __call__(
        self, world: World, order: Order, testimony: Said, measurement: Measurement
    ) -> tuple[Order, Approval | None]:
        """Judge an order in a world; the approval is there exactly when it may be submitted."""
        if not order.submittable:
            return order, None
        faults = [*self._against(world, order, testimony)]
        if faults:
            return _refused(world, order, faults), None
        guarded = guard(order, world.target, world.review, measurement)
        return guarded, _approval(world, order, testimony) if guarded.submittable else None

    def _against(self, world: World, order: Order, testimony: Said) -> Iterator[Fault]:
        """Yield what the forge's answer leaves to be desired."""
        if not world.target.asks_for_approval:
            return
        match testimony:
            case Testimony(change, roles, foundations):
                now = self.ports.clock.now()
                yield from faults_of(
                    change, order.blob, demand_of(order.policy, world.review.packs, roles, now), now
                )
                for foundation in foundations:
                    yield from unsound(foundation, now)
            case Refused() as refusal:
                yield APR_004.fault("", refusal.message, hint=refusal.hint)
            case None:
                yield APR_001.fault("", "nobody was asked who approved it")


def _refused(world: World, order: Order, faults: Iterable[Fault]) -> Order:
    findings = tuple(world.review.locate(order.path, fault) for fault in faults)
    return replace(order, standing=Standing.REFUSED, findings=findings)


def _approval(world: World, order: Order, testimony: Said) -> Approval:
    """Return what a record says of the approval, and of the holds that reached the order and have ended."""
    if not isinstance(testimony, Testimony):
        return Approval("none: sandbox on loopback", {})
    whole = world.target.backend.takes_whole_conversations
    ended: list[JsonObject] = [
        {"hold": hold.name, "approval": world.released[hold.name].evidence}
        for _, hold in world.review.holds
        if hold.name in world.released and touches(hold, order.policy.selection, whole_conversations=whole)
    ]
    approval = approval_of(testimony.change)
    return replace(approval, evidence={**approval.evidence, "released_holds": ended})
