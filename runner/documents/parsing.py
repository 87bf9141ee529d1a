"""The reference parser, ruamel.yaml: its events, and its complaints as faults."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import Event

from runner.documents import form
from runner.documents.places import START, Place, PlacedFault, placed
from runner.documents.wording import foreign

_HINTS = {
    "mapping values are not allowed": "put the text in quotes: it holds a colon followed by a space",
    "expected <block end>": "let keys that belong together begin in the same column",
    "could not find expected ':'": "write key: value, with a space after the colon",
    "that cannot start any token": "put a text that begins with a special character in quotes",
    "while scanning a quoted scalar": "close the quotes",
}


def events(text: str) -> Iterator[Any]:
    r"""Yield the parser's events, one document after the other. Raises ``YAMLError`` alone.

    The parser lets an escape such as ``\U00110000`` out as ``ValueError`` or ``OverflowError``, and
    a directive such as ``%YAML 1.3`` as ``AssertionError``; the last event tells where that was.
    """
    reached = None
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            reached = event.end_mark
            yield event
    except (ValueError, OverflowError, AssertionError) as error:
        raise MarkedYAMLError(
            problem="an escape or a directive that means nothing follows", problem_mark=reached
        ) from error


def place_of(event: Event) -> Place:
    """Return where an event begins."""
    return Place(event.start_mark.line + 1, event.start_mark.column + 1)


def unreadable(error: YAMLError) -> PlacedFault:
    """Turn the parser's own sentence into a fault where the parser stopped."""
    if not isinstance(error, MarkedYAMLError):
        return placed(form.READABLE, START, f"cannot be read: {foreign(str(error))}")
    context = foreign(error.context or "")
    if error.context_mark:
        context += f" from line {error.context_mark.line + 1}"
    sentence = ": ".join(part for part in (context, foreign(error.problem or "")) if part)
    hint = next((hint for sign, hint in _HINTS.items() if sign in sentence), "")
    mark = error.problem_mark or error.context_mark
    place = Place(mark.line + 1, mark.column + 1) if mark else START
    return placed(form.READABLE, place, f"cannot be read: {sentence}", hint=hint)
