"""One HTTP exchange without a second chance."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPException

import requests
from urllib3.exceptions import HTTPError, ReadTimeoutError

from runner.net.connection import Deadline, NeverConnectedError, Route, never, open_session
from runner.net.outcome import Answer, Failure, NoAnswer, Outcome

_NEXT_LINK = re.compile(r'<(?P<url>[!-;=?-~]{1,2000})>; *rel="next"', re.ASCII)


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one exchange.

    Seconds to ``connect``, to ``read`` (between two bytes) and in ``total``; ``size`` is the most
    bytes of an answer that are read.
    """

    connect: float = 5
    read: float = 30
    total: float = 35
    size: int = 1024 * 1024


class Wire:
    """Exchanges with one server. Follows no redirect, keeps no cookie, resends nothing."""

    def __init__(self, *, limits: Limits, route: Route) -> None:
        self._limits = limits
        self._session = open_session(route)

    def exchange(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes | None,
        fresh: bool = False,
        unwanted: Callable[[], bool] = never,
    ) -> Outcome:
        """Send one request, once, and read its answer up to the limits; never raises for a fault.

        ``fresh`` makes a new connection: on a kept one, a request that meets the server's own
        closing looks as if it might have arrived. ``unwanted`` is asked many times a second, and cuts
        the exchange off when it says that nobody waits for the answer any more.
        """
        if fresh:
            self._session.close()
        with Deadline(self._limits.total, unwanted) as deadline:
            try:
                response = self._session.request(
                    method,
                    url,
                    headers=dict(headers),
                    data=body,
                    timeout=(self._limits.connect, self._limits.read),
                    allow_redirects=False,
                    stream=True,
                )
            except NeverConnectedError as error:
                return NoAnswer(error.failure, sent=False, detail=error.detail)
            # ValueError: a header that the library stumbles over must not hide that the request is out.
            except (requests.RequestException, HTTPError, OSError, ValueError) as error:
                if deadline.passed or isinstance(error, requests.Timeout):
                    return NoAnswer(Failure.TIMEOUT, sent=True, detail="no answer in time")
                return NoAnswer(Failure.CUT, sent=True, detail="the connection broke before the answer")
            with response:
                received, shortfall = self._read(response)
            return _answer(response, received, Failure.TIMEOUT if deadline.passed else shortfall)

    def close(self) -> None:
        """Close the connection that is kept."""
        self._session.close()

    def _read(self, response: requests.Response) -> tuple[bytes, Failure | None]:
        received = bytearray()
        room = self._limits.size + 1
        try:
            while chunk := response.raw.read(room - len(received), decode_content=False):
                received += chunk
        except ReadTimeoutError:
            return bytes(received), Failure.TIMEOUT
        except (HTTPError, HTTPException, OSError):
            return bytes(received), Failure.CUT
        if len(received) == room:
            return bytes(received[:-1]), Failure.TOO_LARGE
        return bytes(received), None


def _answer(response: requests.Response, body: bytes, shortfall: Failure | None) -> Answer:
    date = _date(response.headers.get("Date", ""))
    correlation_id = response.headers.get("ININ-Correlation-Id", "").strip()
    return Answer(
        status=response.status_code,
        body=body,
        correlation_id=correlation_id if re.fullmatch(r"[A-Za-z0-9._-]{1,128}", correlation_id) else None,
        retry_after=_pause(response.headers.get("Retry-After", "").strip(), date),
        date=date,
        next_url=_next(response.headers.get("Link", "")),
        allowed=_number(response.headers.get("inin-ratelimit-allowed", "").strip()),
        shortfall=shortfall,
    )


def _next(link: str) -> str | None:
    """Read where a list goes on from a ``Link`` header (RFC 8288 section 3).

    A header that speaks of a next part in another form is returned as it stands: it leads nowhere,
    so that nobody takes a part for the whole.
    """
    found = _NEXT_LINK.search(link)
    if found is not None:
        return found["url"]
    return link if "next" in link.lower() else None


def _pause(text: str, date: datetime | None) -> int | None:
    """Read a ``Retry-After`` header (RFC 9110 section 10.2.3) to seconds.

    An instant is measured from the server's own ``Date``, for its clock and ours may differ.
    """
    seconds = _number(text)
    if seconds is not None:
        return seconds
    until = _date(text)
    return None if until is None or date is None else max(0, int((until - date).total_seconds()))


def _number(text: str) -> int | None:
    """Read a whole number; what is not plausible is none."""
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else None


def _date(text: str) -> datetime | None:
    """Read an HTTP-date (RFC 9110 section 5.6.7); what is not plausible is no date."""
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    plausible = date.tzinfo is not None and 2000 <= date.year < 9000
    return date.astimezone(UTC) if plausible else None
