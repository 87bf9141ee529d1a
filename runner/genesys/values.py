"""Values as the platform's API writes them."""

from __future__ import annotations

from datetime import datetime
from typing import TypeGuard

from runner.model.json import Json
from runner.model.time import format_milliseconds, parse_instant

LONGEST_WORD = 100
LONGEST_REASON = 500
_MOST = 10**12
_LAST_YEAR = 9000


def is_count(value: Json) -> TypeGuard[int]:
    """Whether a value is a number of things that an organisation could have."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST


def instant_or_none(value: Json) -> datetime | None:
    """Read an instant of the platform (ISO 8601 with an offset), ``None`` for anything else.

    What lies so far away that a calendar ends near it is no instant either: days are added to it.
    """
    try:
        instant = parse_instant(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return instant if instant is not None and 1 < instant.year < _LAST_YEAR else None


def interval_text(start: datetime, end: datetime) -> str:
    """Write an ISO 8601 interval, in milliseconds."""
    return f"{format_milliseconds(start)}/{format_milliseconds(end)}"
