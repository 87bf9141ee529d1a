"""Lists in pages, by number or by cursor, with the links that lead through them."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import TypeVar
from urllib.parse import urlencode

from flask import request

from runner.model.json import JsonObject
from runner.sandbox.problems import ApiError

LARGEST_PAGE = 100

Item = TypeVar("Item")


def listed(
    items: Sequence[Item], key: Callable[[Item], str], describe: Callable[[Item], JsonObject]
) -> JsonObject:
    """The answer to the current request for a list; the items are in order of their key.

    With ``includeTotal=false`` a cursor names the item after which to go on, so that a page neither
    repeats nor loses one when items come and go. Raises ``ApiError`` 400.
    """
    size = number("pageSize", 25, LARGEST_PAGE)
    if boolean("includeTotal") is False:
        page, cursor = next_cursor(items, key, size)
        place: JsonObject = {} if cursor is None else {"nextUri": _uri(cursor=cursor)}
    else:
        page, place = _numbered(items, size)
    return {
        "entities": [describe(item) for item in page],
        "pageSize": size,
        **place,
        "selfUri": _uri(),
    }


def _numbered(items: Sequence[Item], size: int) -> tuple[Sequence[Item], JsonObject]:
    at = number("pageNumber", 1, 2**31 - 1)
    pages = -(-len(items) // size)
    links = {"firstUri": 1, "lastUri": max(1, pages)}
    if at < pages:
        links["nextUri"] = at + 1
    if 1 < at <= pages:
        links["previousUri"] = at - 1
    uris = {name: _uri(pageNumber=str(there)) for name, there in links.items()}
    place: JsonObject = {"pageNumber": at, "total": len(items), "pageCount": pages, **uris}
    return items[(at - 1) * size : at * size], place


def next_cursor(
    items: Sequence[Item], key: Callable[[Item], str], size: int
) -> tuple[Sequence[Item], str | None]:
    """The page after the cursor of the current request, and the cursor of the next if there is one.

    Raises ``ApiError`` 400.
    """
    given = request.args.get("cursor")
    after = None if given is None else _read_cursor(given)
    rest = [item for item in items if after is None or key(item) > after]
    return rest[:size], _write_cursor(key(rest[size - 1])) if len(rest) > size else None


def _write_cursor(key: str) -> str:
    return urlsafe_b64encode(key.encode()).decode("ascii")


def _read_cursor(cursor: str) -> str:
    try:
        return urlsafe_b64decode(cursor).decode()
    except ValueError:
        raise _unacceptable("cursor", cursor, "a cursor from an earlier answer") from None


def number(name: str, default: int, most: int) -> int:
    """A whole number from 1 in the query of the current request. Raises ``ApiError`` 400."""
    given = request.args.get(name)
    if given is None:
        return default
    if not (given.isascii() and given.isdigit() and len(given) < 11 and 1 <= int(given) <= most):
        raise _unacceptable(name, given, f"1 to {most}")
    return int(given)


def boolean(name: str) -> bool | None:
    """True or false in the query of the current request, ``None`` if absent. Raises ``ApiError`` 400."""
    given = request.args.get(name)
    if given is not None and given.lower() not in ("true", "false"):
        raise _unacceptable(name, given, "true, false")
    return None if given is None else given.lower() == "true"


def choice(name: str, words: Sequence[str]) -> str | None:
    """One of a few words in the query of the current request. Raises ``ApiError`` 400."""
    given = request.args.get(name)
    if given is not None and given not in words:
        raise _unacceptable(name, given, ", ".join(words))
    return given


def _unacceptable(name: str, given: str, allowed: str) -> ApiError:
    message = f"Value [{given}] is not valid for parameter [{name}]. Allowable values are: {allowed}"
    return ApiError(400, message, code="invalid.query.param.value", parameters={"parameter": name})


def _uri(**changed: str) -> str:
    arguments = {**request.args.to_dict(), **changed}
    return request.path + (f"?{urlencode(arguments)}" if arguments else "")
