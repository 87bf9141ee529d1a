"""What a client may do and where: permissions and divisions, which a test may take away."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from threading import Lock

from runner.sandbox.problems import ApiError
from runner.sandbox.settings import Client


@dataclass(frozen=True, slots=True)
class Role:
    """Permissions such as ``recording:job:add``; ``divisions`` are ids, ``None`` for all."""

    permissions: frozenset[str]
    divisions: frozenset[str] | None = None

    def need_all(self, *permissions: str) -> None:
        """Raises ``ApiError`` 403 that names what is missing."""
        if missing := [each for each in permissions if each not in self.permissions]:
            raise _missing("missing.permissions", "You are missing the following permission(s)", missing)

    def need_any(self, *permissions: str) -> None:
        """Raises ``ApiError`` 403 that names what would do."""
        if self.permissions.isdisjoint(permissions):
            must = "You must have at least one of the following permissions assigned"
            raise _missing("missing.any.permissions", must, permissions)

    def need_divisions(self, permission: str, divisions: Iterable[str]) -> None:
        """Raises ``ApiError`` 403 for a division that was named and is not the client's."""
        if self.divisions is not None and not self.divisions.issuperset(divisions):
            raise ApiError(
                403,
                "Unable to perform the requested action. You are missing the following permission "
                f"'{permission}' in the provided division(s).",
                code="missing.division.permission",
                parameters={"permission": permission},
            )


def _missing(code: str, why: str, permissions: Iterable[str]) -> ApiError:
    listed = ", ".join(permissions)
    return ApiError(
        403,
        f"Unable to perform the requested action. {why}: {listed}",
        code=code,
        parameters={"permissions": listed},
    )


class Roles:
    """The role of every client. Safe to use from any thread."""

    def __init__(self, clients: Iterable[Client]) -> None:
        self._lock = Lock()
        self._roles = {client.id: Role(frozenset(client.permissions)) for client in clients}

    def of(self, client_id: str) -> Role:
        """The role of a client. Raises ``ApiError`` 404."""
        with self._lock:
            if client_id in self._roles:
                return self._roles[client_id]
        raise ApiError(404, f"there is no client {client_id}")

    def give(self, client_id: str, role: Role) -> None:
        """Give a client another role. Raises ``ApiError`` 404."""
        self.of(client_id)
        with self._lock:
            self._roles[client_id] = role
