"""Foreign text made harmless, in one place: whoever prints a policy or an answer goes through here."""

from __future__ import annotations

import unicodedata

LEGACY_COMMAND = "##["
"""GitHub's runner obeys a line that holds this anywhere, so no output may hold it."""

_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def printable(text: str) -> str:
    r"""Replace every control, format, bidirectional and unassigned character by its escape.

    The result is one line that a terminal shows as it stands: ``\\x1b`` instead of an escape
    sequence, ``\\n`` instead of a new line. A CI runner finds no command in it either.
    """
    shown = "".join(_escape(character) if hidden(character) else character for character in text)
    return shown.replace(LEGACY_COMMAND, r"#\x23[")


def hidden(character: str) -> bool:
    """Whether a character is invisible, or changes how its neighbours are shown."""
    return unicodedata.category(character) in _HIDDEN


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def shorten(text: str, limit: int) -> str:
    """Cut a text to at most ``limit`` characters, with an ellipsis where something is missing."""
    return text if len(text) <= limit else text[: limit - 1] + "…"
