"""The ratchet: whether a change of the packs tightens what applies here, or loosens it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from runner.model.duration import Duration
from runner.model.finding import Fault, Severity
from runner.model.regulation import Artefact, ClockStart, Force, Regulation, RegulationPack, covers
from runner.model.rule import Phase, Rule
from runner.rules.pack_entries import waived

REG_004 = Rule(
    id="REG-004",
    title="What loosens the law does not go unnoticed",
    severity=Severity.ERROR,
    phase=Phase.REVIEW,
    basis="Decision: the strictest layer applies; compare the one-way Preservation Lock of Microsoft Purview",
    hint="make it as strict as the layer below, or give the entry an id of its own",
)

_MOST_NAMED = 10
_PERIODS = ("retain/min", "retain/byArtefact", "retain/max", "retain/advise")


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two states of a pack.

    ``field`` is its place below the ``entry``, empty for the entry as a whole; where ``entry`` is
    empty, its place in the pack. ``detail`` says what there it is, or what becomes of it.
    """

    entry: str
    field: str
    loosens: bool
    detail: str = ""

    @property
    def subject(self) -> str:
        """What changes, in a few words."""
        where = f"{self.entry} ({self.field})" if self.entry and self.field else self.entry or self.field
        return f"{where}: {self.detail}" if self.detail else where


def compare(old: Sequence[Regulation], new: Sequence[Regulation]) -> tuple[Change, ...]:
    """Return every difference that makes entries stricter or laxer, sorted by entry and field.

    What can be told neither way, such as another clock, counts as loosening. Citations, titles,
    notes and examples are not compared.
    """
    before, after = ({entry.id: entry for entry in entries} for entries in (old, new))
    changes = [
        *(Change(id_, "", loosens=True) for id_ in before.keys() - after.keys()),
        *(Change(id_, "", loosens=False) for id_ in after.keys() - before.keys()),
        *(change for id_ in before.keys() & after.keys() for change in _differences(before[id_], after[id_])),
    ]
    return tuple(sorted(changes, key=lambda change: (change.entry, change.field)))


def only_tightened(pack: RegulationPack, below: Sequence[RegulationPack], today: date) -> Iterator[Fault]:
    """REG-004: a period of an entry that a pack of a lower layer has too is not laxer than there.

    Both apply, so a laxer one would change nothing; whoever wrote it should know. What the higher
    entry leaves out goes on to apply from below. An entry that is waived there is no measure.
    """
    for lower in below:
        theirs = {entry.id: entry for entry in lower.regulations}
        for position, entry in enumerate(pack.regulations):
            for change in _differences(theirs.get(entry.id, entry), entry):
                laxer = change.loosens and change.field in _PERIODS and _MEASURES[change.field][0](entry)
                if laxer and not waived(theirs[entry.id], lower, [pack], today):
                    yield REG_004.fault(
                        f"/regulations/{position}/{change.field}",
                        f"{entry.id} is stricter in the pack {lower.name}, which applies all the same",
                    )


def told(pointer: str, change: Change, turned: Sequence[str]) -> Fault:
    """REG-004: what a change does to a pack at ``pointer``; a warning where it loosens, else a note.

    ``turned`` are the policies whose verdict the whole change turns; some of them are named.
    """
    does = "loosens" if change.loosens else "tightens"
    more = f" and {len(turned) - _MOST_NAMED:,} more" if len(turned) > _MOST_NAMED else ""
    affected = f"{', '.join(turned[:_MOST_NAMED])}{more}" if turned else "none"
    return REG_004.fault(
        pointer,
        f"this change {does} {change.subject}; policies whose verdict changes: {affected}",
        hint="have compliance and legal both approve it, with the reason"
        if change.loosens
        else "nothing to do",
        severity=Severity.WARNING if change.loosens else Severity.NOTE,
    )


def _differences(old: Regulation, new: Regulation) -> Iterator[Change]:
    for place, (read, as_strict) in _MEASURES.items():
        if read(old) != read(new):
            yield Change(old.id, place, loosens=not as_strict(read(new), read(old)))


def _longer(new: Duration | None, old: Duration | None) -> bool:
    return old is None or (new is not None and new.longest_days >= old.longest_days)


def _shorter(new: Duration | None, old: Duration | None) -> bool:
    return old is None or (new is not None and new.longest_days <= old.longest_days)


def _stronger(new: Force, old: Force) -> bool:
    order = tuple(Force)
    return order.index(new) <= order.index(old)


def _wider(new: frozenset[str] | None, old: frozenset[str] | None) -> bool:
    return new is None or (old is not None and new >= old)


@dataclass(frozen=True, slots=True)
class _Parts:
    """The minima of parts of an interaction, and that of all other parts, which is compared by itself."""

    stated: Mapping[Artefact, Duration]
    otherwise: Duration | None = field(compare=False)

    def __bool__(self) -> bool:
        return bool(self.stated)

    def of(self, part: Artefact) -> Duration | None:
        return self.stated.get(part, self.otherwise)


def _no_part_shorter(new: _Parts, old: _Parts) -> bool:
    return all(_longer(new.of(part), old.of(part)) for part in {*new.stated, *old.stated})


def _covering(new: frozenset[str], old: frozenset[str]) -> bool:
    return all(any(covers(place, each) for place in new) for each in old)


def _sooner(new: date | None, old: date | None) -> bool:
    return new is None or (old is not None and new <= old)


def _later(new: date | None, old: date | None) -> bool:
    return new is None or (old is not None and new >= old)


def _slower(new: tuple[ClockStart, str], old: tuple[ClockStart, str]) -> bool:
    return (old[0], new[0]) == (ClockStart.INTERACTION_END, ClockStart.END_OF_CALENDAR_YEAR)


_MEASURES: dict[str, tuple[Callable[[Regulation], Any], Callable[[Any, Any], bool]]] = {
    "force": (lambda entry: entry.force, _stronger),
    "jurisdictions": (lambda entry: entry.jurisdictions, _covering),
    "effective/from": (lambda entry: entry.effective_from, _sooner),
    "effective/to": (lambda entry: entry.effective_to, _later),
    "appliesTo/classifications": (lambda entry: entry.scope.classifications, _wider),
    "appliesTo/interactionTypes": (lambda entry: entry.scope.interaction_types, _wider),
    "appliesTo/tags": (lambda entry: entry.scope.tags, _wider),
    "clock": (lambda entry: (entry.clock, entry.event), _slower),
    "retain/min": (lambda entry: entry.retain.minimum, _longer),
    "retain/byArtefact": (
        lambda entry: _Parts(entry.retain.by_artefact, entry.retain.minimum),
        _no_part_shorter,
    ),
    "retain/max": (lambda entry: entry.retain.maximum, _shorter),
    "retain/advise": (lambda entry: entry.retain.advised, _longer),
    "approvals": (lambda entry: entry.approvals, lambda new, old: new.joined(old) == new),
    "erase": (lambda entry: entry.permanent, lambda new, _: bool(new)),
    "requires": (lambda entry: frozenset(entry.requires), _wider),
}
"""By field: how it is read from an entry, and whether its new value is as strict as the old one."""
