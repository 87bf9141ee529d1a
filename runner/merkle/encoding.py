"""Base64 as every file of the log uses it: one text for one value, and nothing else."""

from __future__ import annotations

import base64


def to_text(value: bytes) -> str:
    """Return the standard base64 of a value, with padding."""
    return base64.b64encode(value).decode()


def from_text(text: str) -> bytes:
    """Read exactly what ``to_text`` writes. Raises ``ValueError`` for any other spelling.

    The library alone takes surplus padding and stray bits, so that two texts could mean one value.
    """
    value = base64.b64decode(text, validate=True)
    if to_text(value) != text:
        raise ValueError("is not canonical base64")
    return value
