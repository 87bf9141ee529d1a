"""Clean regulation packs and policy tests as the words of the model.

Every function here takes a value that its schema has found clean, as those of ``typed`` do.
"""

from __future__ import annotations

from runner.model.duration import Duration, parse_calendar_duration
from runner.model.fields import (
    day,
    entries,
    mapping,
    number,
    optional_day,
    optional_entries,
    optional_mapping,
    optional_texts,
    text,
    texts,
)
from runner.model.json import JsonObject
from runner.model.regulation import (
    Artefact,
    ClockStart,
    Example,
    Expect,
    Force,
    Layer,
    Regulation,
    RegulationPack,
    Resolution,
    Retain,
    Scope,
    Waiver,
)
from runner.model.settings import NOBODY, PARAMETERS, QUORUMS, Quorum, Settings


def regulation_pack(value: JsonObject) -> RegulationPack:
    """Build a pack with its entries in the order in which they are written."""
    vocabulary = mapping(value, "vocabulary")
    return RegulationPack(
        name=text(value, "name"),
        layer=Layer(text(value, "layer")),
        reviewed_on=day(value, "reviewedOn"),
        next_review_by=day(value, "nextReviewBy"),
        jurisdictions=frozenset(texts(vocabulary, "jurisdictions")),
        tags=frozenset(texts(vocabulary, "tags")),
        regulations=tuple(map(_regulation, entries(value, "regulations"))),
        resolutions=tuple(map(_resolution, optional_entries(value, "resolutions"))),
        settings=_settings(optional_mapping(value, "settings") or {}),
        waivers=tuple(map(_waiver, optional_entries(value, "waivers"))),
    )


def cases(value: JsonObject) -> tuple[Example, ...]:
    """Build the cases of a PolicyTest."""
    return tuple(map(_example, entries(value, "cases")))


def _regulation(value: JsonObject) -> Regulation:
    clock = mapping(value, "clock")
    effective = optional_mapping(value, "effective") or {}
    return Regulation(
        id=text(value, "id"),
        title=text(value, "title"),
        force=Force(text(value, "force")),
        jurisdictions=frozenset(texts(value, "jurisdictions")),
        citation=text(value, "citation", "text"),
        effective_from=optional_day(effective, "from"),
        effective_to=optional_day(effective, "to"),
        scope=_scope(mapping(value, "appliesTo")),
        clock=ClockStart(text(clock, "start")),
        event=text(clock, "event") if "event" in clock else "",
        retain=_retain(mapping(value, "retain")),
        permanent="erase" in value,
        requires=texts(value, "requires") if "requires" in value else (),
        examples=tuple(map(_example, optional_entries(value, "tests"))),
        approvals=_quorum(mapping(value, "approvals")) if "approvals" in value else NOBODY,
    )


def _scope(value: JsonObject) -> Scope:
    return Scope(
        classifications=optional_texts(value, "classifications"),
        interaction_types=optional_texts(value, "interactionTypes"),
        tags=optional_texts(value, "tags"),
    )


def _retain(value: JsonObject) -> Retain:
    parts = optional_mapping(value, "byArtefact") or {}
    return Retain(
        minimum=_duration(value, "min"),
        maximum=_duration(value, "max"),
        advised=_duration(value, "advise"),
        extendable_to=_duration(value, "extendableTo"),
        by_artefact={Artefact(part): parse_calendar_duration(text(parts, part)) for part in parts},
    )


def _duration(value: JsonObject, key: str) -> Duration | None:
    return parse_calendar_duration(text(value, key)) if key in value else None


def _example(value: JsonObject) -> Example:
    return Example(
        name=text(value, "name"),
        expect=Expect(text(value, "expect")),
        rule=text(value, "rule") if "rule" in value else "",
        as_of=optional_day(value, "asOf"),
        policy=optional_mapping(value, "policy"),
        file=text(value, "file") if "file" in value else None,
    )


def _resolution(value: JsonObject) -> Resolution:
    return Resolution(text(value, "minimum"), text(value, "maximum"))


def _waiver(value: JsonObject) -> Waiver:
    return Waiver(text(value, "entry"), day(value, "expires"))


def _settings(value: JsonObject) -> Settings:
    """Build what a pack states; the place of a number is the path of its parameter."""
    numbers = {}
    for parameter in PARAMETERS:
        group, key = parameter.path.split("/")
        stated = optional_mapping(value, group) or {}
        if key in stated:
            numbers[parameter.path] = number(stated, key)
    approvals = optional_mapping(value, "approvals") or {}
    return Settings(
        numbers, {each: _quorum(mapping(approvals, each)) for each in QUORUMS if each in approvals}
    )


def _quorum(value: JsonObject) -> Quorum:
    return Quorum(number(value, "count"), optional_texts(value, "roles") or frozenset())
