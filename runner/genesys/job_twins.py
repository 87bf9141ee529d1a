"""Whether the platform's job is the one that we would ask for: its request compared with ours.

The platform repeats a request with defaults filled in, dates written otherwise and members in another
order. Whatever is not known to be one of these makes a difference: to make one job more is harmless.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from runner.genesys.conversation_filters import CONVERSATION
from runner.genesys.values import instant_or_none
from runner.model.json import Json, JsonObject
from runner.model.time import format_milliseconds

_DEFAULTS: Mapping[str, Json] = {
    "includeRecordingsWithSensitiveData": False,
    "includeScreenRecordings": True,
    "includePolicyBasedRecordings": True,
    "includeSnippetRecordings": True,
    "clearExport": False,
}
_PREDICATE_DEFAULTS: Mapping[str, Json] = {"type": "dimension", "operator": "matches"}
_INTERVALS = ("interval", "agedConversationInterval")
_WITHOUT_MEANING = ("order", "orderBy")
_DEEPEST = 12


def same_request(ours: JsonObject, theirs: JsonObject) -> bool:
    """Whether two requests for a job select the same, whatever their dates of deletion."""
    return _text(_dateless(ours)) == _text(_dateless(theirs))


def same_purpose(ours: JsonObject, theirs: JsonObject) -> bool:
    """Whether two requests select the same, or would but for the single conversations that both name.

    The second is what is left of a search by attributes that found others.
    """
    if same_request(ours, theirs):
        return True
    both_name = bool(named_conversations(ours) and named_conversations(theirs))
    return both_name and same_request(_nameless(ours), _nameless(theirs))


def named_conversations(request: JsonObject) -> tuple[str, ...]:
    """Return the ids of the single conversations that a request for a job names."""
    named = (value for each in _conversation_filters(request) for value in _names(each))
    return tuple(value for value in named if isinstance(value, str))


def _nameless(request: JsonObject) -> JsonObject:
    query = request.get("conversationQuery")
    if not isinstance(query, Mapping):
        return request
    others: list[Json] = [each for each in _conversation_filters(request) if not [*_names(each)]]
    return {**request, "conversationQuery": {**query, "conversationFilters": others}}


def _conversation_filters(request: JsonObject) -> Iterator[Json]:
    query = request.get("conversationQuery")
    filters = query.get("conversationFilters") if isinstance(query, Mapping) else None
    yield from filters if isinstance(filters, list) else ()


def _names(condition: Json) -> Iterator[Json]:
    """Yield the ids of a filter that names conversations."""
    predicates = condition.get("predicates") if isinstance(condition, Mapping) else None
    for each in predicates if isinstance(predicates, list) else ():
        if isinstance(each, Mapping) and each.get("dimension") == CONVERSATION:
            yield each.get("value")


def _dateless(request: JsonObject) -> JsonObject:
    return {**_DEFAULTS, **{name: value for name, value in request.items() if name != "actionDate"}}


def _text(request: JsonObject) -> str:
    return json.dumps(_normal(request, 0), sort_keys=True)


def _normal(value: Json, depth: int) -> Json:
    """Return a value without what is absent, its intervals written alike, its lists in one order."""
    if depth > _DEEPEST:
        return "deeper than any request of ours"
    if isinstance(value, Mapping):
        filled = {**_PREDICATE_DEFAULTS, **value} if "dimension" in value else value
        members = {name: _member(name, member, depth) for name, member in filled.items()}
        return {
            name: member
            for name, member in members.items()
            if member not in (None, [], {}) and name not in _WITHOUT_MEANING
        }
    if isinstance(value, Sequence) and not isinstance(value, str):
        return sorted((_normal(each, depth + 1) for each in value), key=_sorting)
    return value


def _member(name: str, value: Json, depth: int) -> Json:
    if name in _INTERVALS and isinstance(value, str):
        ends = [instant_or_none(part) for part in value.split("/")]
        return "/".join(format_milliseconds(end) if end else f"not read: {value}" for end in ends)
    return _normal(value, depth + 1)


def _sorting(value: Json) -> str:
    return json.dumps(value, sort_keys=True)
