"""How many conversations a selection has, asked of the analytics service; nothing is changed by it.

``POST /api/v2/analytics/conversations/details/query`` looks at the conversations that started on a day
(UTC) touched by its interval, of 31 days at most, or of 7 without a filter. Its totals are not exact
while traffic arrives, so ranges that are not over yet are not worth asking about.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from runner.genesys.calls import QUERY_CONVERSATIONS
from runner.genesys.connection import Caller
from runner.genesys.conversation_filters import filters_of, population_filters, unended
from runner.genesys.values import instant_or_none, interval_text, is_count
from runner.model.json import Json, JsonObject
from runner.model.platform import Survey
from runner.model.policy import DateRange, Selection
from runner.model.time import ONE_MILLISECOND, midnight_after, midnight_before

_LONGEST, _LONGEST_UNFILTERED = timedelta(days=31), timedelta(days=7)
DEEPEST = 100_000
"""Results that a query can be paged through."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one query says of its part of a range; ``None`` for what it does not say."""

    body: JsonObject
    hits: int | None
    newest_end: datetime | None

    @property
    def empty(self) -> bool:
        """Whether nothing matches in this part."""
        return self.hits == 0


def survey(caller: Caller, selection: Selection) -> Survey:
    """Count a selection, everything of its type in its range, and look when the last of it ended.

    A range is counted by whole days, rather too much than too little. What the platform cannot filter by
    has no count. Raises ``RemoteFailure``.
    """
    try:
        filters = filters_of(selection)
    except ValueError:
        return Survey(count=None, population=population(caller, selection))
    found = tuple(parts(caller, selection.date_range, filters))
    count = everything = _sum(found)
    if filters != population_filters(selection.interaction_type):
        everything = population(caller, selection)
    return Survey(count, everything, _newest_end(caller, found))


def population(caller: Caller, selection: Selection) -> int | None:
    """Count everything of a selection's type in its range. Raises ``RemoteFailure``."""
    filters = population_filters(selection.interaction_type)
    return _sum(parts(caller, selection.date_range, filters))


def parts(caller: Caller, date_range: DateRange, filters: JsonObject) -> Iterator[Part]:
    """Ask about each part of a range, in order. Raises ``RemoteFailure``."""
    for interval in _intervals(date_range, _LONGEST if filters else _LONGEST_UNFILTERED):
        body: JsonObject = {"interval": interval, **filters}
        hits, first = _ask(caller, body)
        end = instant_or_none(first[0].get("conversationEnd")) if first else None
        yield Part(body, hits, end)


def conversations(caller: Caller, part: Part, number: int, size: int) -> tuple[str, ...]:
    """Return the ids of the conversations on one page of a part; ``number`` counts from 1.

    Raises ``RemoteFailure``.
    """
    reply = caller.ask(QUERY_CONVERSATIONS, body=_page(part.body, number, size))
    found = _found(reply.object().get("conversations"))
    ids = tuple(reply.id_or_none(each.get("conversationId")) for each in found)
    if None in ids:
        raise reply.nonsense("holds a conversation without an id")
    return tuple(each for each in ids if each is not None)


def _newest_end(caller: Caller, found: Sequence[Part]) -> datetime | None:
    """Return when the last conversation ended, ``None`` if one has not.

    Where a conversation without an end stands in the order is not documented, so it is asked for.
    """
    ends: list[datetime] = []
    for part in found:
        if part.empty:
            continue
        waiting, _ = _ask(caller, unended(part.body))
        if part.newest_end is None or waiting != 0:
            return None
        ends.append(part.newest_end)
    return max(ends, default=None)


def _ask(caller: Caller, body: JsonObject) -> tuple[int | None, Sequence[JsonObject]]:
    """Ask for the total, which the platform may leave out, and the conversation that ended last."""
    reply = caller.ask(QUERY_CONVERSATIONS, body=_page(body, 1, 1))
    answer = reply.object()
    hits = answer.get("totalHits")
    if hits is not None and not is_count(hits):
        raise reply.nonsense("holds a total that is no whole number from 0")
    return hits, _found(answer.get("conversations"))


def _page(body: JsonObject, number: int, size: int) -> JsonObject:
    paging: JsonObject = {"pageSize": size, "pageNumber": number}
    return {**body, "order": "desc", "orderBy": "conversationEnd", "paging": paging}


def _found(value: Json) -> Sequence[JsonObject]:
    """Return the conversations of an answer, which leaves them out where there are none."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else ()


def _intervals(date_range: DateRange, longest: timedelta) -> Iterator[str]:
    """Split a range into whole days (UTC), in parts that a query takes.

    A part ends a millisecond before midnight: the day that begins there would be touched as well.
    """
    start, end = midnight_before(date_range.start), midnight_after(date_range.end)
    while start < end:
        following = min(start + longest, end)
        yield interval_text(start, following - ONE_MILLISECOND)
        start = following


def _sum(found: Iterable[Part]) -> int | None:
    total = 0
    for part in found:
        if part.hits is None:
            return None
        total += part.hits
    return total
