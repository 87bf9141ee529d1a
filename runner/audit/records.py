"""Records as bytes: written in one way only, read back strictly, checked against a closed schema.

A leaf's bytes are RFC 8785 (JCS) without a final newline. Reading refuses what that form cannot
be: duplicate keys, floats, NaN, numbers beyond 2^53 - 1 (RFC 7493), other spacing or key order.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

import rfc8785

from runner.audit.identity import record_id
from runner.documents import schema
from runner.documents.quick import surely
from runner.model.finding import Fault
from runner.model.json import Json, JsonObject
from runner.model.log import Draft, Record, RecordType
from runner.model.strict_json import LARGEST_EXACT, parse_object
from runner.model.text import printable, shorten
from runner.model.time import format_instant

MAX_RECORD = 65_535
"""Bytes of a record at most: an entry of C2SP ``tlog-tiles.md`` has a 16-bit length."""

_VERSION = 1
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)
_Plain: TypeAlias = "bool | int | float | str | list[_Plain] | dict[str, _Plain] | None"


class BadRecord(ValueError):
    """Bytes are no record of this version; the message says why, safe to print."""


def opened(
    origin: str,
    target: str,
    keys: Sequence[str],
    baseline: Sequence[JsonObject],
    runner: JsonObject,
    at: datetime,
) -> Draft:
    """Make the first record of a log.

    ``keys`` are the verifier keys at the start; ``baseline`` names the policies (``policy``,
    ``revision``, ``path``, ``blob``, ``purge_id``) that were on ``main`` and never run under it.
    """
    fields: JsonObject = {
        "log": {"origin": origin, "keys": list(keys)},
        "target": target,
        "baseline": list(baseline),
        "runner": runner,
    }
    return Draft(RecordType.LOG_OPENED, record_id(origin, RecordType.LOG_OPENED, fields), at, fields)


def encode(draft: Draft) -> bytes:
    """Return the bytes of the leaf that a draft becomes. Raises ``BadRecord``."""
    body = {
        **draft.fields,
        "v": _VERSION,
        "id": draft.id,
        "type": draft.type.value,
        "at": format_instant(draft.at),
    }
    data = canonical(body)
    parse(0, data)
    return data


def fits(draft: Draft) -> bool:
    """Whether a draft is small enough to be a record."""
    try:
        encode(draft)
    except TooLarge:
        return False
    return True


class TooLarge(BadRecord):
    """A record would exceed ``MAX_RECORD`` bytes."""


def parse(index: int, data: bytes) -> Record:
    """Read the bytes of leaf ``index``. Raises ``BadRecord``."""
    if len(data) > MAX_RECORD:
        raise TooLarge(f"has {len(data)} bytes, and {MAX_RECORD} is the most")
    body = strict_json(data)
    faults = () if surely("records", body) else schema.check("records", body)
    if faults:
        raise BadRecord(f"is not of the closed schema: {_faults(faults)}")
    return Record(index, data, body)


def strict_json(data: bytes) -> JsonObject:
    """Read an object that is exactly its own RFC 8785 form. Raises ``BadRecord``."""
    try:
        body = parse_object(data, exact=True)
    except ValueError as error:
        raise BadRecord(f"is not strict JSON: it {error}") from None
    if _written(body) != data:
        raise BadRecord("is not in its canonical form (RFC 8785)")
    return body


def canonical(value: JsonObject) -> bytes:
    """Return the RFC 8785 bytes of a value. Raises ``BadRecord`` for what has none, or a float."""
    try:
        plain = _plain(value)
    except RecursionError:
        raise BadRecord("has no canonical form: it is nested too deeply") from None
    return _written(plain)


def _written(value: Json) -> bytes:
    """Return the RFC 8785 bytes of a value whose numbers are whole and no larger than 2^53 - 1.

    It is made of ``dict`` and ``list``. Where all is ASCII, the standard library writes the same
    bytes, ten times as fast. Beyond, it sorts keys in another way, and lets half a surrogate pair pass.
    """
    try:
        text = _ENCODER.encode(value)
        return text.encode() if text.isascii() else rfc8785.dumps(_plain(value))
    except (rfc8785.CanonicalizationError, RecursionError, UnicodeEncodeError) as error:
        raise BadRecord(f"has no canonical form: {error}") from None


def _plain(value: Json) -> _Plain:
    """Turn any mapping and sequence into the two types that the encoders know."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, int):
        if abs(value) > LARGEST_EXACT:
            raise BadRecord("holds a number beyond 2^53 - 1")
        return value
    if isinstance(value, float):
        raise BadRecord("holds a number that is not whole")
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value]


def _faults(faults: Sequence[Fault]) -> str:
    shown = "; ".join(f"{fault.pointer or '/'} {fault.message}" for fault in faults[:3])
    return shorten(printable(shown), 300)
