"""The engine: runs a check on a document when the values that it reads are valid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Protocol

from runner.model.finding import Fault
from runner.model.json import Json, JsonObject
from runner.rules.check import Check


class Checked(Protocol):
    """A document whose form and schema have been looked at."""

    @property
    def value(self) -> JsonObject | None:
        """The document, or ``None`` when it is not a mapping."""

    def sound(self, pointer: str) -> bool:
        """Whether a value is there and no fault lies at, above or below it."""


def run(check: Check, document: Checked, now: datetime) -> Iterator[Fault]:
    """Yield the faults that a check finds; none when a value that it reads is missing or invalid.

    What is missing or invalid has its own fault from the schema, so nothing is lost in silence.
    """
    readable = all(map(document.sound, check.reads)) and all(
        absent_or_sound(document, pointer) for pointer in check.may_read
    )
    if readable:
        values = [value_at(document, pointer) for pointer in (*check.reads, *check.may_read)]
        yield from check.decide(*values, *([now] if check.clock else []))


def absent_or_sound(document: Checked, pointer: str) -> bool:
    """Whether a value that a document may leave out is out, or valid. False when nothing can be read."""
    if document.value is None:
        return False
    return pointer.removeprefix("/") not in document.value or document.sound(pointer)


def value_at(document: Checked, pointer: str) -> Json:
    """Return the value at a pointer whose keys need no escape, ``None`` when a key is missing."""
    value: Json = document.value
    for key in pointer.split("/")[1:]:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value
