"""Fields of JSON values whose schema has been checked: records of the log and documents, each in its type.

Every function raises ``KeyError`` for a field that is not there, ``TypeError`` for a value of another
type and ``ValueError`` for a text that is no day or instant. An ``optional_`` one takes absence for an
answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from runner.model.json import Json, JsonObject
from runner.model.time import parse_day, parse_instant


def member(body: JsonObject, *path: str) -> Json:
    """Return the value at a path of keys."""
    value: Json = body
    for key in path:
        if not isinstance(value, Mapping):
            raise KeyError(key)
        value = value[key]
    return value


def text(body: JsonObject, *path: str) -> str:
    """Return a text."""
    value = member(body, *path)
    if not isinstance(value, str):
        raise TypeError(f"{'.'.join(path)} is no text")
    return value


def number(body: JsonObject, *path: str) -> int:
    """Return a whole number."""
    value = member(body, *path)
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{'.'.join(path)} is no whole number")
    return value


def number_or_none(body: JsonObject, *path: str) -> int | None:
    """Return a whole number, or ``None`` where the value is null."""
    return None if member(body, *path) is None else number(body, *path)


def instant(body: JsonObject, *path: str) -> datetime:
    """Return an instant."""
    return parse_instant(text(body, *path))


def instant_or_none(body: JsonObject, *path: str) -> datetime | None:
    """Return an instant, or ``None`` where the value is null."""
    return None if member(body, *path) is None else instant(body, *path)


def day(body: JsonObject, *path: str) -> date:
    """Return a calendar day."""
    return parse_day(text(body, *path))


def optional_day(body: JsonObject, key: str) -> date | None:
    """Return a calendar day, or ``None`` when there is none."""
    return day(body, key) if key in body else None


def mapping(body: JsonObject, *path: str) -> JsonObject:
    """Return an object."""
    value = member(body, *path)
    if not isinstance(value, Mapping):
        raise TypeError(f"{'.'.join(path)} is no object")
    return value


def optional_mapping(body: JsonObject, key: str) -> JsonObject | None:
    """Return an object, or ``None`` when there is none."""
    return mapping(body, key) if key in body else None


def texts(body: JsonObject, *path: str) -> tuple[str, ...]:
    """Return a list of texts."""
    items = _items(body, path)
    found = tuple(item for item in items if isinstance(item, str))
    if len(found) < len(items):
        raise TypeError(f"{'.'.join(path)} is no list of texts")
    return found


def optional_texts(body: JsonObject, key: str) -> frozenset[str] | None:
    """Return a set of texts, or ``None`` when there is none."""
    return frozenset(texts(body, key)) if key in body else None


def numbers(body: JsonObject, *path: str) -> tuple[int, ...]:
    """Return a list of whole numbers."""
    items = _items(body, path)
    found = tuple(item for item in items if isinstance(item, int) and not isinstance(item, bool))
    if len(found) < len(items):
        raise TypeError(f"{'.'.join(path)} is no list of whole numbers")
    return found


def entries(body: JsonObject, *path: str) -> tuple[JsonObject, ...]:
    """Return a list of objects."""
    items = _items(body, path)
    found = tuple(item for item in items if isinstance(item, Mapping))
    if len(found) < len(items):
        raise TypeError(f"{'.'.join(path)} is no list of objects")
    return found


def optional_entries(body: JsonObject, key: str) -> tuple[JsonObject, ...]:
    """Return a list of objects, an empty one when there is none."""
    return entries(body, key) if key in body else ()


def _items(body: JsonObject, path: tuple[str, ...]) -> Sequence[Json]:
    value = member(body, *path)
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise TypeError(f"{'.'.join(path)} is no list")
    return value
