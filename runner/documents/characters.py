"""Bytes to characters: everything that a reviewer could not see, or that is no text at all."""

from __future__ import annotations

import re
import unicodedata

from runner.documents import form
from runner.documents.places import Place, PlacedFault, line_starts, place_at, placed
from runner.model.text import hidden

_BYTE_ORDER_MARK = "\ufeff"
_TAB = "\t"
_LINE_BREAKS = frozenset("\n\r")
_LONE_RETURN = re.compile(r"\r(?!\n)")
_STAND_IN = "\ufffd"

_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0") | {
    chr(code) for first, last in ((0xFE00, 0xFE0F), (0xE0100, 0xE01EF)) for code in range(first, last + 1)
}
"""Letters, marks and symbols that are drawn as nothing (Unicode: Default_Ignorable_Code_Point)."""


def decode(data: bytes) -> tuple[str | None, tuple[PlacedFault, ...]]:
    """Return the text of a file, ready for the parser, with the faults of its characters.

    Invisible characters are replaced by U+FFFD one by one, so that every place stays what it
    was. The text is ``None`` when the bytes are not UTF-8.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return None, (_not_utf_8(data, error.start),)
    faults: list[PlacedFault] = []
    if text.startswith(_BYTE_ORDER_MARK):
        text = text.removeprefix(_BYTE_ORDER_MARK)
        faults.append(placed(form.BYTE_ORDER_MARK, Place(1, 1), "begins with a byte order mark"))
    if _TAB in text:
        faults.append(_tabs(text))
    unseen = sorted(invisible(text) - _LINE_BREAKS - {_TAB})
    if unseen or _LONE_RETURN.search(text):
        faults.append(_unseen(text, unseen))
        text = text.translate(dict.fromkeys(map(ord, unseen), _STAND_IN))
    return text, tuple(faults)


def invisible(text: str) -> set[str]:
    """Return the characters of a text that cannot be seen, or that change how others are shown."""
    return {
        character
        for character in set(text)
        if hidden(character)
        or character in _BLANK
        or (character != " " and unicodedata.category(character) == "Zs")
    }


def described(character: str) -> str:
    """Name a character that cannot be shown: ``U+202E RIGHT-TO-LEFT OVERRIDE``."""
    name = unicodedata.name(character, "")
    return f"U+{ord(character):04X} {name}" if name else f"the control character U+{ord(character):04X}"


def _not_utf_8(data: bytes, offset: int) -> PlacedFault:
    before = data[:offset].decode("utf-8")
    place = place_at(line_starts(before), len(before))
    return placed(form.UTF_8, place, f"the byte 0x{data[offset]:02x} at offset {offset} is not UTF-8")


def _tabs(text: str) -> PlacedFault:
    place = place_at(line_starts(text), text.index(_TAB))
    return placed(form.TAB, place, "holds a tab" + _and_more(text.count(_TAB) - 1))


def _unseen(text: str, characters: list[str]) -> PlacedFault:
    returns = [found.start() for found in _LONE_RETURN.finditer(text)]
    first = min([text.index(character) for character in characters] + returns[:1])
    count = sum(text.count(character) for character in characters) + len(returns)
    place = place_at(line_starts(text), first)
    return placed(form.INVISIBLE, place, f"holds {described(text[first])}" + _and_more(count - 1))


def _and_more(count: int) -> str:
    return f", and {count} more" if count else ""
