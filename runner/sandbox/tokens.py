"""Access tokens: opaque, short-lived, held in memory."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from hmac import compare_digest
from secrets import token_urlsafe
from threading import Lock

from runner.sandbox.problems import ApiError
from runner.sandbox.settings import Client


@dataclass(frozen=True, slots=True)
class _Grant:
    client: Client
    expires_at: float


class Tokens:
    """Issues and checks bearer tokens that live ``seconds``. Safe to use from any thread."""

    def __init__(
        self, clients: tuple[Client, ...], seconds: int, now: Callable[[], float] = time.monotonic
    ) -> None:
        self.seconds = seconds
        self._clients = {client.id: client for client in clients}
        self._now = now
        self._lock = Lock()
        self._grants: dict[str, _Grant] = {}

    def issue(self, client_id: str, client_secret: str) -> tuple[str, Client] | None:
        """A fresh token and its client, or ``None`` for a wrong id or secret."""
        client = self._clients.get(client_id)
        if client is None or not compare_digest(client.secret.encode(), _bytes(client_secret)):
            return None
        token, now = token_urlsafe(32), self._now()
        with self._lock:
            self._grants = {known: grant for known, grant in self._grants.items() if grant.expires_at > now}
            self._grants[token] = _Grant(client, now + self.seconds)
        return token, client

    def client(self, token: str | None) -> Client:
        """The client of a live token. Raises ``ApiError`` 401 for none, or a dead one."""
        if not token:
            raise ApiError(401, "No authentication bearer token was specified.")
        with self._lock:
            grant = self._grants.get(token)
        if grant is None or grant.expires_at <= self._now():
            raise ApiError(401, "The access token is invalid or has expired.", code="bad.credentials")
        return grant.client

    def check(self, token: str | None, scope: str) -> None:
        """Let a call through, or raise ``ApiError`` 401 (no or dead token), 403 (missing scope)."""
        client = self.client(token)
        if scope not in client.scopes:
            raise ApiError(
                403,
                f"The client {client.id} lacks the scope {scope}.",
                code="app.not.authorized.for.scope",
                parameters={"scope": scope},
            )

    def void(self, token: str | None) -> None:
        """Let a token expire at once."""
        with self._lock:
            self._grants.pop(token or "", None)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
