"""Who calls, and whether they may."""

from __future__ import annotations

from flask import request

from runner.sandbox.door import strike
from runner.sandbox.faults import Faults, Stage
from runner.sandbox.recordings.roles import Role, Roles
from runner.sandbox.settings import Client
from runner.sandbox.tokens import Tokens


class Gate:
    """Checks the bearer token of the current request: by scope, or by the permissions of a role."""

    def __init__(self, tokens: Tokens, roles: Roles, faults: Faults) -> None:
        self._tokens = tokens
        self._roles = roles
        self._faults = faults

    def scoped(self, scope: str) -> None:
        """Let a call of the article through. Raises ``ApiError`` 401 or 403."""
        self._tokens.check(self._bearer(), scope)

    def client(self) -> Client:
        """Whose token it is. Raises ``ApiError`` 401."""
        return self._tokens.client(self._bearer())

    def caller(self) -> tuple[Client, Role]:
        """Whose token it is, and what they may do. Raises ``ApiError`` 401."""
        client = self.client()
        return client, self._roles.of(client.id)

    def drop(self) -> None:
        """Let the token of the current request expire. Raises ``ApiError`` 401."""
        token = self._bearer()
        self._tokens.client(token)
        self._tokens.void(token)

    def _bearer(self) -> str | None:
        authorization = request.authorization
        bearer = authorization is not None and authorization.type == "bearer"
        token = authorization.token if authorization is not None and bearer else None
        if token and strike(self._faults, Stage.BEARER):
            self._tokens.void(token)
        return token
