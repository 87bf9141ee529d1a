"""The schema check: every fault of a value at once, each in one sentence, each with a pointer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

from jsonschema import Draft7Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend
from referencing import Registry
from referencing.jsonschema import DRAFT7, SchemaRegistry

from runner.documents import form
from runner.documents.formats import FORMATS
from runner.documents.places import bounded
from runner.documents.resources import schema
from runner.documents.wording import Breach, Sentence, sentences
from runner.model.finding import Fault
from runner.model.json import Json
from runner.model.pointer import join

_REFERRED_TO = ("definitions", "records")


def check(schema_name: str, value: object) -> tuple[Fault, ...]:
    """Judge a value by a schema such as ``purge-policy`` (JSON Schema draft-07).

    ``value`` is made of ``dict``, ``list``, ``str``, ``int``, ``bool`` and ``None``; anything else
    is a fault. The faults are sorted by pointer. A missing key is told at its own pointer, which
    does not exist in ``value``; an unknown key at its key.
    """
    faults: dict[Fault, None] = {}
    for error in _validator(schema_name).iter_errors(value):
        breach = Breach.of(error)
        for sentence in sentences(breach):
            faults[_fault(sentence, breach)] = None
    return bounded(sorted(faults, key=lambda fault: (fault.pointer, fault.message)), form.SCHEMA)


def _fault(sentence: Sentence, breach: Breach) -> Fault:
    properties = breach.schema.get("properties", {})
    if sentence.unknown:
        hint = f"known here: {', '.join(properties)}" if properties else ""
    elif sentence.missing:
        key = sentence.parts[-1]
        hint = f"add `{key}: …` here. {_description(properties.get(key, {}))}"
    else:
        hint = _description(breach.schema)
    return form.SCHEMA.fault(join(sentence.parts), sentence.text, hint=hint, at_key=sentence.unknown)


def _description(described: Mapping[str, Json]) -> str:
    """Return what a schema says about its value, also through a reference."""
    if "$ref" in described:
        shared = _registry().resolver().lookup(str(described["$ref"])).contents
        return _description(shared) if isinstance(shared, Mapping) else ""
    return str(described.get("description", ""))


@lru_cache
def _validator(name: str) -> Draft7Validator:
    return _VALIDATOR(schema(name), format_checker=FORMATS, registry=_registry())


@lru_cache
def _registry() -> SchemaRegistry:
    """Every reference begins with the name of a file in the same folder."""
    files = ((f"{name}.schema.json", DRAFT7.create_resource(schema(name))) for name in _REFERRED_TO)
    registry: SchemaRegistry = Registry().with_resources(files)
    return registry


def _pattern(
    _validator: object, pattern: str, instance: object, _schema: Mapping[str, Json]
) -> Iterator[ValidationError]:
    """``pattern`` as ECMA 262 means it: ``$`` is the end of the text, not a line break before it."""
    if not isinstance(instance, str):
        return
    found = re.search(pattern, instance)
    if found is None or (pattern.endswith("$") and found.end() != len(instance)):
        yield ValidationError("does not match")


def _unique_by(
    _validator: object, key: str, instance: object, _schema: Mapping[str, Json]
) -> Iterator[ValidationError]:
    """``uniqueBy``: no two items of a list have the same text under ``key``. Editors ignore it."""
    seen: set[str] = set()
    for position, item in enumerate(instance if isinstance(instance, list) else ()):
        text = item.get(key) if isinstance(item, dict) else None
        if isinstance(text, str) and text in seen:
            yield ValidationError("repeats", path=(position, key), instance=text)
        elif isinstance(text, str):
            seen.add(text)


def _is_whole(_checker: object, value: object) -> bool:
    """``integer`` as this format means it: draft-07 would also take ``5.0``."""
    return isinstance(value, int) and not isinstance(value, bool)


_extend: Callable[..., type[Draft7Validator]] = extend
_VALIDATOR = _extend(
    Draft7Validator,
    {"pattern": _pattern, "uniqueBy": _unique_by},
    type_checker=Draft7Validator.TYPE_CHECKER.redefine("integer", _is_whole),
)
