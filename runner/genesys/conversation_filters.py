"""A selection in the platform's words: predicates over what it knows of a conversation.

Source: ``SegmentDetailQueryFilter`` and ``ConversationDetailQueryFilter`` of the published API, with at
most two levels of and and or. Attributes of participants have no predicate: those who have them are named
one by one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from runner.model.json import Json, JsonObject
from runner.model.policy import Dimension, InteractionType, Selection

_MEDIA: Mapping[InteractionType, str] = {
    InteractionType.VOICE: "voice",
    InteractionType.EMAIL: "email",
    InteractionType.CHAT: "chat",
    InteractionType.CALLBACK: "callback",
    InteractionType.SMS: "message",
    InteractionType.SOCIAL: "message",
}
_MESSAGES: Mapping[InteractionType, tuple[str, ...]] = {
    InteractionType.SMS: ("sms",),
    InteractionType.SOCIAL: (
        "facebook",
        "instagram",
        "twitter",
        "whatsapp",
        "line",
        "apple",
        "webmessaging",
        "open",
    ),
}
"""The two types that are messages: text messages, and every other kind that a policy can name."""

_OF_SEGMENTS: Mapping[str, tuple[str, ...]] = {
    Dimension.QUEUE: ("queueId",),
    Dimension.WRAP_UP_CODE: ("wrapUpCode",),
    Dimension.USER: ("userId",),
    Dimension.EXTERNAL_CONTACT: ("externalContactId",),
    Dimension.ADDRESS: ("ani", "dnis", "addressFrom", "addressTo"),
    Dimension.MESSAGE_TYPE: ("messageType",),
}
_OF_CONVERSATIONS: Mapping[str, tuple[str, ...]] = {
    Dimension.DIVISION: ("divisionId",),
    Dimension.DIRECTION: ("originatingDirection",),
}
ENDED = "conversationEnd"
CONVERSATION = "conversationId"


def filters_of(selection: Selection, among: Collection[str] | None = None) -> JsonObject:
    """Return the filters of a query for a selection, none for one that takes everything.

    Everything that is asked of a segment is asked of the same one: a call that was in one queue and had
    its wrap-up code in another is not meant. ``among`` are the ids of the conversations that its
    attributes single out. Raises ``ValueError`` for what has no predicate, attributes without these ids
    among it, and where there are none of them: that would be no filter at all.
    """
    known = _OF_SEGMENTS.keys() | _OF_CONVERSATIONS.keys()
    dropped = {name for name, values in selection.dimensions.items() if not values or name not in known}
    if not among:
        dropped.update(selection.attributes)
    if dropped:
        raise ValueError("cannot be filtered by " + ", ".join(sorted(dropped)))
    conditions = [*_type_conditions(selection.interaction_type)]
    conditions += _conditions(selection.dimensions, _OF_SEGMENTS)
    filters = {
        **_filter("segmentFilters", conditions),
        **_filter("conversationFilters", _conditions(selection.dimensions, _OF_CONVERSATIONS)),
    }
    if not among:
        return filters
    named: JsonObject = {"type": "or", "predicates": [_matches(CONVERSATION, each) for each in among]}
    return _joined_by_and(filters, named)


def population_filters(interaction_type: InteractionType) -> JsonObject:
    """Return the filters of a query for everything of a type, none for every type."""
    return _filter("segmentFilters", _type_conditions(interaction_type))


def unended(filters: JsonObject) -> JsonObject:
    """Return filters for those of a query's conversations that have not ended."""
    never: JsonObject = {"type": "dimension", "dimension": ENDED, "operator": "notExists"}
    return _joined_by_and(filters, {"type": "and", "predicates": [never]})


def _joined_by_and(filters: JsonObject, condition: JsonObject) -> JsonObject:
    """Add a condition of conversations, which must hold as well."""
    given = filters.get("conversationFilters", ())
    already = given if isinstance(given, list) else []
    return {**filters, "conversationFilters": [*already, condition]}


def _type_conditions(interaction_type: InteractionType) -> list[Sequence[JsonObject]]:
    media = _MEDIA.get(interaction_type)
    conditions: list[Sequence[JsonObject]] = [] if media is None else [[_matches("mediaType", media)]]
    if messages := _MESSAGES.get(interaction_type):
        conditions.append([_matches("messageType", message) for message in messages])
    return conditions


def _conditions(
    dimensions: Mapping[str, tuple[str, ...]], words: Mapping[str, tuple[str, ...]]
) -> list[Sequence[JsonObject]]:
    """Return, for each dimension that is one of these, predicates of which any one will do."""
    return [
        [_matches(word, value) for value in values for word in words[name]]
        for name, values in sorted(dimensions.items())
        if name in words
    ]


def _filter(key: str, conditions: Sequence[Sequence[JsonObject]]) -> dict[str, Json]:
    """Join conditions by and; in each of them any predicate will do."""
    if not conditions:
        return {}
    joined: dict[str, Json] = {"type": "and"}
    if predicates := [each[0] for each in conditions if len(each) == 1]:
        joined["predicates"] = predicates
    clauses: list[JsonObject] = [{"type": "or", "predicates": each} for each in conditions if len(each) > 1]
    if clauses:
        joined["clauses"] = clauses
    return {key: [joined]}


def _matches(dimension: str, value: str) -> JsonObject:
    return {"type": "dimension", "dimension": dimension, "operator": "matches", "value": value}
