"""A new document as text: the template of its kind, with its comments, around given values."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

from runner.documents.kinds import API_VERSION, Kind
from runner.model.json import Json, JsonObject

_TEMPLATES = Path(__file__).parent / "templates"
_FIELD = re.compile(r"^(\w+): @$", re.MULTILINE)
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9-]*", re.ASCII)
_QUOTED = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
"""Plain words that some YAML reader takes for something else than a text."""


def draft(kind: Kind, name: str, fields: JsonObject) -> str:
    """Write a document with the given top-level fields.

    A field that is absent is left out, with the comment above it when its whole paragraph is.
    Raises ``ValueError`` for a field that the template has no place for.
    """
    values = {"apiVersion": API_VERSION, "kind": kind.value, "name": name, **fields}
    template = (_TEMPLATES / f"{kind.schema}.yaml").read_text(encoding="utf-8")
    lost = values.keys() - set(_FIELD.findall(template))
    if lost:
        raise ValueError(f"the template of {kind.value} has no place for {', '.join(sorted(lost))}")
    paragraphs = (_paragraph(text, values) for text in template.rstrip("\n").split("\n\n"))
    return "\n\n".join(filter(None, paragraphs)) + "\n"


def _paragraph(text: str, values: JsonObject) -> str:
    lines = []
    for line in text.split("\n"):
        field = _FIELD.fullmatch(line)
        if field is None:
            lines.append(line)
        elif field[1] in values:
            lines.append(f"{field[1]}: {_flow(values[field[1]])}")
    return "\n".join(lines) if any(not line.startswith("#") for line in lines) else ""


def _flow(value: Json) -> str:
    """Write a value on one line, as YAML that every reader understands alike."""
    if isinstance(value, str):
        plain = value == API_VERSION or (_PLAIN.fullmatch(value) and value.lower() not in _QUOTED)
        return value if plain else json.dumps(value, ensure_ascii=False)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_flow(key)}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return json.dumps(value)
