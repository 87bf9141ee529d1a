"""A proposal: what a change of ``policies/`` would make ``apply`` do, beside what it would do without it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from runner.audit.identity import purge_id
from runner.model.finding import Finding
from runner.model.purge import Purge
from runner.model.regulation import Regulation
from runner.model.settings import Quorum, Settings
from runner.model.source import SourceFile
from runner.model.target import Target
from runner.plan.breadth import Breadth, breadth
from runner.plan.demand import demand_of
from runner.plan.digest import plan_digest
from runner.plan.figures import NOT_COUNTED, Count, Figures, not_asked
from runner.plan.guards import guard
from runner.plan.orders import Order, Standing, orders_of
from runner.plan.review import Review, review
from runner.rules.dates import allowed_from
from runner.rules.execution import RUN_002
from runner.rules.holds import touches

_BEGUN = (Standing.OPEN, Standing.AMBIGUOUS, Standing.CLOSED)


class Touch(StrEnum):
    """What a change does to a policy. An ``AFFECTED`` one has the same bytes and another standing."""

    NEW = "new"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"
    AFFECTED = "affected"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """``policies/`` at one commit; ``commit`` is empty for the files on disk."""

    commit: str
    files: tuple[SourceFile, ...]


@dataclass(frozen=True, slots=True)
class History:
    """What the log of one target knows: its purges by id, and the blobs of those that never run."""

    purges: Mapping[str, Purge]
    baseline: Mapping[str, str]


NO_HISTORY = History({}, {})


@dataclass(frozen=True, slots=True)
class Proposed:
    """One policy that a change is about, as it would stand once merged; as it stood if withdrawn.

    ``breadth`` compares its selection with the one before, ``fields`` are all that differ otherwise.
    ``holds`` name those that reach it. ``digest`` is that of the plan with the counted or, if nobody
    counted, the expected number ``digest_count``. ``missing`` is who must still approve, ``None`` where
    nobody was asked who has.
    """

    touch: Touch
    order: Order
    before: Standing | None
    breadth: Breadth | None
    fields: tuple[str, ...]
    figures: Figures
    holds: tuple[str, ...]
    allowed_from: datetime
    entries: tuple[Regulation, ...]
    quorum: Quorum
    digest: str | None
    digest_count: int | None
    missing: Quorum | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a change comes to.

    ``others`` are changed files that are no policy of a valid target, and ``unreadable`` the errors
    in them. ``settings`` are those of the packs as changed.
    """

    base: str
    head: str
    made_at: datetime
    orders: tuple[Proposed, ...]
    others: tuple[str, ...]
    unreadable: tuple[Finding, ...]
    settings: Settings

    @property
    def refused(self) -> bool:
        """Whether anything that the change brings would be refused, beyond a target that is suspended now."""
        brought = (each.order for each in self.orders if each.touch in (Touch.NEW, Touch.CHANGED))
        wrong = {finding.rule for order in brought for finding in order.findings}
        return bool(self.unreadable or wrong - {RUN_002.id})


def propose(
    base: Snapshot,
    head: Snapshot,
    histories: Mapping[str, History],
    now: datetime,
    count: Count = not_asked,
) -> Proposal:
    """Compare two states of ``policies/``; ``histories`` are known logs by target.

    Both are judged at one instant and against the same logs, so only the change differs.
    """
    before, after = _Side.of(base.files, histories, now), _Side.of(head.files, histories, now)
    changed = _changed(base.files, head.files)
    orders = tuple(_proposed(before, after, changed, now, count))
    told = {each.order.path for each in orders}
    return Proposal(
        base=base.commit,
        head=head.commit,
        made_at=now,
        orders=orders,
        others=tuple(sorted(changed - told)),
        unreadable=tuple(f for f in after.review.errors if f.file in changed - told),
        settings=after.review.packs.settings,
    )


