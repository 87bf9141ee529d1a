"""Something that could not be read: a value in its place, so that nothing is taken for well by silence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from runner.errors import Interrupted, RemoteFailure

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Unread:
    """Why it could not be read, and what somebody ``needs`` who wants to."""

    why: str
    needs: str


Read: TypeAlias = "T | Unread"


def attempt(ask: Callable[[], T], needs: str = "") -> Read[T]:
    """Ask; what cannot be read becomes a value. ``needs`` is said in the place of the failure's own hint.

    Raises ``Interrupted``: an end that somebody asked for is no answer.
    """
    try:
        return ask()
    except Interrupted:
        raise
    except RemoteFailure as failure:
        return Unread(failure.message, needs or failure.hint or "run it again later")
