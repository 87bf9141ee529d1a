"""Clean documents as the words of the model.

Every function here takes a value that its schema has found clean, and raises ``TypeError``,
``KeyError`` or ``ValueError`` for another one.
"""

from __future__ import annotations

from collections.abc import Sequence

from runner.documents.formats import parse_duration, parse_private_network
from runner.model.fields import (
    day,
    entries,
    mapping,
    number,
    numbers,
    optional_mapping,
    optional_texts,
    text,
    texts,
)
from runner.model.hold import HoldScope, LegalHold
from runner.model.json import Json, JsonObject
from runner.model.policy import (
    Classification,
    DateRange,
    Dimension,
    Expected,
    FilterValue,
    InteractionType,
    Mode,
    PurgePolicy,
    PurgeType,
    RetentionTrigger,
    Selection,
)
from runner.model.regulation import Traits
from runner.model.target import Approvals, Backend, Counts, LogTrust, Target, Webhook
from runner.model.time import exclusive_end, parse_instant


def purge_policy(value: JsonObject) -> PurgePolicy:
    """Build a policy; what is absent has the default that the schema describes."""
    expected = optional_mapping(value, "expected")
    return PurgePolicy(
        name=text(value, "name"),
        owner=text(value, "owner"),
        revision=number(value, "revision") if "revision" in value else 1,
        selection=selection(value),
        retention_days=number(value, "retentionDays"),
        classification=Classification(text(value, "classification")),
        purge_type=PurgeType(text(value, "purgeType")),
        reason=text(value, "reason"),
        max_interactions=number(mapping(value, "limits"), "maxInteractions"),
        mode=Mode(text(value, "mode")) if "mode" in value else Mode.ENFORCE,
        expected=None
        if expected is None
        else Expected(number(expected, "count"), number(expected, "tolerancePercent")),
        retention_trigger=retention_trigger(value),
        grace_days=number(value, "graceDays") if "graceDays" in value else None,
        supersedes=text(value, "supersedes") if "supersedes" in value else None,
        body=value,
        include_sensitive=None if "includeSensitive" not in value else value["includeSensitive"] is True,
    )


def selection(value: JsonObject) -> Selection:
    """Build what the body of a policy selects, from a file or from the log."""
    span = mapping(value, "dateRange")
    start, end = text(span, "start"), text(span, "end")
    return Selection(
        target=text(value, "target"),
        interaction_type=InteractionType(text(value, "interactionType")),
        date_range=DateRange(parse_instant(start), exclusive_end(end), start, end),
        attributes=_attributes(value),
        dimensions=_dimensions(value),
    )


def traits(value: JsonObject) -> Traits:
    """Build what the body of a policy, from a file or from the log, says that the law asks about."""
    return Traits(
        classification=text(value, "classification"),
        interaction_type=text(value, "interactionType"),
        jurisdictions=optional_texts(value, "jurisdictions"),
        tags=optional_texts(value, "tags") or frozenset(),
    )


def retention_trigger(value: JsonObject) -> RetentionTrigger | None:
    """Build the event that the body of a policy, from a file or from the log, states."""
    stated = optional_mapping(value, "retentionTrigger")
    if stated is None:
        return None
    return RetentionTrigger(text(stated, "event"), day(stated, "date"), text(stated, "evidence"))


def legal_hold(value: JsonObject) -> LegalHold:
    """Build a hold; an absent field of its scope stays ``None``, which means *all*."""
    release = optional_mapping(value, "release")
    return LegalHold(
        name=text(value, "name"),
        type=text(value, "type"),
        issued_by=text(value, "issuedBy"),
        scope=_scope(mapping(value, "scope")),
        purgeable_from=None if release is None else day(release, "purgeableFrom"),
        body=value,
    )


def target(value: JsonObject) -> Target:
    """Build a target; an organisation without ``suspended`` is not suspended."""
    log = mapping(value, "log")
    deadline = parse_duration(text(mapping(value, "poll"), "deadline"))
    return Target(
        name=text(value, "name"),
        region=text(value, "region"),
        organization_id=text(value, "organizationId") if "organizationId" in value else None,
        backend=Backend(text(value, "backend")),
        approvals=Approvals(text(value, "approvals")),
        counts=Counts(text(value, "counts")),
        webhooks=tuple(map(_webhook, entries(value, "webhooks"))),
        log=LogTrust(text(log, "origin"), texts(log, "keys")),
        go_live=day(value, "goLive") if "goLive" in value else None,
        rate_per_minute=number(mapping(value, "rateLimit"), "perMinute"),
        poll_deadline=int(deadline.total_seconds()),
        suspended=value.get("suspended") is True,
        body=value,
    )


def roles_by_person(value: JsonObject) -> dict[int, frozenset[str]]:
    """Build who has which roles from the file of approvers; people are account ids of the forge."""
    roles = mapping(value, "roles")
    people = {person for role in roles for person in numbers(roles, role)}
    return {person: frozenset(role for role in roles if person in numbers(roles, role)) for person in people}


def _scope(value: JsonObject) -> HoldScope:
    types = optional_texts(value, "interactionTypes")
    span = optional_mapping(value, "dateRange") or {}
    open_end = span.get("end", "open") == "open"
    return HoldScope(
        targets=optional_texts(value, "targets"),
        interaction_types=None if types is None else frozenset(map(InteractionType, types)),
        start=parse_instant(text(span, "start")) if "start" in span else None,
        end=None if open_end else exclusive_end(text(span, "end")),
        attributes=_attributes(value),
        conversation_ids=optional_texts(value, "conversationIds"),
    )


def _webhook(value: JsonObject) -> Webhook:
    networks = sorted(optional_texts(value, "allowPrivate") or ())
    return Webhook(
        text(value, "id"),
        frozenset(texts(value, "events")),
        tuple(parse_private_network(network) for network in networks),
    )


def _attributes(value: JsonObject) -> dict[str, FilterValue]:
    filters = optional_mapping(value, "filters") or {}
    attributes = optional_mapping(filters, "attributes") or {}
    return {name: _filter_value(wanted) for name, wanted in attributes.items()}


def _dimensions(value: JsonObject) -> dict[str, tuple[str, ...]]:
    filters = optional_mapping(value, "filters") or {}
    dimensions = optional_mapping(filters, "dimensions") or {}
    return {Dimension(name): texts(dimensions, name) for name in dimensions}


def _filter_value(value: Json) -> FilterValue:
    if isinstance(value, str | int):
        return value
    if not isinstance(value, Sequence):
        raise TypeError("a filter wants a text, a number, true, false or a list of these")
    return tuple(item for item in value if isinstance(item, str | int))
