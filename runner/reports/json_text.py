"""The one way in which a report becomes JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping

from runner.model.text import LEGACY_COMMAND


def json_text(document: Mapping[str, object]) -> str:
    """Return a document in ASCII, indented, with a final newline; no CI runner obeys any line of it."""
    return _harmless(json.dumps(document, indent=2, ensure_ascii=True))


def json_line(document: Mapping[str, object]) -> str:
    """Return a document in ASCII on one line, with a newline at its end."""
    return _harmless(json.dumps(document, ensure_ascii=True, separators=(",", ":")))


def _harmless(text: str) -> str:
    return text.replace(LEGACY_COMMAND, r"#\u0023[") + "\n"
