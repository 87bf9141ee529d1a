"""Which entries of the packs govern a policy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from runner.model.policy import InteractionType
from runner.model.regulation import Force, Regulation, RegulationPack, Traits


def governing(packs: Iterable[RegulationPack], traits: Traits, day: date) -> tuple[Regulation, ...]:
    """Return the entries that are in force on a day and apply to such data, in the packs' order."""
    known = tuple(packs)
    return tuple(
        entry
        for pack in known
        for entry in pack.regulations
        if entry.in_force(day) and applies(entry, traits) and not waived(entry, pack, known, day)
    )


def waived(entry: Regulation, pack: RegulationPack, packs: Iterable[RegulationPack], day: date) -> bool:
    """Whether an entry of a pack gives way to a waiver of a higher layer: only an ``org-policy`` can."""
    return entry.force is Force.ORG_POLICY and any(
        other.layer.height > pack.layer.height and other.waives(entry.id, day) for other in packs
    )


def applies(entry: Regulation, traits: Traits) -> bool:
    """Whether an entry is about such data, whenever it is in force.

    Every kind that the entry lists must match, each by any of its values. A policy that does not
    state its jurisdictions may be under any of them, and one that states a country under the law of
    each of its parts. One about interactions of any type is under the law of each type.
    """
    scope = entry.scope
    types = scope.interaction_types
    return (
        (traits.jurisdictions is None or any(map(entry.reaches, traits.jurisdictions)))
        and (scope.classifications is None or traits.classification in scope.classifications)
        and (types is None or traits.interaction_type in types | {InteractionType.ANY})
        and (scope.tags is None or not scope.tags.isdisjoint(traits.tags))
    )


def cited(entries: Iterable[Regulation]) -> str:
    """Return the citations of entries as the basis of a finding, each with the entry's id."""
    return "; ".join(f"{entry.citation} ({entry.id})" for entry in entries)


def conflicts(entries: Sequence[Regulation]) -> Iterator[tuple[Regulation, Regulation]]:
    """Yield each minimum that exceeds a maximum, as the two entries. A guidance contradicts nothing."""
    binding = [entry for entry in entries if entry.force.binds]
    for minimum in binding:
        for maximum in binding:
            if (
                minimum.minimum_days is not None
                and maximum.maximum_days is not None
                and minimum.minimum_days > maximum.maximum_days
            ):
                yield minimum, maximum
