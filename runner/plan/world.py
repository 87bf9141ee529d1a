"""The world at one look: the tip of ``main`` and the verified log, judged together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from runner.audit.identity import purge_id
from runner.documents.kinds import Kind
from runner.errors import Refused
from runner.model.approval import Approval
from runner.model.finding import Finding
from runner.model.log import Log
from runner.model.purge import Purge
from runner.model.source import SourceFile
from runner.model.target import Target
from runner.plan.orders import Order, orders_of
from runner.plan.review import Review, review


@dataclass(frozen=True, slots=True)
class World:
    """One look at ``main`` and the log. ``target`` is the file at this tip, not an older one.

    ``released`` are the holds that have ended, each with the evidence that they have.
    """

    commit: str
    target: Target
    review: Review
    log: Log
    purges: Mapping[str, Purge]
    orders: tuple[Order, ...]
    released: Mapping[str, Approval] = field(default_factory=dict)

    def order(self, purge_id: str) -> Order | None:
        """Return the policy behind a purge, if it still stands at this tip."""
        return next((order for order in self.orders if order.purge_id == purge_id), None)

    @property
    def holds(self) -> tuple[tuple[str, str], ...]:
        """Name and blob of every hold that was compared, sorted by name."""
        return tuple(sorted((hold.name, document.source.blob) for document, hold in self.review.holds))

    @property
    def packs(self) -> tuple[tuple[str, str], ...]:
        """Name and blob of every regulation pack that judged, sorted by name."""
        return self.review.packs.blobs

    @property
    def unreadable(self) -> tuple[Finding, ...]:
        """Errors in files that are no readable policy: nothing may be skipped in silence."""
        readable = {item.document.source.path for item in self.review.policies}
        return tuple(finding for finding in self.review.errors if finding.file not in readable)


def see(
    target: str,
    commit: str,
    files: Sequence[SourceFile],
    log: Log,
    now: datetime,
    *,
    before: Mapping[str, Purge | None] | None = None,
    released: Mapping[str, Approval] | None = None,
) -> World:
    """Fold the log and judge every policy of ``target`` at a commit.

    ``before`` gives, for a purge that this process has announced itself, what the log knew of it
    before: its policy is then judged as if the intent were not there. ``released`` gives the holds
    whose release counts, with the evidence. Raises ``Refused`` when the
    target's file is gone or not valid.
    """
    purges = log.purges
    known = {key: purge for key, purge in {**purges, **(before or {})}.items() if purge is not None}
    reviewed = review(files, now=now, purges=known.values(), released=released or ())
    here = reviewed.targets.get(target)
    if here is None:
        raise Refused(
            f"target {target} has no valid file on main",
            where=f"{Kind.TARGET.path(target)} at {commit[:12]}",
            hint="run purgectl validate, and mend the file by pull request",
        )

    def identify(name: str, revision: int) -> str:
        return purge_id(here.log.origin, target, name, revision)

    orders = orders_of(target, reviewed, known, log.baseline, identify, commit, now)
    return World(commit, here, reviewed, log, purges, orders, released or {})
