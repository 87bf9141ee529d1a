"""JSON pointers (RFC 6901), and the dotted form that a person reads."""

from __future__ import annotations

from collections.abc import Iterable


def child(pointer: str, part: str | int) -> str:
    """Return the pointer to a key or an item below ``pointer``."""
    return f"{pointer}/{str(part).replace('~', '~0').replace('/', '~1')}"


def parent(pointer: str) -> str:
    """Return the pointer one step up; the root is its own parent."""
    return pointer.rpartition("/")[0]


def join(parts: Iterable[str | int]) -> str:
    """Return the pointer that takes these steps from the root."""
    pointer = ""
    for part in parts:
        pointer = child(pointer, part)
    return pointer


def within(pointer: str, other: str) -> bool:
    """Whether ``pointer`` is ``other`` or lies below it."""
    return pointer == other or pointer.startswith(f"{other}/")


def dotted(parts: Iterable[str | int]) -> str:
    """Write the same steps as ``dateRange.start`` or ``webhooks[0].id``."""
    text = ""
    for part in parts:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text
