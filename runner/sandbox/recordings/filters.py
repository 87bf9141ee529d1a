"""The filters of an analytics query: predicates over dimensions, in two levels of and and or.

Source: ``SegmentDetailQueryFilter`` and ``ConversationDetailQueryFilter`` of the published API.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from runner.sandbox.clock import written
from runner.sandbox.problems import malformed
from runner.sandbox.reading import elements, members, text, word
from runner.sandbox.recordings.conversations import Conversation, Segment

Subject = TypeVar("Subject")
Value: TypeAlias = str | None
Named: TypeAlias = tuple[str, Value]

_OPERATORS = ("matches", "exists", "notExists")


@dataclass(frozen=True, slots=True)
class Condition(Generic[Subject]):
    """Whether something holds, and the dimensions and values that it was asked with."""

    holds: Callable[[Subject], bool]
    named: tuple[Named, ...]


def _written(moment: int | None) -> Value:
    return None if moment is None else written(moment)


_SEGMENT: Mapping[str, Callable[[Segment], Value]] = {
    "mediaType": lambda segment: segment.media_type,
    "messageType": lambda segment: segment.message_type,
    "queueId": lambda segment: segment.queue_id,
    "userId": lambda segment: segment.user_id,
    "wrapUpCode": lambda segment: segment.wrap_up_code,
    "direction": lambda segment: segment.direction,
    "purpose": lambda segment: segment.purpose,
    "ani": lambda segment: segment.ani,
    "dnis": lambda segment: segment.dnis,
    "addressFrom": lambda segment: segment.address_from,
    "addressTo": lambda segment: segment.address_to,
    "externalContactId": lambda segment: segment.external_contact_id,
}
_CONVERSATION: Mapping[str, Callable[[Conversation], Value]] = {
    "conversationId": lambda conversation: conversation.id,
    "conversationStart": lambda conversation: _written(conversation.started_at),
    "conversationEnd": lambda conversation: _written(conversation.ended_at),
    "divisionId": lambda conversation: conversation.division_id,
    "originatingDirection": lambda conversation: conversation.direction,
}


def conversation_filter(value: object, where: str) -> Condition[Conversation]:
    """Read one element of ``conversationFilters``. Raises ``ApiError`` 400."""
    return _filter(value, where, _CONVERSATION)


def segment_filter(value: object, where: str) -> Condition[Conversation]:
    """Read one element of ``segmentFilters``: it holds if it holds for any one segment.

    Raises ``ApiError`` 400.
    """
    condition = _filter(value, where, _SEGMENT)
    return Condition(lambda conversation: any(map(condition.holds, conversation.segments)), condition.named)


def _filter(
    value: object, where: str, dimensions: Mapping[str, Callable[[Subject], Value]]
) -> Condition[Subject]:
    given = members(value, where, ("type",), ("type", "clauses", "predicates"))
    clauses = (
        _joined(members(clause, f"{where}.clauses", ("type", "predicates")), where, dimensions)
        for clause in elements(given.get("clauses"), f"{where}.clauses")
    )
    return _joined(given, where, dimensions, tuple(clauses))


def _joined(
    given: Mapping[str, object],
    where: str,
    dimensions: Mapping[str, Callable[[Subject], Value]],
    clauses: Iterable[Condition[Subject]] = (),
) -> Condition[Subject]:
    wanted = word(given["type"], ("and", "or"), f"{where}.type")
    predicates = elements(given.get("predicates"), f"{where}.predicates")
    conditions = [*clauses, *(_predicate(each, f"{where}.predicates", dimensions) for each in predicates)]
    if not conditions:
        raise malformed(f"{where} must have predicates or clauses")
    every = all if wanted == "and" else any
    return Condition(
        lambda subject: every(condition.holds(subject) for condition in conditions),
        tuple(named for condition in conditions for named in condition.named),
    )


def _predicate(
    value: object, where: str, dimensions: Mapping[str, Callable[[Subject], Value]]
) -> Condition[Subject]:
    given = members(value, where, ("dimension",), ("type", "dimension", "operator", "value"))
    word(given.get("type", "dimension"), ("dimension",), f"{where}.type")
    dimension = word(given["dimension"], dimensions, f"{where}.dimension")
    operator = word(given.get("operator", "matches"), _OPERATORS, f"{where}.operator")
    read = dimensions[dimension]
    if operator != "matches":
        present = operator == "exists"
        return Condition(lambda subject: (read(subject) is not None) is present, ((dimension, None),))
    wanted = text(given.get("value"), f"{where}.value")
    return Condition(lambda subject: read(subject) == wanted, ((dimension, wanted),))
