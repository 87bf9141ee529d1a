"""Reading the JSON of a request key by key; whatever is wrong is a 400 that names the place."""

from __future__ import annotations

import json
from collections.abc import Collection

from flask import request

from runner.model.json import JsonObject
from runner.model.time import parse_instant
from runner.sandbox.clock import milliseconds
from runner.sandbox.problems import ApiError, malformed


def json_body() -> object:
    """The body of the current request. Raises ``ApiError`` 415 or 400."""
    if not request.is_json:
        raise ApiError(415, "the Content-Type must be application/json")
    try:
        return json.loads(request.get_data())
    except (ValueError, RecursionError):
        raise malformed("the body is not JSON") from None


def members(
    value: object, where: str, needed: Collection[str] = (), allowed: Collection[str] | None = None
) -> JsonObject:
    """An object that has all of ``needed`` and nothing beyond ``allowed``. Raises ``ApiError`` 400."""
    if not isinstance(value, dict):
        raise malformed(f"{where} must be an object")
    if missing := set(needed) - value.keys():
        raise malformed(f"{where} lacks {', '.join(sorted(missing))}")
    if unknown := value.keys() - set(needed if allowed is None else allowed):
        raise malformed(f"{where} has unknown keys: {', '.join(sorted(unknown))}")
    return value


def texts(value: object, where: str) -> dict[str, str]:
    """An object whose values are texts, or nothing at all. Raises ``ApiError`` 400."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise malformed(f"{where} must be an object")
    return {name: text(each, f"{where}.{name}") for name, each in value.items()}


def elements(value: object, where: str) -> list[object]:
    """A list, or nothing at all. Raises ``ApiError`` 400."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise malformed(f"{where} must be a list")
    return value


def text(value: object, where: str) -> str:
    """A text. Raises ``ApiError`` 400."""
    if not isinstance(value, str):
        raise malformed(f"{where} must be a text")
    return value


def word(value: object, words: Collection[str], where: str) -> str:
    """One of a few words. Raises ``ApiError`` 400."""
    if not isinstance(value, str) or value not in words:
        raise malformed(f"{where} must be one of {', '.join(words)}")
    return value


def flag(value: object, where: str, default: bool) -> bool:
    """True or false, or nothing at all. Raises ``ApiError`` 400."""
    if value is None:
        return default
    if not isinstance(value, bool):
        raise malformed(f"{where} must be true or false")
    return value


def whole(value: object, where: str, least: int, most: int) -> int:
    """A whole number within bounds. Raises ``ApiError`` 400."""
    if type(value) is not int or not least <= value <= most:
        raise malformed(f"{where} must be a whole number from {least} to {most}")
    return value


def instant(value: object, where: str) -> int:
    """A date-time, in milliseconds since 1970. Raises ``ApiError`` 400 with the platform's own code."""
    try:
        return milliseconds(parse_instant(text(value, where)))
    except ValueError as error:
        raise ApiError(400, f"{where} {error}", code="invalid.date") from None


def interval(value: object, where: str) -> tuple[int, int]:
    """``start/end`` in milliseconds since 1970, the start before the end. Raises ``ApiError`` 400."""
    first, slash, last = text(value, where).partition("/")
    if not slash:
        raise malformed(f"{where} must be two date-times with a slash between them")
    start, end = instant(first, where), instant(last, where)
    if start >= end:
        raise malformed(f"{where}: the start must precede the end")
    return start, end
