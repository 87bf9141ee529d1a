"""A quick yes: values that surely meet their schema, found without the library that words the faults.

A log of years holds a hundred thousand records, and the library takes half a millisecond for each.
What is not vouched for here is not refused: ``schema.check`` has the last word, and says why.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import TypeAlias

from runner.documents.formats import FORMATS
from runner.documents.resources import schema
from runner.model.json import Json, JsonObject

Check: TypeAlias = Callable[[object], bool]

_SILENT = frozenset({"$schema", "title", "description", "definitions", "then"})
"""Keywords that ask nothing by themselves."""


class UnknownKeyword(LookupError):
    """A schema asks for something that only ``schema.check`` can judge."""


def surely(schema_name: str, value: object) -> bool:
    """Whether a value meets a schema, as ``schema.check`` judges too; false where that must be asked.

    Raises ``UnknownKeyword`` for a schema that is not made of the keywords below.
    """
    return _schema(schema_name)(value)


@lru_cache
def _schema(name: str) -> Check:
    return compiled(schema(name))


def compiled(described: JsonObject) -> Check:
    """Make a schema (JSON Schema draft-07) into a predicate. Raises ``UnknownKeyword``."""
    if "$ref" in described:
        return _referred(str(described["$ref"]))
    keywords = [key for key in described if key not in _SILENT]
    unknown = [key for key in keywords if key not in _KEYWORDS]
    if unknown:
        raise UnknownKeyword(f"the quick check does not know {unknown[0]}")
    return _all([_KEYWORDS[key](described) for key in keywords])


def _all(checks: Sequence[Check]) -> Check:
    def check(value: object) -> bool:
        for each in checks:  # noqa: SIM110 - a generator takes twice as long, and this is about time
            if not each(value):
                return False
        return True

    return checks[0] if len(checks) == 1 else check


@lru_cache
def _referred(reference: str) -> Check:
    file, _, path = reference.partition("#/")
    found: Json = schema(file.removesuffix(".schema.json"))
    for name in path.split("/"):
        found = _object(found)[name]
    return compiled(_object(found))


def _type(described: JsonObject) -> Check:
    stated = described["type"]
    names = [stated] if isinstance(stated, str) else _list(stated)
    kinds = frozenset(kind for name in names for kind in _TYPES[str(name)])
    return lambda value: type(value) in kinds


def _enum(described: JsonObject) -> Check:
    return _one_of(_list(described["enum"]))


def _const(described: JsonObject) -> Check:
    return _one_of([described["const"]])


def _one_of(values: Sequence[Json]) -> Check:
    """Take plain values only, each with its type, because ``True`` equals 1 in Python and not in JSON."""
    allowed = frozenset((type(each), each) for each in values)
    return lambda value: isinstance(value, str | int | None) and (type(value), value) in allowed


def _pattern(described: JsonObject) -> Check:
    pattern = re.compile(str(described["pattern"]))
    to_the_end = pattern.pattern.endswith("$")

    def check(value: object) -> bool:
        if not isinstance(value, str):
            return True
        found = pattern.search(value)
        return found is not None and (not to_the_end or found.end() == len(value))

    return check


def _format(described: JsonObject) -> Check:
    name = str(described["format"])
    return lambda value: FORMATS.conforms(value, name)


def _minimum(described: JsonObject) -> Check:
    least = _whole(described["minimum"])
    return lambda value: not isinstance(value, int | float) or value >= least


def _maximum(described: JsonObject) -> Check:
    most = _whole(described["maximum"])
    return lambda value: not isinstance(value, int | float) or value <= most


def _length(key: str, kind: type[str | list[object]], *, least: bool) -> Callable[[JsonObject], Check]:
    def build(described: JsonObject) -> Check:
        limit = _whole(described[key])
        if least:
            return lambda value: not isinstance(value, kind) or len(value) >= limit
        return lambda value: not isinstance(value, kind) or len(value) <= limit

    return build


def _items(described: JsonObject) -> Check:
    check = compiled(_object(described["items"]))
    return lambda value: not isinstance(value, list) or all(check(item) for item in value)


def _required(described: JsonObject) -> Check:
    names = frozenset(str(name) for name in _list(described["required"]))
    return lambda value: not isinstance(value, dict) or names <= value.keys()


def _properties(described: JsonObject) -> Check:
    checks = {name: compiled(_object(item)) for name, item in _object(described["properties"]).items()}

    def check(value: object) -> bool:
        if not isinstance(value, dict):
            return True
        for name, item in value.items():  # noqa: SIM110 - as above
            if name in checks and not checks[name](item):
                return False
        return True

    return check


def _additional(described: JsonObject) -> Check:
    known = frozenset(_object(described.get("properties", {})))
    allowed = described["additionalProperties"]
    if isinstance(allowed, Mapping):
        check = compiled(allowed)
        return lambda value: (
            not isinstance(value, dict)
            or all(check(item) for name, item in value.items() if name not in known)
        )
    return lambda value: allowed is True or not isinstance(value, dict) or value.keys() <= known


def _any_of(described: JsonObject) -> Check:
    checks = [compiled(_object(item)) for item in _list(described["anyOf"])]
    return lambda value: any(check(value) for check in checks)


def _all_of(described: JsonObject) -> Check:
    return _all([compiled(_object(item)) for item in _list(described["allOf"])])


def _if(described: JsonObject) -> Check:
    condition, then = (compiled(_object(described[key])) for key in ("if", "then"))
    return lambda value: not condition(value) or then(value)


def _whole(value: Json) -> int:
    assert isinstance(value, int)
    return value


def _object(value: Json) -> JsonObject:
    assert isinstance(value, Mapping)
    return value


def _list(value: Json) -> Sequence[Json]:
    assert isinstance(value, Sequence)
    return value


_TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "boolean": (bool,),
    "null": (type(None),),
}
_KEYWORDS: Mapping[str, Callable[[JsonObject], Check]] = {
    "type": _type,
    "enum": _enum,
    "const": _const,
    "pattern": _pattern,
    "format": _format,
    "minimum": _minimum,
    "maximum": _maximum,
    "minLength": _length("minLength", str, least=True),
    "maxLength": _length("maxLength", str, least=False),
    "minItems": _length("minItems", list, least=True),
    "maxItems": _length("maxItems", list, least=False),
    "items": _items,
    "required": _required,
    "properties": _properties,
    "additionalProperties": _additional,
    "anyOf": _any_of,
    "allOf": _all_of,
    "if": _if,
}
