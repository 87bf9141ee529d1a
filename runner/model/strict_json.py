"""JSON as RFC 8259 means it, from servers and branches that may mean something else."""

from __future__ import annotations

import json
import math
from typing import NoReturn

from runner.model.json import Json, JsonObject

LARGEST_EXACT = 2**53 - 1

_LONGEST_NUMBER = 30


def parse_object(data: bytes, *, exact: bool = False) -> JsonObject:
    """Read one JSON object in UTF-8. Raises ``ValueError`` as ``parse``, and for anything else."""
    value = parse(data, exact=exact)
    if isinstance(value, dict):
        return value
    raise ValueError("is not a JSON object")


def parse(data: bytes, *, exact: bool = False) -> Json:
    """Read one JSON value in UTF-8.

    ``exact`` asks for numbers that every reader keeps as they are: whole, and no larger than
    ``LARGEST_EXACT`` (RFC 7493 section 2.2).

    Raises ``ValueError`` for anything else: a key named twice, ``NaN`` or a number beyond
    bounds, nesting that exhausts the stack, another encoding. Its sentence quotes nothing.
    """
    try:
        value: Json = (_EXACT if exact else _ANY).decode(data.decode("utf-8"))
    except RecursionError:
        raise ValueError("is nested too deeply") from None
    except UnicodeDecodeError:
        raise ValueError("is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"is not JSON: line {error.lineno}, column {error.colno}") from None
    return value


def _object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("names one key twice")
    return value


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("holds a number too large to keep")
    return number


def _whole(text: str) -> int:
    if len(text) > _LONGEST_NUMBER:
        raise ValueError(f"holds a number of more than {_LONGEST_NUMBER} digits")
    return int(text)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"holds {name}, which is not JSON")


def _exactly(text: str) -> int:
    number = _whole(text)
    if abs(number) > LARGEST_EXACT:
        raise ValueError("holds a number beyond 2^53 - 1")
    return number


def _refuse_fraction(text: str) -> NoReturn:
    del text
    raise ValueError("holds a number that is not whole")


_ANY = json.JSONDecoder(
    object_pairs_hook=_object, parse_constant=_refuse_constant, parse_float=_finite, parse_int=_whole
)
_EXACT = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_constant=_refuse_constant,
    parse_float=_refuse_fraction,
    parse_int=_exactly,
)
"""Made once: a log of years holds a hundred thousand records."""
