"""The schemas and the core pack that come with purgectl: from the wheel, or from a checkout."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from runner.model.json import JsonObject
from runner.model.source import EntryKind, SourceFile

CORE_PACK = "policies/regulations/core.yaml"

_PACKAGE = Path(__file__).parents[1]


@lru_cache
def schema(name: str) -> JsonObject:
    """Return the schema ``<name>.schema.json``.

    It lies inside the package when purgectl was installed from a wheel, and beside it in a
    checkout. Raises ``FileNotFoundError`` for a schema that does not exist.
    """
    inside = _PACKAGE / "schemas"
    folder = inside if inside.is_dir() else _PACKAGE.parent / "schemas"
    document: JsonObject = json.loads((folder / f"{name}.schema.json").read_text(encoding="utf-8"))
    return document


@lru_cache
def core_pack() -> SourceFile:
    """Return the regulation pack that applies where a repository has no core pack of its own.

    Raises ``FileNotFoundError`` when the installation has lost it: without the law nothing is judged.
    """
    inside = _PACKAGE / "shipped"
    folder = inside if inside.is_dir() else _PACKAGE.parent
    data = (folder / CORE_PACK).read_bytes()
    return SourceFile(CORE_PACK, EntryKind.FILE, data, len(data))
