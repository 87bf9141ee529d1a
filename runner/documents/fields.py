"""The fields of a clean value, each in the type that its schema has made sure of.

Every function raises ``AssertionError``, ``KeyError`` or ``ValueError`` for another value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from runner.documents.formats import parse_day
from runner.model.json import Json, JsonObject


def text(value: JsonObject, key: str) -> str:
    """Return a text."""
    item = value[key]
    assert isinstance(item, str)
    return item


def whole(value: JsonObject, key: str) -> int:
    """Return a whole number."""
    item = value[key]
    assert isinstance(item, int)
    return item


def day(value: JsonObject, key: str) -> date:
    """Return a calendar day."""
    return parse_day(text(value, key))


def optional_day(value: JsonObject, key: str) -> date | None:
    """Return a calendar day, or ``None`` when there is none."""
    return day(value, key) if key in value else None


def mapping(value: JsonObject, key: str) -> JsonObject:
    """Return a mapping."""
    item = value[key]
    assert isinstance(item, Mapping)
    return item


def optional_mapping(value: JsonObject, key: str) -> JsonObject | None:
    """Return a mapping, or ``None`` when there is none."""
    return mapping(value, key) if key in value else None


def items(value: JsonObject, key: str) -> Sequence[Json]:
    """Return a list."""
    item = value[key]
    assert isinstance(item, Sequence)
    return item


def mappings(value: JsonObject, key: str) -> tuple[JsonObject, ...]:
    """Return a list of mappings; an empty one when the key is absent."""
    found = tuple(items(value, key)) if key in value else ()
    assert all(isinstance(item, Mapping) for item in found)
    return tuple(item for item in found if isinstance(item, Mapping))


def texts(value: JsonObject, key: str) -> tuple[str, ...]:
    """Return a list of texts."""
    return tuple(str(item) for item in items(value, key))


def optional_texts(value: JsonObject, key: str) -> frozenset[str] | None:
    """Return a set of texts, or ``None`` when there is none."""
    return frozenset(texts(value, key)) if key in value else None
