"""Figures: how many interactions an order would take, of how many, and how many of them are held."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypeAlias

from runner.model.finding import Fault
from runner.model.hold import LegalHold
from runner.model.policy import DateRange, Selection
from runner.model.time import format_milliseconds
from runner.plan.orders import Order
from runner.ports import Clock, Reader
from runner.rules.execution import clock_right


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
        if self.selected is None or not self.population:
            return None
        return -(-self.selected * 1000 // self.population)


NOT_COUNTED = Figures(None, None, None)

Count: TypeAlias = "Callable[[Order, Sequence[LegalHold]], tuple[Figures, tuple[Fault, ...]] | None]"
"""Counts one order, and the part of it that the holds reach; ``None`` where nobody may ask its target.

The faults are those of the clocks (DAT-004).
"""


def not_asked(order: Order, holds: Sequence[LegalHold]) -> None:
    """Count nothing, because there is no credential."""
    del order, holds


def counting(target: str, reader: Reader, clock: Clock) -> Count:
    """Return what counts the orders of one target, each once. Raises ``RemoteFailure`` and ``Refused``."""
    platform = reader.connect()
    switches = tuple(clock_right(clock.now(), platform))
    known: dict[str, Figures] = {}

    def count(order: Order, holds: Sequence[LegalHold]) -> tuple[Figures, tuple[Fault, ...]] | None:
        if order.policy.target != target:
            return None
        if order.path not in known:
            known[order.path] = count_figures(reader, order.policy.selection, holds)
        return known[order.path], switches

    return count


def count_figures(reader: Reader, selection: Selection, holds: Sequence[LegalHold]) -> Figures:
    """Count a selection, its population, and what the ``holds`` that reach it may hold of it.

    At most three requests, none of which deletes anything. Raises ``RemoteFailure`` and ``Refused``
    as ``Reader.count``.
    """
    selected = reader.count(selection)
    population = reader.count(replace(selection, attributes={})) if selection.attributes else selected
    held = reader.count(_reached(selection, holds)) if holds else 0
    return Figures(selected, population, held)


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
