"""Instants and days: aware UTC datetimes, read from and written as RFC 3339, and calendar days."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta

_RFC3339 = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,6}))?(Z|[+-]\d{2}:\d{2})", re.ASCII
)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

_LAST_MIDNIGHT = datetime(9999, 12, 31, tzinfo=UTC)

ONE_MILLISECOND = timedelta(milliseconds=1)
"""How far an inclusive end lies before the exclusive one: the platform's own resolution."""


def parse_instant(text: str) -> datetime:
    """Read an RFC 3339 date-time with an offset, to an aware UTC datetime.

    Raises ``ValueError`` with a sentence a person understands: the format, the missing offset,
    or the day that does not exist. A leap second is refused, because no platform date holds one.
    Source: RFC 3339 section 5.6, narrowed to an upper-case ``T`` and ``Z``.
    """
    match = _RFC3339.fullmatch(text)
    if match is None:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?", text, re.ASCII):
            raise ValueError("has no offset: end it with Z or +hh:mm")
        raise ValueError("must be an ISO 8601 date-time such as 2026-11-23T09:30:00.000Z")
    try:
        parsed = datetime.fromisoformat(text)
        return parsed.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"is not a real date and time: {error}") from None


def parse_day(text: str) -> date:
    """Read a calendar day, ``YYYY-MM-DD``. Raises ``ValueError`` with a sentence."""
    if _DAY.fullmatch(text) is None:
        raise ValueError("must be a day such as 2026-11-23")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("is not a real day") from None


def exclusive_end(text: str) -> datetime:
    """Return the first instant after a declared end, which is inclusive to the millisecond.

    Raises ``ValueError`` as ``parse_instant`` does, and beyond the year 9999.
    """
    try:
        return parse_instant(text) + ONE_MILLISECOND
    except OverflowError:
        raise ValueError("lies beyond the year 9999") from None


def format_instant(instant: datetime) -> str:
    """Write an instant as ``2026-11-23T09:00:00Z``, whole seconds, truncated."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def format_milliseconds(instant: datetime) -> str:
    """Write an instant as ``2026-11-23T09:00:00.123Z``, truncated to the millisecond."""
    utc = instant.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"


def format_exactly(instant: datetime) -> str:
    """Write an instant as ``2026-11-23T09:00:00.123456Z``, with everything that it holds."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def midnight_before(instant: datetime) -> datetime:
    """Return the midnight (UTC) at or before an instant."""
    return instant.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def midnight_after(instant: datetime) -> datetime:
    """Return the midnight (UTC) at or after an instant; of the last day that there is, its first one."""
    before = midnight_before(instant)
    return before if before in (instant, _LAST_MIDNIGHT) else before + timedelta(days=1)


def gaps(
    start: datetime, end: datetime, taken: Iterable[tuple[datetime, datetime]]
) -> Iterator[tuple[datetime, datetime]]:
    """Yield the parts of a half-open range, in order, that none of the half-open ranges ``taken`` touches."""
    for begins, ends in (*sorted(each for each in taken if each[0] < each[1]), (end, end)):
        if start < min(begins, end):
            yield start, min(begins, end)
        start = max(start, ends)
