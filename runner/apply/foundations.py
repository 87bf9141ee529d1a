"""Foundations: the files that have a say in every purge of a target, and how they came to ``main``.

Who may push to ``main`` could otherwise loosen a regulation, name himself an approver or move a
target, and then have an innocent policy approved.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from runner.documents.kinds import APPROVERS, Kind
from runner.errors import Refused
from runner.forge.decision import Demand, faults_of
from runner.model.change import GONE, Change
from runner.model.finding import Fault
from runner.model.settings import Quorum
from runner.plan.world import World
from runner.ports import Forge, PolicySource
from runner.rules.approvals import APR_004, founded

_ONE = Demand(Quorum(1), {}, None)
"""What is asked of a foundation: one person who had no hand in it, however long ago."""


@dataclass(frozen=True, slots=True)
class Foundation:
    """One such file, as it was when the forge was asked; ``blob`` is ``GONE`` for one that was deleted."""

    path: str
    blob: str
    said: Change | Refused


@dataclass(slots=True)
class Foundations:
    """Asks the forge about the foundations, once a run for each commit at which one is read."""

    forge: Forge
    source: PolicySource
    _known: dict[tuple[str, str], Foundation] = field(default_factory=dict)

    def of(self, world: World, base: str) -> tuple[Foundation, ...]:
        """Return those of a purge: target and packs at the tip, the approvers at ``base``.

        A pack that ``main`` has no more is one as well. Raises ``RemoteFailure``.
        """
        folder = Kind.REGULATION_PACK.folder
        here = {file.path: file.blob for file in self.source.files(world.commit)}
        tip = {path: blob for path, blob in here.items() if path.startswith(f"{folder}/")}
        tip |= dict.fromkeys(self.source.removed(world.commit, folder), GONE)
        tip[Kind.TARGET.path(world.target.name)] = here[Kind.TARGET.path(world.target.name)]
        found = [self._ask(path, blob, world.commit) for path, blob in sorted(tip.items())]
        return (*found, *self.approvers(base))

    def approvers(self, base: str) -> Iterator[Foundation]:
        """Yield the list of approvers as it was at a commit, if there was one. Raises ``RemoteFailure``."""
        for file in self.source.files(base):
            if file.path == APPROVERS:
                yield self._ask(file.path, file.blob, base)

    def _ask(self, path: str, blob: str, commit: str) -> Foundation:
        if (path, commit) not in self._known:
            try:
                said: Change | Refused = self.forge.change(path, commit)
            except Refused as refusal:
                said = refusal
            self._known[path, commit] = Foundation(path, blob, said)
        return self._known[path, commit]


def unsound(foundation: Foundation, now: datetime) -> Iterator[Fault]:
    """APR-005: yield what stands against a foundation."""
    match foundation.said:
        case Refused() as refusal:
            faults = [APR_004.fault("", refusal.message, hint=refusal.hint)]
        case Change() as change:
            faults = [*faults_of(change, foundation.blob, _ONE, now)]
    yield from (founded(foundation.path, fault) for fault in faults)
