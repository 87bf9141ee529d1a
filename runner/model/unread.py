"""Something that could not be read: a value in its place, so that nothing is taken for well by silence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Unread:
    """Why it could not be read, and what somebody ``needs`` who wants to."""

    why: str
    needs: str


Read: TypeAlias = "T | Unread"
