"""GitHub's REST API: one origin, one token, GET requests only unless a subclass is built for more.

Source: GitHub REST API reference: "Getting started with the REST API" (headers), "Using pagination in
the REST API" (the ``Link`` header) and "Rate limits for the REST API".
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import TypeVar
from urllib.parse import urlsplit

from runner.errors import RemoteFailure, UsageError
from runner.forge.answers import member, objects, text
from runner.model.json import Json
from runner.model.strict_json import parse
from runner.net.masking import quotable
from runner.net.origin import Origin, origin_of
from runner.net.outcome import Answer
from runner.net.pace import Pace
from runner.net.retry import Effect
from runner.net.transport import Request, ServerClock, Setting, Transport, told

API_VERSION = "2022-11-28"
"""The pinned version. What version 2026-03-10 took away is not read either."""

PUBLIC_HOST = "api.github.com"
LARGEST_ANSWER = 8 * 1024 * 1024
"""Bytes: a page of a hundred files comes with their patches."""

_MOST_PAGES = 100

Value = TypeVar("Value")


class GitHub:
    """Asks GitHub, and understands every answer or fails.

    ``url`` is the API's address, such as ``https://api.github.com`` or ``https://host/api/v3``. It
    must be https on GitHub's own host or on one in ``allow_host``; http is for loopback alone, and
    only where ``sandbox`` says that nothing real can be purged. Raises ``UsageError`` otherwise.
    """

    _allows = Effect.SAFE
    _per_minute = 300

    def __init__(
        self,
        url: str,
        token: str,
        setting: Setting,
        *,
        allow_host: Collection[str] = (),
        sandbox: bool = False,
    ) -> None:
        origin = _checked(url, allow_host, sandbox=sandbox)
        self._prefix = urlsplit(url).path.rstrip("/")
        self._token = token
        self._clock = ServerClock(setting.clock)
        pace = Pace(self._per_minute, setting.clock)
        self._transport = Transport(origin, setting, pace=pace, server_clock=self._clock, allows=self._allows)

    def now(self) -> datetime:
        """Return GitHub's own time, by its newest answer. Raises ``RemoteFailure`` if that had no date."""
        now = self._clock.now()
        if now is None:
            raise RemoteFailure(
                "GitHub's newest answer has no date", hint="check that it is GitHub that answers"
            )
        return now

    def one(self, path: str, read: Callable[[Json], Value]) -> Value:
        """Get one thing. Raises ``RemoteFailure``, also for an answer that ``read`` cannot understand."""
        request = self._request(self._prefix + path)
        return self._understood(request, self._answer(request), read)

    def all(
        self, path: str, read: Callable[[Json], Value], most: int, *, inside: str = ""
    ) -> tuple[Value, ...]:
        """Get a whole list, page by page; ``inside`` is the key under which a page holds its part.

        Raises ``RemoteFailure`` as ``one``, and for a list that is longer than ``most`` or never ends.
        """

        def page(value: Json) -> list[Value]:
            return [read(item) for item in objects(member(value, inside) if inside else value)]

        found: list[Value] = []
        place = f"{self._prefix}{path}{'&' if '?' in path else '?'}per_page=100"
        for _ in range(_MOST_PAGES):
            request = self._request(place)
            answer = self._answer(request)
            found += self._understood(request, answer, page)
            if len(found) > most:
                raise self._unbelievable(request, f"is part of a list of more than {most}")
            if answer.next_url is None:
                return tuple(found)
            place = self._place(request, answer.next_url)
        raise self._unbelievable(request, "is part of a list that does not end")

    def close(self) -> None:
        """Close the connection that is kept."""
        self._transport.close()

    def _request(self, place: str, method: str = "GET", effect: Effect = Effect.SAFE) -> Request:
        headers = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": API_VERSION}
        request = Request(method, place, effect, headers)
        return request.with_authorization(f"Bearer {self._token}", (self._token,))

    def _answer(self, request: Request, success: int = 200) -> Answer:
        """Get a whole answer of success; anything else is a failure that says what to do."""
        answer = self._transport.send(request, throttled=_throttled)
        if answer.status == success:
            return answer
        said = self._said(answer)
        raise RemoteFailure(
            f"GitHub refused {request}: {told(answer)}{f': {said}' if said else ''}",
            where=self._url(request),
            hint=_HINTS.get(answer.status, "look at GitHub's status page, and run again"),
        )

    def _understood(self, request: Request, answer: Answer, read: Callable[[Json], Value]) -> Value:
        try:
            return read(parse(answer.body))
        except ValueError as error:
            raise self._unbelievable(request, str(error)) from None

    def _place(self, request: Request, url: str) -> str:
        """Return where a list goes on; the token goes to no other server."""
        origin = f"{self._transport.origin}/"
        if not url.startswith(origin):
            raise self._unbelievable(request, "goes on at an address that is not GitHub's")
        return url[len(origin) - 1 :]

    def _said(self, answer: Answer) -> str:
        try:
            return quotable(text(parse(answer.body), "message"), (self._token,))
        except ValueError:
            return ""

    def _unbelievable(self, request: Request, problem: str) -> RemoteFailure:
        return RemoteFailure(
            f"the answer to {request} {problem}",
            where=self._url(request),
            hint="check that GITHUB_API_URL is GitHub's API and not a gateway's page",
        )

    def _url(self, request: Request) -> str:
        return f"{self._transport.origin}{request.path}"


def _throttled(answer: Answer) -> bool:
    """Recognise a secondary rate limit, which GitHub may send as a 403 with a pause."""
    return answer.status == 403 and answer.retry_after is not None


def _checked(url: str, allow_host: Collection[str], *, sandbox: bool) -> Origin:
    """Decide where the token may go. The messages quote no URL: one may hold a password."""
    usual = f"set it to https://{PUBLIC_HOST}"
    try:
        origin = origin_of(url)
    except ValueError as error:
        raise UsageError(f"GITHUB_API_URL {error}", where="GITHUB_API_URL", hint=usual) from None
    if urlsplit(url).query:
        raise UsageError("GITHUB_API_URL has a query", where="GITHUB_API_URL", hint=usual)
    if sandbox and origin.scheme == "http" and origin.on_loopback:
        return origin
    if origin.scheme != "https":
        raise UsageError("GITHUB_API_URL is not https", where="GITHUB_API_URL", hint=usual)
    if origin.authority not in {PUBLIC_HOST, *(host.lower() for host in allow_host)}:
        raise UsageError(
            f"GITHUB_API_URL names {origin.authority}, which is not GitHub's own host",
            where="GITHUB_API_URL",
            hint=f"{usual}, or give --allow-host {origin.authority}",
        )
    return origin


_HINTS = {
    401: "check GITHUB_TOKEN: it may have ended",
    403: "let GITHUB_TOKEN read contents and pull requests, and for announce write comments and issues; "
    "if that is so, wait for the rate limit",
    404: "check GITHUB_REPOSITORY, and let GITHUB_TOKEN read contents and pull requests",
}
