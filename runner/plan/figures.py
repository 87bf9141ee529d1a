"""Figures: how many interactions an order would take, of how many, and how many of them are held."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypeAlias

from runner.errors import RequestRejected
from runner.model.hold import LegalHold
from runner.model.policy import DateRange, PurgePolicy, Selection
from runner.model.time import format_milliseconds
from runner.plan.guards import Measurement
from runner.plan.orders import Order
from runner.ports import Clock, Reader


@dataclass(frozen=True, slots=True)
class Figures:
    """What was counted. ``None`` is unknown and never the same as 0.

    ``population`` are all interactions of the type in the range, whatever their attributes; ``held``
    is the most that legal holds may reach of what is selected.
    """

    selected: int | None
    population: int | None
    held: int | None

    @property
    def share_permille(self) -> int | None:
        """The part of the population that is selected, rounded up, in thousandths."""
        return share_permille(self.selected, self.population)


NOT_COUNTED = Figures(None, None, None)


@dataclass(frozen=True, slots=True)
class Counted:
    """An order measured for a proposal; ``held`` is the most that legal holds may reach of it."""

    measurement: Measurement
    held: int | None

    @property
    def figures(self) -> Figures:
        """What was counted."""
        return Figures(self.measurement.count, self.measurement.survey.population, self.held)


Count: TypeAlias = "Callable[[Order, Sequence[LegalHold]], Counted | None]"
"""Counts one order, and the part of it that the holds reach; ``None`` where nobody may ask its target."""


def not_asked(order: Order, holds: Sequence[LegalHold]) -> None:
    """Count nothing, because there is no credential."""
    del order, holds


def counting(target: str, reader: Reader, clock: Clock) -> Count:
    """Return what counts the orders of one target, each once. Raises ``RemoteFailure`` and ``Refused``."""
    presence, now = reader.connect(), clock.now()
    known: dict[str, Counted] = {}

    def count(order: Order, holds: Sequence[LegalHold]) -> Counted | None:
        policy = order.policy
        if policy.target != target:
            return None
        if order.path not in known:
            with _naming(order.path):
                measurement = Measurement(now, presence, reader.survey(policy))
                known[order.path] = Counted(measurement, _held(reader, policy, holds) if holds else 0)
        return known[order.path]

    return count


@contextmanager
def _naming(path: str) -> Iterator[None]:
    """Say of a count that the platform refused, which policy it was for: many are counted in one plan."""
    try:
        yield
    except RequestRejected as rejection:
        raise RequestRejected(
            f"{path} cannot be counted: {rejection.message}",
            status=rejection.status,
            reason=rejection.reason,
            where=rejection.where,
            hint=rejection.hint,
        ) from rejection


def share_permille(selected: int | None, population: int | None) -> int | None:
    """Return the part of a population that is selected, rounded up, in thousandths."""
    return -(-selected * 1000 // population) if selected is not None and population else None


def _held(reader: Reader, policy: PurgePolicy, holds: Sequence[LegalHold]) -> int | None:
    return reader.survey(replace(policy, selection=_reached(policy.selection, holds))).count


def _reached(selection: Selection, holds: Sequence[LegalHold]) -> Selection:
    """Return the part of a selection from the first to the last instant that any of the holds reaches.

    Only the dates of the holds count, so this is too much rather than too little.
    """
    span = selection.date_range
    start = min(max(hold.scope.start or span.start, span.start) for hold in holds)
    end = max(min(hold.scope.end or span.end, span.end) for hold in holds)
    last = end - timedelta(microseconds=1)
    texts = format_milliseconds(start), format_milliseconds(last)
    return replace(selection, date_range=DateRange(start, end, *texts))