@dataclass(frozen=True, slots=True)
class _Side:
    """One state of ``policies/``, judged, with its orders by path."""

    review: Review
    orders: Mapping[str, Order]

    @classmethod
    def of(cls, sources: Sequence[SourceFile], histories: Mapping[str, History], now: datetime) -> _Side:
        known = [purge for history in histories.values() for purge in history.purges.values()]
        named = [replace(source, blob=source.git_blob or "") for source in sources]  # also from a disk
        judged = review(named, now=now, purges=known)
        orders = {
            order.path: order
            for target in judged.targets.values()
            for order in _orders(target, judged, histories.get(target.name, NO_HISTORY), now)
        }
        return cls(judged, orders)

    def digest(self, order: Order, target: Target) -> str:
        holds = tuple(
            sorted((hold.name, document.source.git_blob or "") for document, hold in self.review.holds)
        )
        return plan_digest(order, target, holds, self.review.packs.blobs)


def _orders(target: Target, judged: Review, history: History, now: datetime) -> tuple[Order, ...]:
    def identify(name: str, revision: int) -> str:
        return purge_id(target.log.origin, target.name, name, revision)

    return orders_of(target.name, judged, history.purges, history.baseline, identify, "", now)


def _changed(base: Sequence[SourceFile], head: Sequence[SourceFile]) -> frozenset[str]:
    """Return the paths whose bytes, or whose kind of entry, differ."""
    old, new = ({file.path: (file.kind, file.size, file.git_blob) for file in side} for side in (base, head))
    return frozenset(path for path in old.keys() | new.keys() if old.get(path) != new.get(path))


def _proposed(
    before: _Side, after: _Side, changed: frozenset[str], now: datetime, count: Count
) -> Iterator[Proposed]:
    for path in sorted(before.orders.keys() | after.orders.keys()):
        old, new = before.orders.get(path), after.orders.get(path)
        if new is not None:
            touch = _touch(path in changed, old, new)
            if touch is not None:
                yield _described(touch, old, new, after, now, count)
        elif old is not None and path in changed:
            yield _described(Touch.WITHDRAWN, None, old, before, now, not_asked)


def _touch(changed: bool, old: Order | None, new: Order) -> Touch | None:
    if changed:
        return Touch.NEW if old is None else Touch.CHANGED
    return Touch.AFFECTED if old is None or old.standing is not new.standing else None


def _described(
    touch: Touch, old: Order | None, order: Order, side: _Side, now: datetime, count: Count
) -> Proposed:
    policy, packs = order.policy, side.review.packs
    target = side.review.targets[policy.target]
    whole = target.backend.takes_whole_conversations
    holds = [
        hold for _, hold in side.review.holds if touches(hold, policy.selection, whole_conversations=whole)
    ]
    runs = touch is not Touch.WITHDRAWN and order.standing not in (*_BEGUN, Standing.BASELINE)
    counts = runs and (touch is not Touch.AFFECTED or order.submittable)
    counted = count(order, holds) if counts else None
    figures = NOT_COUNTED if counted is None else counted.figures
    measurement = None if counted is None else counted.measurement
    guarded = guard(order, target, side.review, measurement) if runs else order
    expected = None if policy.expected is None else policy.expected.count
    digest_count = expected if figures.selected is None else figures.selected
    return Proposed(
        touch=touch,
        order=replace(guarded, count=figures.selected),
        before=None if old is None else old.standing,
        breadth=None if old is None else breadth(old.policy.selection, policy.selection),
        fields=() if old is None else _fields(old, order),
        figures=figures if holds else replace(figures, held=0),
        holds=tuple(hold.name for hold in holds),
        allowed_from=allowed_from(packs.settings, policy),
        entries=packs.governing(policy, now),
        quorum=demand_of(policy, packs, {}, now).quorum,
        digest=side.digest(replace(guarded, count=digest_count), target) if runs else None,
        digest_count=digest_count,
    )


_SELECTING = frozenset({"target", "interactionType", "dateRange", "filters"})


def _fields(old: Order, new: Order) -> tuple[str, ...]:
    """Return the fields that differ and say nothing about the selection, sorted."""
    before, after = old.policy.body, new.policy.body
    names = (before.keys() | after.keys()) - _SELECTING
    return tuple(sorted(name for name in names if before.get(name) != after.get(name)))
