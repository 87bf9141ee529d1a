"""The body of a purge request, checked key by key.

Source: the article's ``POST /api/v2/interactions/purge``. Written apart from the runner's own reading
of policies on purpose: a peer that shared code would share its mistakes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import combinations

from runner.model.json import JsonObject
from runner.model.policy import EACH_TYPE, InteractionType, PurgeType
from runner.model.time import ONE_MILLISECOND, parse_instant
from runner.sandbox.data import ATTRIBUTES
from runner.sandbox.problems import ApiError, malformed
from runner.sandbox.reading import members, word

MOST_ITEMS = 50
MOST_VALUES = 100

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SELECTING = frozenset({"type", "dateRange", "filters"})
_ORDERING = frozenset({"purgeType", "reason"})


@dataclass(frozen=True, slots=True)
class PurgeItem:
    """One element of ``interactions``: what to purge, and how.

    ``start`` and ``end`` are milliseconds since 1970-01-01T00:00:00Z, both inclusive.
    ``attributes`` maps a name to the values of which any will do. ``echo`` is the element as
    sent, for the answers.
    """

    type: InteractionType
    start: int
    end: int
    attributes: Mapping[str, tuple[str, ...]]
    purge_type: PurgeType
    echo: JsonObject

    def overlaps(self, other: PurgeItem) -> bool:
        """Whether one interaction could match both."""
        if self.type is not other.type or self.start > other.end or other.start > self.end:
            return False
        shared = self.attributes.keys() & other.attributes.keys()
        return all(set(self.attributes[name]) & set(other.attributes[name]) for name in shared)


def parse(body: object, *, counting: bool = False) -> tuple[PurgeItem, ...]:
    """Read ``{"interactions": [...]}``; a count needs neither ``purgeType`` nor ``reason``.

    Raises ``ApiError`` 400 naming the first key at fault, or that two elements overlap.
    """
    given = members(body, "the body", frozenset({"interactions"}))
    listed = given["interactions"]
    if not isinstance(listed, list) or not 1 <= len(listed) <= MOST_ITEMS:
        raise malformed(f"interactions must be a list of 1 to {MOST_ITEMS} elements")
    items = tuple(_item(value, f"interactions[{index}]", counting) for index, value in enumerate(listed))
    if any(one.overlaps(other) for one, other in combinations(items, 2)):
        raise overlapping()
    return items


def overlapping() -> ApiError:
    """The refusal of two purges that could meet at one interaction."""
    return malformed("overlapping purge windows: another purge of the same interactions is under way")


def _item(value: object, where: str, counting: bool) -> PurgeItem:
    needed = frozenset({"type", "dateRange"}) | (frozenset() if counting else _ORDERING)
    given = members(value, where, needed, _SELECTING | _ORDERING)
    start, end = _range(given["dateRange"], f"{where}.dateRange")
    reason = given.get("reason", "a count")
    if not isinstance(reason, str) or not reason.strip():
        raise malformed(f"{where}.reason must be a text")
    return PurgeItem(
        type=InteractionType(word(given["type"], EACH_TYPE, f"{where}.type")),
        start=start,
        end=end,
        attributes=_attributes(given.get("filters", {}), f"{where}.filters"),
        purge_type=PurgeType(
            word(given.get("purgeType", PurgeType.SOFT), list(PurgeType), f"{where}.purgeType")
        ),
        echo=given,
    )


def _range(value: object, where: str) -> tuple[int, int]:
    given = members(value, where, frozenset({"start", "end"}))
    first = _instant(given["start"], f"{where}.start")
    last = _instant(given["end"], f"{where}.end")
    if first >= last:
        raise malformed(f"{where}: start must precede end")
    return -(-first // ONE_MILLISECOND), last // ONE_MILLISECOND


def _instant(value: object, where: str) -> timedelta:
    if not isinstance(value, str):
        raise malformed(f"{where} must be a text")
    try:
        return parse_instant(value) - _EPOCH
    except ValueError as error:
        raise malformed(f"{where} {error}") from None


def _attributes(value: object, where: str) -> Mapping[str, tuple[str, ...]]:
    given = members(value, where, frozenset(), frozenset({"attributes"}))
    wanted = given.get("attributes", {})
    if not isinstance(wanted, dict):
        raise malformed(f"{where}.attributes must be an object")
    for name in sorted(wanted.keys() - set(ATTRIBUTES)):
        raise malformed(
            f"{where}.attributes: {name} is not an attribute here; known are {', '.join(ATTRIBUTES)}"
        )
    return {name: tuple(_texts(each, f"{where}.attributes.{name}")) for name, each in wanted.items()}


def _texts(value: object, where: str) -> Iterator[str]:
    values = value if isinstance(value, list) else [value]
    if not 1 <= len(values) <= MOST_VALUES:
        raise malformed(f"{where} must have 1 to {MOST_VALUES} values")
    for each in values:
        if isinstance(each, bool):
            yield str(each).lower()
        elif isinstance(each, str | int):
            yield str(each)
        else:
            raise malformed(f"{where} must be a text, a whole number, true or false, or a list of them")
