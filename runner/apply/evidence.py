"""Evidence from the forge: how a file came to ``main``, and which holds have ended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias

from runner.apply.foundations import Foundation, Foundations, unsound
from runner.errors import Refused
from runner.forge.decision import approval_of, faults_of
from runner.model.approval import Approval
from runner.model.change import Change
from runner.model.hold import LegalHold
from runner.plan.demand import demand_of_release, roles_in
from runner.plan.orders import Standing
from runner.plan.world import World
from runner.ports import Forge, PolicySource
from runner.rules.holds import touches


@dataclass(frozen=True, slots=True)
class Testimony:
    """The change that made a file what it is, and who had which role right before it.

    ``foundations`` are the files that its judgement rests on besides.
    """

    change: Change
    roles: Mapping[int, frozenset[str]]
    foundations: tuple[Foundation, ...] = ()


Said: TypeAlias = "Testimony | Refused | None"
"""What a forge says of an order: evidence, or why there is none; ``None`` where nobody need approve."""


def testify(forge: Forge, source: PolicySource, path: str, commit: str) -> Testimony:
    """Ask how a file came to be what it is at ``commit``. Raises as ``Forge.change``.

    The list of approvers is that of ``main`` before the change, so that nobody names themselves.
    """
    change = forge.change(path, commit)
    return Testimony(change, roles_in(source.files(change.base)))


def released(
    forge: Forge, source: PolicySource, world: World, now: datetime
) -> Iterator[tuple[str, Approval]]:
    """Yield the name of every hold that has ended by ``now``, with the evidence.

    A hold has ended when its file has no errors, the day that its release names has come, and the
    newest change of the file was approved by two people, legal among them, by a list of approvers that
    came to ``main`` by review. Every other hold is active. ``world`` was judged with all of them active,
    and the forge is asked about those alone that may stand in the way of an order. Raises
    ``RemoteFailure`` when it cannot be asked.
    """
    for document, hold in world.review.holds:
        path = document.source.path
        if not _due(hold, now) or world.review.errors_of(path) or not _in_the_way(hold, world):
            continue
        try:
            found = testify(forge, source, path, world.commit)
        except Refused:
            continue
        faults = faults_of(found.change, document.source.blob, demand_of_release(found.roles), now)
        listed = Foundations(forge, source).approvers(found.change.base)
        if not any(faults) and not any(any(unsound(each, now)) for each in listed):
            yield hold.name, approval_of(found.change)


def _due(hold: LegalHold, now: datetime) -> bool:
    return hold.purgeable_from is not None and now.astimezone(UTC).date() >= hold.purgeable_from


def _in_the_way(hold: LegalHold, world: World) -> bool:
    whole = world.target.backend.takes_whole_conversations
    return any(
        order.standing is Standing.REFUSED
        and touches(hold, order.policy.selection, whole_conversations=whole)
        for order in world.orders
    )
