"""Where something stands in a file, and faults that know it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from runner.model.finding import Fault
from runner.model.rule import Rule

MAX_FAULTS = 100
"""As many faults of one sort are told of one file, so that a hostile one cannot flood a report."""

_LINE_BREAK = re.compile(r"\r\n|\n|\r")


class Place(NamedTuple):
    """A line and a column, both from 1; columns count characters."""

    line: int
    column: int


START = Place(1, 1)


class Span(NamedTuple):
    """Where a value and its key begin. An item of a list and the root have no key of their own."""

    key: Place
    value: Place


@dataclass(frozen=True, slots=True)
class PlacedFault(Fault):
    """A fault of the text, which has a place of its own whatever its pointer says."""

    place: Place = START


def placed(rule: Rule, place: Place, message: str, *, pointer: str = "", hint: str = "") -> PlacedFault:
    """Build a fault of ``rule`` at a place; ``hint`` replaces the rule's own."""
    return PlacedFault(
        rule.id, rule.severity, pointer, message, hint or rule.hint, rule.basis, at_key=False, place=place
    )


def line_starts(text: str) -> tuple[int, ...]:
    """Return the offsets at which the lines of a text begin, for ``place_at``."""
    return (0, *(found.end() for found in _LINE_BREAK.finditer(text)))


def place_at(starts: tuple[int, ...], offset: int) -> Place:
    """Return the place of the character at ``offset`` (from 0)."""
    line = bisect_right(starts, offset)
    return Place(line, offset - starts[line - 1] + 1)


def bounded(faults: Iterable[Fault], rule: Rule) -> tuple[Fault, ...]:
    """Return the first ``MAX_FAULTS`` faults; if there are more, one of ``rule`` says so.

    That one points at the whole document, so nothing in it counts as sound.
    """
    taken = tuple(islice(faults, MAX_FAULTS + 1))
    if len(taken) <= MAX_FAULTS:
        return taken
    rest = rule.fault("", f"has more than {MAX_FAULTS} faults; the others are not shown")
    return (*taken[:MAX_FAULTS], rest)
