"""GitHub's answers, read strictly: what is missing or of another kind is a failure, never a default.

Source: GitHub REST API, versions 2022-11-28 and 2026-03-10; no field that either lacks is read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from runner.model.json import Json, JsonObject
from runner.model.time import parse_instant

_SHA = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
_LOGIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,99})(?:\[bot\])?")
_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}")
_WORD = re.compile(r"[a-z_]{1,40}")
_URL = re.compile(r"https?://[!-~]{1,500}")
_LARGEST = 2**53 - 1


class Unreadable(ValueError):
    """An answer is not what the interface promises; the message names the field, never its value."""


def member(value: Json, *path: str) -> Json:
    """Return what stands at a path of keys. Raises ``Unreadable`` where a key is missing."""
    for key in path:
        if not isinstance(value, Mapping) or key not in value:
            raise Unreadable(f"has no {'.'.join(path)}")
        value = value[key]
    return value


def objects(value: Json) -> tuple[JsonObject, ...]:
    """Return a list of objects. Raises ``Unreadable``."""
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise Unreadable("is no list")
    found = tuple(item for item in value if isinstance(item, Mapping))
    if len(found) != len(value):
        raise Unreadable("is no list of objects")
    return found


def text(value: Json, *path: str) -> str:
    """Return a text. Raises ``Unreadable``."""
    found = member(value, *path)
    if not isinstance(found, str):
        raise Unreadable(f"has no text at {'.'.join(path)}")
    return found


def number(value: Json, *path: str) -> int:
    """Return a whole number that is not negative and that every JSON reader reads alike.

    Raises ``Unreadable``.
    """
    found = member(value, *path)
    if not isinstance(found, int) or isinstance(found, bool) or not 0 <= found <= _LARGEST:
        raise Unreadable(f"has no number at {'.'.join(path)}")
    return found


def instant(value: Json, *path: str) -> datetime:
    """Return an instant. Raises ``Unreadable``."""
    written = text(value, *path)
    try:
        return parse_instant(written)
    except ValueError:
        raise Unreadable(f"has no instant at {'.'.join(path)}") from None


def sha(value: Json, *path: str) -> str:
    """Return the id of a git object. Raises ``Unreadable``."""
    return _matching(_SHA, value, path, "object id")


def login(value: Json, *path: str) -> str:
    """Return an account's login, fit to stand in a path. Raises ``Unreadable``."""
    return _matching(_LOGIN, value, path, "login")


def repository(value: Json, *path: str) -> str:
    """Return a repository's ``owner/name``, fit to stand in a path. Raises ``Unreadable``."""
    return _matching(_REPOSITORY, value, path, "repository")


def word(value: Json, *path: str) -> str:
    """Return one of the interface's own words. Raises ``Unreadable``."""
    return _matching(_WORD, value, path, "word")


def exactly(value: Json, wanted: str, *path: str) -> str:
    """Return a text that must be a certain one. Raises ``Unreadable``."""
    return _matching(re.compile(re.escape(wanted)), value, path, wanted)


def url(value: Json, *path: str) -> str:
    """Return a web address. Raises ``Unreadable``."""
    return _matching(_URL, value, path, "address")


def _matching(form: re.Pattern[str], value: Json, path: Sequence[str], what: str) -> str:
    found = text(value, *path)
    if not form.fullmatch(found):
        raise Unreadable(f"has no {what} at {'.'.join(path)}")
    return found
