"""What every document says about itself: version, kind, name, and the line for editors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from runner.documents import form
from runner.documents.kinds import API_VERSION, NAME, Kind
from runner.documents.places import START, PlacedFault, placed
from runner.documents.wording import quote
from runner.model.finding import Fault
from runner.model.json import JsonObject
from runner.model.rule import Rule

POINTERS = frozenset({"/apiVersion", "/kind", "/name"})
"""The fields that are judged here, and therefore not by the schema."""

_EDITOR_LINE = re.compile(r"# yaml-language-server: \$schema=(\S+)\s*")


def check(value: JsonObject, kind: Kind, name: str) -> Iterator[Fault]:
    """Judge ``apiVersion``, ``kind`` and ``name`` of a document whose file has the stem ``name``."""
    yield from _is(value, "apiVersion", API_VERSION, form.API_VERSION)
    yield from _is(value, "kind", kind.value, form.KIND)
    if NAME.fullmatch(name):
        yield from _is(value, "name", name, form.NAME)
    else:
        yield form.NAME.fault("/name", f"the file's name {quote(name)} cannot be the name of a document")


def _is(value: JsonObject, key: str, right: str, rule: Rule) -> Iterator[Fault]:
    if key not in value:
        yield rule.fault(f"/{key}", f"`{key}` is missing", hint=f"add {key}: {right}")
    elif value[key] != right:
        yield rule.fault(f"/{key}", f"`{key}` must be {quote(right)} here, not {quote(value[key])}")


def check_editor_line(text: str, kind: Kind) -> Iterator[PlacedFault]:
    """Judge the first line, by which editors find the schema."""
    line = _EDITOR_LINE.fullmatch(text.partition("\n")[0])
    file = f"{kind.schema}.schema.json"
    up = "../" * len(PurePosixPath(kind.folder).parts)
    hint = f"let the first line be: # yaml-language-server: $schema={up}schemas/{file}"
    if line is None:
        yield placed(form.EDITOR_LINE, START, "the first line does not name the schema", hint=hint)
    elif line[1].rpartition("/")[2] != file:
        yield placed(form.EDITOR_LINE, START, f"the first line names {quote(line[1])}", hint=hint)
