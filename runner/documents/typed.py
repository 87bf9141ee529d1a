"""Clean documents as the words of the model.

Every function here takes a value that its schema has found clean, and raises ``AssertionError``,
``KeyError`` or ``ValueError`` for another one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from runner.documents.formats import parse_day, parse_duration
from runner.model.hold import HoldScope, LegalHold, Release
from runner.model.json import Json, JsonObject
from runner.model.policy import (
    Classification,
    DateRange,
    Expected,
    FilterValue,
    InteractionType,
    Mode,
    PurgePolicy,
    PurgeType,
    RetentionTrigger,
    Selection,
)
from runner.model.target import Approvals, Backend, Counts, LogTrust, Target, Webhook
from runner.model.time import exclusive_end, parse_instant


def purge_policy(value: JsonObject) -> PurgePolicy:
    """Build a policy; what is absent has the default that the schema describes."""
    expected = _optional_mapping(value, "expected")
    trigger = _optional_mapping(value, "retentionTrigger")
    return PurgePolicy(
        name=_text(value, "name"),
        owner=_text(value, "owner"),
        revision=_whole(value, "revision") if "revision" in value else 1,
        selection=selection(value),
        retention_days=_whole(value, "retentionDays"),
        classification=Classification(_text(value, "classification")),
        purge_type=PurgeType(_text(value, "purgeType")),
        reason=_text(value, "reason"),
        max_interactions=_whole(_mapping(value, "limits"), "maxInteractions"),
        mode=Mode(_text(value, "mode")) if "mode" in value else Mode.ENFORCE,
        expected=None
        if expected is None
        else Expected(_whole(expected, "count"), _whole(expected, "tolerancePercent")),
        retention_trigger=None if trigger is None else _trigger(trigger),
        grace_days=_whole(value, "graceDays") if "graceDays" in value else None,
        supersedes=_text(value, "supersedes") if "supersedes" in value else None,
        body=value,
    )


def selection(value: JsonObject) -> Selection:
    """Build what the body of a policy selects, from a file or from the log."""
    span = _mapping(value, "dateRange")
    start, end = _text(span, "start"), _text(span, "end")
    return Selection(
        target=_text(value, "target"),
        interaction_type=InteractionType(_text(value, "interactionType")),
        date_range=DateRange(parse_instant(start), exclusive_end(end), start, end),
        attributes=_attributes(value),
    )


def legal_hold(value: JsonObject) -> LegalHold:
    """Build a hold; an absent field of its scope stays ``None``, which means *all*."""
    release = _optional_mapping(value, "release")
    return LegalHold(
        name=_text(value, "name"),
        type=_text(value, "type"),
        scope=_scope(_mapping(value, "scope")),
        release=None if release is None else _release(release),
        body=value,
    )


def target(value: JsonObject) -> Target:
    """Build a target; an organisation without ``suspended`` is not suspended."""
    log = _mapping(value, "log")
    deadline = parse_duration(_text(_mapping(value, "poll"), "deadline"))
    return Target(
        name=_text(value, "name"),
        region=_text(value, "region"),
        organization_id=_text(value, "organizationId") if "organizationId" in value else None,
        backend=Backend(_text(value, "backend")),
        approvals=Approvals(_text(value, "approvals")),
        counts=Counts(_text(value, "counts")),
        webhooks=tuple(_webhook(item) for item in _list(value, "webhooks")),
        log=LogTrust(_text(log, "origin"), _texts(log, "keys")),
        go_live=_day(value, "goLive") if "goLive" in value else None,
        rate_per_minute=_whole(_mapping(value, "rateLimit"), "perMinute"),
        poll_deadline=int(deadline.total_seconds()),
        suspended=value.get("suspended") is True,
        body=value,
    )


def _trigger(value: JsonObject) -> RetentionTrigger:
    return RetentionTrigger(_text(value, "event"), _day(value, "date"), _text(value, "evidence"))


def _scope(value: JsonObject) -> HoldScope:
    types = _optional_texts(value, "interactionTypes")
    span = _optional_mapping(value, "dateRange") or {}
    open_end = span.get("end", "open") == "open"
    return HoldScope(
        targets=_optional_texts(value, "targets"),
        interaction_types=None if types is None else frozenset(map(InteractionType, types)),
        start=parse_instant(_text(span, "start")) if "start" in span else None,
        end=None if open_end else exclusive_end(_text(span, "end")),
        attributes=_attributes(value),
        conversation_ids=_optional_texts(value, "conversationIds"),
    )


def _release(value: JsonObject) -> Release:
    return Release(_text(value, "reason"), _day(value, "releasedOn"), _day(value, "purgeableFrom"))


def _webhook(value: Json) -> Webhook:
    assert isinstance(value, Mapping)
    return Webhook(_text(value, "id"), frozenset(_texts(value, "events")))


def _attributes(value: JsonObject) -> dict[str, FilterValue]:
    filters = _optional_mapping(value, "filters") or {}
    attributes = _optional_mapping(filters, "attributes") or {}
    return {name: _filter_value(wanted) for name, wanted in attributes.items()}


def _filter_value(value: Json) -> FilterValue:
    if isinstance(value, str | int):
        return value
    assert isinstance(value, Sequence)
    return tuple(item for item in value if isinstance(item, str | int))


def _text(value: JsonObject, key: str) -> str:
    item = value[key]
    assert isinstance(item, str)
    return item


def _whole(value: JsonObject, key: str) -> int:
    item = value[key]
    assert isinstance(item, int)
    return item


def _day(value: JsonObject, key: str) -> date:
    return parse_day(_text(value, key))


def _mapping(value: JsonObject, key: str) -> JsonObject:
    item = value[key]
    assert isinstance(item, Mapping)
    return item


def _optional_mapping(value: JsonObject, key: str) -> JsonObject | None:
    return _mapping(value, key) if key in value else None


def _list(value: JsonObject, key: str) -> Sequence[Json]:
    item = value[key]
    assert isinstance(item, Sequence)
    return item


def _texts(value: JsonObject, key: str) -> tuple[str, ...]:
    return tuple(str(item) for item in _list(value, key))


def _optional_texts(value: JsonObject, key: str) -> frozenset[str] | None:
    return frozenset(_texts(value, key)) if key in value else None
