"""The two kinds of query over conversations, which match an interval in two different ways.

Source: ``AsyncConversationQuery`` and ``ConversationQuery`` of the published API.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from runner.sandbox.problems import malformed
from runner.sandbox.reading import elements, flag, interval, members, whole, word
from runner.sandbox.recordings.conversations import Conversation
from runner.sandbox.recordings.filters import Condition, conversation_filter, segment_filter

MOST_RESULTS = 100_000
LARGEST_PAGE = 100
DAY = 86_400_000

_SHARED = frozenset({"interval", "conversationFilters", "segmentFilters", "order", "orderBy"})
_ORDERS = ("asc", "desc", "unordered")
_KEYS = ("conversationStart", "conversationEnd", "segmentStart", "segmentEnd")


@dataclass(frozen=True, slots=True)
class Query:
    """Which conversations, in milliseconds since 1970: those that touch ``first`` to ``last``.

    ``started_from`` also wants a start at or after it, ``whole_days`` only looks at the day (UTC) of
    the start. ``limit`` is how many at most.
    """

    first: int
    last: int
    conditions: tuple[Condition[Conversation], ...] = ()
    started_from: int | None = None
    whole_days: bool = False
    by_end: bool = False
    descending: bool = False
    limit: int | None = None

    @property
    def divisions(self) -> frozenset[str]:
        """The divisions that the filters name."""
        named = (pair for condition in self.conditions for pair in condition.named)
        return frozenset(value for name, value in named if name == "divisionId" and value is not None)

    def select(self, conversations: Iterable[Conversation]) -> list[Conversation]:
        """Those that match, in order."""
        found = [each for each in conversations if self._touches(each) and self._fits(each)]
        found.sort(key=self._place, reverse=self.descending)
        return found[: self.limit]

    def _touches(self, conversation: Conversation) -> bool:
        start, end = conversation.started_at, conversation.ended_at
        if self.whole_days:
            return self.first // DAY <= start // DAY <= self.last // DAY
        if self.started_from is not None and start < self.started_from:
            return False
        return start < self.last and (end is None or end >= self.first)

    def _fits(self, conversation: Conversation) -> bool:
        return all(condition.holds(conversation) for condition in self.conditions)

    def _place(self, conversation: Conversation) -> tuple[float, str]:
        end = float("inf") if conversation.ended_at is None else conversation.ended_at
        return (end if self.by_end else conversation.started_at), conversation.id


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a query's results; ``number`` counts from 1."""

    size: int = 25
    number: int = 1

    def of(self, found: list[Conversation]) -> list[Conversation]:
        """What is on this page."""
        return found[(self.number - 1) * self.size : self.number * self.size]


def asynchronous(value: object, where: str, most_predicates: int) -> Query:
    """Read an ``AsyncConversationQuery``: every conversation that overlaps the interval.

    ``startOfDayIntervalMatching`` cuts at 00:00 UTC of the day on which the interval starts. Raises
    ``ApiError`` 400.
    """
    given = members(value, where, ("interval",), {*_SHARED, "limit", "startOfDayIntervalMatching"})
    query = _query(given, where, most_predicates)
    if "limit" in given:
        query = replace(query, limit=whole(given["limit"], f"{where}.limit", 1, 2**31 - 1))
    if flag(given.get("startOfDayIntervalMatching"), f"{where}.startOfDayIntervalMatching", False):
        query = replace(query, started_from=query.first // DAY * DAY)
    return query


def synchronous(value: object, most_predicates: int) -> tuple[Query, Page]:
    """Read a ``ConversationQuery``: every conversation that started on a day touched by the interval.

    An interval may have 7 days, or 31 with a filter. Raises ``ApiError`` 400.
    """
    given = members(value, "the body", ("interval",), {*_SHARED, "paging"})
    query = _query(given, "the body", most_predicates)
    most = 31 if query.conditions else 7
    if query.last - query.first > most * DAY:
        raise malformed(f"interval must not be longer than {most} days")
    page = Page()
    if "paging" in given:
        paging = members(given["paging"], "paging", ("pageSize", "pageNumber"))
        size = whole(paging["pageSize"], "paging.pageSize", 1, LARGEST_PAGE)
        page = Page(size, whole(paging["pageNumber"], "paging.pageNumber", 1, MOST_RESULTS // size))
    return replace(query, whole_days=True), page


def _query(given: Mapping[str, object], where: str, most_predicates: int) -> Query:
    first, last = interval(given["interval"], f"{where}.interval")
    conditions = [
        read(element, f"{where}.{key}")
        for key, read in (("conversationFilters", conversation_filter), ("segmentFilters", segment_filter))
        for element in elements(given.get(key), f"{where}.{key}")
    ]
    if sum(len(condition.named) for condition in conditions) > most_predicates:
        raise malformed(f"{where}: more than {most_predicates} predicates")
    order = word(given.get("order", "asc"), _ORDERS, f"{where}.order")
    by = word(given.get("orderBy", "conversationStart"), _KEYS, f"{where}.orderBy")
    return Query(first, last, tuple(conditions), by_end=by.endswith("End"), descending=order == "desc")
