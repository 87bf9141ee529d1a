"""Findings: what is wrong, where, why in law, and what to do."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """An ``error`` refuses; a ``warning`` and a ``note`` only tell."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Fault:
    """A finding before it has a place: ``pointer`` is an RFC 6901 JSON pointer into a document.

    ``at_key`` points at the key instead of its value (an unknown key, for example).
    ``message`` and ``hint`` may quote foreign text; reports escape it.
    """

    rule: str
    severity: Severity
    pointer: str
    message: str
    hint: str
    basis: str
    at_key: bool = False


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A fault with its place. Lines and columns count from 1; order is file, line, column, rule."""

    file: str
    line: int
    column: int
    rule: str
    severity: Severity = field(compare=False)
    path: str
    message: str
    hint: str
    basis: str
