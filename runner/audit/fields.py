"""Typed access to the fields of a record whose schema has been checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from runner.model.json import Json, JsonObject
from runner.model.time import parse_instant


def member(body: JsonObject, *path: str) -> Json:
    """Return the value at a path of keys. Raises ``KeyError`` where there is none."""
    value: Json = body
    for key in path:
        if not isinstance(value, Mapping):
            raise KeyError(key)
        value = value[key]
    return value


def text(body: JsonObject, *path: str) -> str:
    """Return a text. Raises ``TypeError`` for anything else."""
    value = member(body, *path)
    if not isinstance(value, str):
        raise TypeError(f"{'.'.join(path)} is no text")
    return value


def number(body: JsonObject, *path: str) -> int:
    """Return a whole number. Raises ``TypeError`` for anything else."""
    value = member(body, *path)
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{'.'.join(path)} is no whole number")
    return value


def number_or_none(body: JsonObject, *path: str) -> int | None:
    """Return a whole number, or ``None`` where the record says null."""
    return None if member(body, *path) is None else number(body, *path)


def instant(body: JsonObject, *path: str) -> datetime:
    """Return an instant. Raises ``ValueError`` for a text that is none."""
    return parse_instant(text(body, *path))


def mapping(body: JsonObject, *path: str) -> JsonObject:
    """Return an object. Raises ``TypeError`` for anything else."""
    value = member(body, *path)
    if not isinstance(value, Mapping):
        raise TypeError(f"{'.'.join(path)} is no object")
    return value


def texts(body: JsonObject, *path: str) -> tuple[str, ...]:
    """Return a list of texts. Raises ``TypeError`` for anything else."""
    value = member(body, *path)
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise TypeError(f"{'.'.join(path)} is no list")
    if not all(isinstance(item, str) for item in value):
        raise TypeError(f"{'.'.join(path)} is no list of texts")
    return tuple(item for item in value if isinstance(item, str))


def entries(body: JsonObject, *path: str) -> tuple[JsonObject, ...]:
    """Return a list of objects. Raises ``TypeError`` for anything else."""
    value = member(body, *path)
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise TypeError(f"{'.'.join(path)} is no list")
    if not all(isinstance(item, Mapping) for item in value):
        raise TypeError(f"{'.'.join(path)} is no list of objects")
    return tuple(item for item in value if isinstance(item, Mapping))
