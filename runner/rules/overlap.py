"""When two selections may share an interaction. In doubt they do."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias, TypeVar

from runner.model.policy import FilterValue, InteractionType, Selection

Condition: TypeAlias = "Mapping[tuple[str, str], frozenset[str]]"
"""What narrows a selection besides its dates, each with the comparable texts of which any will do.

The key is the kind of thing (an attribute, a dimension, the type of interaction) and its name.
"""

RawFilterValue: TypeAlias = "FilterValue | Sequence[str | int | bool]"
"""A filter's value as typed, or as it stands in the file."""

_Name = TypeVar("_Name", str, tuple[str, str])
_WILDCARD = "*"


def narrowing(attributes: Mapping[str, RawFilterValue]) -> dict[str, frozenset[str]]:
    """Return the attributes that narrow a selection; a wildcard or an empty list does not."""
    texts = {name: _texts(value) for name, value in attributes.items()}
    return {name: values for name, values in texts.items() if values and _WILDCARD not in values}


def may_both_match(a: Mapping[str, FilterValue], b: Mapping[str, FilterValue]) -> bool:
    """Whether one interaction may carry the attributes of both.

    It may, unless one attribute stands in both with no value in common. Values are compared as
    trimmed text without regard to case, so ``1`` equals ``"1"`` and ``True`` equals ``"true"``.
    """
    shared = a.keys() & b.keys()
    return _compatible(
        narrowing({name: a[name] for name in shared}), narrowing({name: b[name] for name in shared})
    )


def as_wide(wider: Mapping[str, FilterValue], narrower: Mapping[str, FilterValue]) -> bool:
    """Whether whatever matches the attributes of ``narrower`` certainly matches those of ``wider``.

    Values are compared as they were written, because nobody knows how a platform compares them,
    and an empty list tells nothing.
    """
    accepted, asked = as_written(wider), as_written(narrower)
    return all(asked.get(name) and asked[name] <= values for name, values in accepted.items())


def as_written(attributes: Mapping[str, FilterValue]) -> dict[str, frozenset[str]]:
    """Return the values of each attribute, told apart by type too: ``1``, ``"1"`` and ``True`` are three."""
    return {
        name: frozenset(map(repr, value if isinstance(value, tuple) else (value,)))
        for name, value in attributes.items()
    }


def covers(wider: Selection, narrower: Selection) -> bool:
    """Whether whatever matches ``narrower`` certainly matches the type and the filters of ``wider``.

    Targets and dates are not looked at.
    """
    return (
        wider.interaction_type in (narrower.interaction_type, InteractionType.ANY)
        and as_wide(wider.attributes, narrower.attributes)
        and as_wide(wider.dimensions, narrower.dimensions)
    )


def filtered(selection: Selection) -> bool:
    """Whether a filter narrows a selection at all."""
    return bool(narrowing(selection.attributes) or narrowing(selection.dimensions))


def reach(selection: Selection, *, whole_conversations: bool) -> Selection:
    """Return what a purge of a selection may take along.

    A conversation can have several media, queues and participants. A platform that purges whole
    conversations may therefore take anything on its target and in its dates, whatever is asked for.
    """
    if not whole_conversations:
        return selection
    return replace(selection, interaction_type=InteractionType.ANY, attributes={}, dimensions={})


def overlapping(selections: Sequence[Selection]) -> Iterator[tuple[int, int]]:
    """Yield every pair of positions whose selections may share an interaction, the lower one first.

    The work grows with the number of pairs that share a target, an instant and a value of what tells
    most selections apart, not with the square of the selections.
    """
    conditions = [_condition(selection) for selection in selections]
    groups: defaultdict[str, list[int]] = defaultdict(list)
    for position, selection in enumerate(selections):
        groups[selection.target].append(position)
    for members in groups.values():
        if len(members) > 1:
            yield from _pairs(
                sorted(members, key=lambda i: selections[i].date_range.start), selections, conditions
            )


def _pairs(
    by_start: Sequence[int], selections: Sequence[Selection], conditions: Sequence[Condition]
) -> Iterator[tuple[int, int]]:
    """Sweep through time; ``standing`` holds, by value of one thing, what may still overlap."""
    thing = _most_selective([conditions[position] for position in by_start])
    standing: defaultdict[str | None, list[int]] = defaultdict(list)
    for position in by_start:
        span = selections[position].date_range
        values = conditions[position].get(thing)
        rivals: set[int] = set()
        for value in list(standing) if values is None else [*values, None]:
            standing[value] = [i for i in standing[value] if selections[i].date_range.end > span.start]
            rivals.update(standing[value])
        for rival in sorted(rivals):
            if span.intersects(selections[rival].date_range) and _compatible(
                conditions[rival], conditions[position]
            ):
                yield min(rival, position), max(rival, position)
        for value in values or (None,):
            standing[value].append(position)


def _condition(selection: Selection) -> Condition:
    kind = selection.interaction_type
    types = {} if kind is InteractionType.ANY else {("type", ""): frozenset({kind.value})}
    attributes = {("attribute", name): values for name, values in narrowing(selection.attributes).items()}
    dimensions = {("dimension", name): values for name, values in narrowing(selection.dimensions).items()}
    return {**types, **attributes, **dimensions}


def _most_selective(conditions: Collection[Condition]) -> tuple[str, str]:
    """Return the kind and name of what leaves the fewest pairs to compare, empty texts for none."""
    uses = Counter(
        (name, value) for condition in conditions for name, values in condition.items() for value in values
    )
    holders = Counter(name for condition in conditions for name in condition)
    pairs = {name: (len(conditions) - count) * len(conditions) for name, count in holders.items()}
    for (name, _), count in uses.items():
        pairs[name] += count * count
    return min(pairs, key=lambda name: (pairs[name], name), default=("", ""))


def _compatible(a: Mapping[_Name, frozenset[str]], b: Mapping[_Name, frozenset[str]]) -> bool:
    return not any(values.isdisjoint(b[name]) for name, values in a.items() if name in b)


def _texts(value: RawFilterValue) -> frozenset[str]:
    values = (value,) if isinstance(value, str | int) else value
    return frozenset(unicodedata.normalize("NFKC", str(item)).casefold().strip() for item in values)
