"""What should be gone already: the maxima of the packs against the purges that ran.

Being late blocks nothing; this is information for the people who write policies.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import partial
from itertools import pairwise
from typing import TypeAlias

from runner.documents.typed import traits
from runner.model.hold import LegalHold
from runner.model.policy import (
    DateRange,
    FilterValue,
    InteractionType,
    PurgePolicy,
    PurgeType,
    RetentionTrigger,
    Selection,
    eligible_at,
)
from runner.model.purge import Purge, PurgeState
from runner.model.regulation import ClockStart, Regulation, RegulationPack, Traits
from runner.model.target import Target
from runner.model.time import gaps
from runner.rules.holds import touches
from runner.rules.overlap import as_written, covers
from runner.rules.pack_entries import conflicts, governing

_Ran: TypeAlias = "Mapping[tuple[str, str, str, str], Sequence[tuple[Selection, bool]]]"
"""Selections that were purged, and whether for good, by target, type, attribute and value."""

_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
_NO_ATTRIBUTE = {"": frozenset({""})}
"""Where a purge stands that no attribute narrows; a real name is never empty."""


@dataclass(frozen=True, slots=True)
class Data:
    """One kind of data on a target: what policies say of it besides the dates."""

    target: str
    traits: Traits
    attributes: Mapping[str, FilterValue]
    dimensions: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Late:
    """A half-open range of data that an entry wants gone and that no purge covers.

    ``gone_by`` is when the oldest of it had to be gone at the latest. ``held_by`` names the holds
    that keep all of it: a policy that selects any of it would be refused.
    """

    entry: Regulation
    data: Data
    start: datetime
    end: datetime
    gone_by: datetime
    held_by: tuple[str, ...]

    def days_late(self, as_of: datetime) -> int:
        """Return for how many whole days the oldest has been late."""
        return (as_of - self.gone_by).days


@dataclass(frozen=True, slots=True)
class Undated:
    """Data under an entry whose period an event starts; the ``policies`` (names) do not date it."""

    entry: Regulation
    data: Data
    policies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Beginning:
    """From when the data of a target is looked at.

    ``declared`` tells whether its file says so (``goLive``, in UTC); otherwise it is the earliest
    start that a policy mentions.
    """

    target: str
    start: datetime
    declared: bool


@dataclass(frozen=True, slots=True)
class Overdue:
    """Everything that is late at an instant, sorted by target and kind of data."""

    as_of: datetime
    beginnings: tuple[Beginning, ...]
    late: tuple[Late, ...]
    undated: tuple[Undated, ...]


@dataclass(frozen=True, slots=True)
class _Order:
    """What a policy of the tree, or one that only the log holds, says of the data that it selects."""

    policy: str
    selection: Selection
    traits: Traits
    trigger: RetentionTrigger | None


def overdue(
    policies: Iterable[PurgePolicy],
    purges: Sequence[Purge],
    packs: Sequence[RegulationPack],
    targets: Mapping[str, Target],
    holds: Sequence[LegalHold],
    as_of: datetime,
) -> Overdue:
    """Compare what the packs want gone at an instant with what the purges of the logs covered.

    Only what is certainly late counts: a maximum is as long as the calendar can make it, a range
    under an event is judged where a policy dates the event, and a maximum that a longer minimum
    contradicts is left to REG-003. A purge covers its range when it ran, its verdict is not FAIL,
    and its attributes are certainly as wide. Purges that are as wide only together cover nothing.
    What one of the ``holds`` may reach is late all the same, and told apart.
    """
    orders = _orders(policies, purges)
    beginnings = _beginnings(orders, targets)
    ran = _ran(purges)
    late: list[Late] = []
    undated: list[Undated] = []
    for data, members in _kinds(orders):
        done = tuple(_as_wide(ran, data))
        where = targets.get(data.target)
        touched = partial(
            touches, whole_conversations=where is not None and where.backend.takes_whole_conversations
        )
        reaching = [hold for hold in holds if touched(hold, _selection(data, _FIRST, _LAST))]
        for entry in _maxima(packs, data.traits, as_of):
            gone = [
                (selection.date_range.start, selection.date_range.end)
                for selection, permanent in done
                if permanent or not entry.permanent
            ]
            for start, end, trigger in _due(entry, members, beginnings[data.target].start, as_of):
                late += (
                    Late(entry, data, first, last, _gone_by(entry, first, trigger), held_by)
                    for free in gaps(start, end, gone)
                    for first, last, held_by in _told_apart(data, *free, reaching, touched)
                )
            unknown = tuple(order.policy for order in members if order.trigger is None)
            if entry.clock is ClockStart.EVENT and unknown:
                undated.append(Undated(entry, data, unknown))
    return Overdue(as_of, tuple(beginnings.values()), tuple(late), tuple(undated))


def _orders(policies: Iterable[PurgePolicy], purges: Iterable[Purge]) -> tuple[_Order, ...]:
    """Return every policy once, by target and name; the tree speaks before the log."""
    known = {
        (p.target, p.policy): _Order(p.policy, p.selection, p.traits, p.trigger)
        for p in sorted(purges, key=lambda p: p.revision)
        if p.selection is not None and p.traits is not None
    }
    for policy in policies:
        order = _Order(policy.name, policy.selection, traits(policy.body), policy.retention_trigger)
        known[policy.target, policy.name] = order
    return tuple(known[key] for key in sorted(known))


def _kinds(orders: Iterable[_Order]) -> Iterator[tuple[Data, list[_Order]]]:
    """Yield each kind of data with the policies about it, sorted by target and type."""
    kinds: defaultdict[tuple[object, ...], list[_Order]] = defaultdict(list)
    for order in orders:
        said = order.selection
        filters = (frozenset(as_written(each).items()) for each in (said.attributes, said.dimensions))
        kinds[said.target, order.traits, *filters].append(order)
    datas = [(_data(members[0]), members) for members in kinds.values()]
    return iter(sorted(datas, key=lambda each: (each[0].target, each[0].traits.interaction_type)))


def _data(order: _Order) -> Data:
    said = order.selection
    return Data(said.target, order.traits, said.attributes, said.dimensions)


def _beginnings(orders: Iterable[_Order], targets: Mapping[str, Target]) -> Mapping[str, Beginning]:
    starts: dict[str, datetime] = {}
    for order in orders:
        name, start = order.selection.target, order.selection.date_range.start
        starts[name] = min(start, starts.get(name, start))
    beginnings = {}
    for name, start in starts.items():
        go_live = targets[name].go_live if name in targets else None
        first = start if go_live is None else datetime.combine(go_live, time(), UTC)
        beginnings[name] = Beginning(name, first, go_live is not None)
    return beginnings


def _ran(purges: Iterable[Purge]) -> _Ran:
    """Sort what purges deleted, each under one of its attributes with every value that this accepts."""
    ran: defaultdict[tuple[str, str, str, str], list[tuple[Selection, bool]]] = defaultdict(list)
    for purge in purges:
        ended = purge.state in (PurgeState.COMPLETED, PurgeState.RESOLVED_RAN) and purge.verdict != "FAIL"
        if ended and purge.selection is not None:
            accepted = as_written(purge.selection.attributes) or _NO_ATTRIBUTE
            name = min(accepted)
            permanent = PurgeType.PERMANENT in purge.compliance_tags
            for value in accepted[name]:
                place = (purge.target, purge.selection.interaction_type, name, value)
                ran[place].append((purge.selection, permanent))
    return ran


def _as_wide(ran: _Ran, data: Data) -> Iterator[tuple[Selection, bool]]:
    """Yield what purges deleted whose type and filters are as wide as those of the data.

    Such a purge accepts every value of the data in each of its own attributes, so it stands under
    any of these values.
    """
    wanted = _selection(data, _FIRST, _LAST)
    for kind in {wanted.interaction_type, InteractionType.ANY}:
        for name, values in {**as_written(data.attributes), **_NO_ATTRIBUTE}.items():
            for value in sorted(values)[:1]:
                for selection, permanent in ran.get((data.target, kind, name, value), ()):
                    if covers(selection, wanted):
                        yield selection, permanent


def _maxima(packs: Sequence[RegulationPack], about: Traits, as_of: datetime) -> Iterator[Regulation]:
    """Yield the entries in force that want such data gone, without those that a minimum contradicts."""
    entries = governing(packs, about, as_of.astimezone(UTC).date())
    contested = {maximum.id for _, maximum in conflicts(entries)}
    return (e for e in entries if e.maximum_days is not None and e.id not in contested)


def _due(
    entry: Regulation, members: Iterable[_Order], beginning: datetime, as_of: datetime
) -> Iterator[tuple[datetime, datetime, RetentionTrigger | None]]:
    """Yield half-open ranges that had to be gone, each with the event that counts for it, if one does."""
    if entry.clock is not ClockStart.EVENT:
        yield beginning, _latest(entry, as_of), None
        return
    for order in members:
        span = order.selection.date_range
        if order.trigger is not None and _gone_by(entry, span.end, order.trigger) <= as_of:
            yield span.start, span.end, order.trigger


def _told_apart(
    data: Data,
    start: datetime,
    end: datetime,
    holds: Iterable[LegalHold],
    touched: Callable[[LegalHold, Selection], bool],
) -> Iterator[tuple[datetime, datetime, tuple[str, ...]]]:
    """Cut a half-open range where a hold begins or ends; each part comes with the holds that reach it."""
    edges = {edge for hold in holds for edge in (hold.scope.start, hold.scope.end) if edge is not None}
    cuts = [start, *sorted(edge for edge in edges if start < edge < end), end]
    for first, last in pairwise(cuts):
        part = _selection(data, first, last)
        yield first, last, tuple(sorted(hold.name for hold in holds if touched(hold, part)))


def _selection(data: Data, start: datetime, end: datetime) -> Selection:
    kind = InteractionType(data.traits.interaction_type)
    return Selection(data.target, kind, DateRange(start, end, "", ""), data.attributes, data.dimensions)


def _latest(entry: Regulation, as_of: datetime) -> datetime:
    """Return the instant before which everything had to be gone, if no event starts the clock."""
    try:
        latest = as_of.astimezone(UTC) - timedelta(days=_longest(entry))
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC)
    return _new_year(latest.year) if entry.clock is ClockStart.END_OF_CALENDAR_YEAR else latest


def _gone_by(entry: Regulation, instant: datetime, trigger: RetentionTrigger | None) -> datetime:
    """Return when data of an instant has to be gone at the latest."""
    year_end = entry.clock is ClockStart.END_OF_CALENDAR_YEAR
    start = _new_year(instant.year + 1) if year_end else instant
    return eligible_at(start, _longest(entry), trigger)


def _longest(entry: Regulation) -> int:
    """Return the days of a maximum from the start of its clock."""
    assert entry.retain.maximum is not None
    return entry.retain.maximum.longest_days


def _new_year(year: int) -> datetime:
    return datetime(year, 1, 1, tzinfo=UTC)
