"""What a platform says of itself and of our client, question by question, for ``doctor``. It only reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta

from runner.genesys.calls import (
    LIST_JOBS,
    READ_AVAILABILITY,
    READ_LIMITS,
    READ_MAXIMUM,
    Call,
    required_permissions,
)
from runner.genesys.connection import Caller, Connection
from runner.genesys.presence import complete_until, organization
from runner.genesys.values import is_count
from runner.model.target import Backend
from runner.model.unread import Read, Unread, attempt
from runner.net.retry import Effect

RATE_LIMIT = "client.credentials.token.rate.per.minute"
"""The platform's own name for how many requests a minute a token may send."""

_NAMESPACE = "platform.api"
_SILENT = Unread("this backend's API does not tell", "backend: recording-jobs")


@dataclass(frozen=True, slots=True)
class PlatformFacts:
    """What one target's platform told.

    ``skew`` is how far its clock is ahead of ours, ``None`` when it sent no date. ``permissions`` says
    of each that the backend needs whether the client has it, as far as a call that only reads shows it.
    ``requests_a_minute`` is ``None`` where there is no such limit, ``maximum_days`` where nobody has
    ever set one, ``complete_until`` where the platform does not say it.
    """

    skew: timedelta | None
    organization: Read[str]
    complete_until: Read[datetime | None]
    permissions: Mapping[str, Read[bool]]
    requests_a_minute: Read[int | None]
    maximum_days: Read[int | None]


def inspect(connection: Connection) -> PlatformFacts:
    """Ask a platform about itself.

    Raises ``Refused`` and ``RemoteFailure`` when there is not even a token to be had; what a single
    question comes to is a value.
    """
    now = connection.setting.clock.now
    told = connection.server_time()
    skew = None if told is None else told - now()
    with closing(connection.caller(Effect.SAFE)) as caller:
        if connection.target.backend is Backend.INTERACTIONS_PURGE:
            return PlatformFacts(skew, _SILENT, _SILENT, {}, _SILENT, _SILENT)
        return PlatformFacts(
            skew=skew,
            organization=attempt(lambda: organization(caller)),
            complete_until=attempt(lambda: complete_until(caller)),
            permissions=_permissions(caller),
            requests_a_minute=attempt(lambda: _rate(caller)),
            maximum_days=attempt(lambda: _maximum(caller)),
        )


def _permissions(caller: Caller) -> Mapping[str, Read[bool]]:
    """Try what only reads; a call with one permission shows that one."""
    tried = {
        call.permissions[0]: _allowed(caller, call, query)
        for call, query in ((READ_AVAILABILITY, {}), (LIST_JOBS, {"pageSize": "1"}))
    }
    needed = required_permissions(Backend.RECORDING_JOBS)
    return {name: tried[name] if name in tried else _untried(calls) for name, calls in needed.items()}


def _untried(calls: Sequence[Call]) -> Unread:
    """Say which calls would show a permission: they change something, or need a conversation to ask about."""
    return Unread(
        f"nothing that is asked here shows it; {' and '.join(map(str, calls))} would",
        "Genesys Cloud → Admin → Roles: see that a role of the OAuth client has it",
    )


def _allowed(caller: Caller, call: Call, query: Mapping[str, str]) -> Read[bool]:
    def ask() -> bool:
        reply = caller.ask(call, query=query)
        if reply.status == 403:
            return False
        reply.object()
        return True

    return attempt(ask)


def _rate(caller: Caller) -> int | None:
    """``GET /api/v2/organizations/limits/namespaces/{namespaceName}``."""
    reply = caller.ask(READ_LIMITS, _NAMESPACE)
    entities = reply.object().get("entities")
    if not isinstance(entities, list):
        raise reply.nonsense("lists no entities")
    limits = [each for each in entities if isinstance(each, Mapping) and each.get("key") == RATE_LIMIT]
    values = [value for each in limits if is_count(value := each.get("value"))]
    if len(values) < len(limits):
        raise reply.nonsense("has a limit that is no whole number")
    return min(values, default=None)


def _maximum(caller: Caller) -> int | None:
    """``GET /api/v2/analytics/dataretention/settings``."""
    reply = caller.ask(READ_MAXIMUM)
    days = reply.object().get("retentionDays")
    if days is not None and not is_count(days):
        raise reply.nonsense("has a retention that is no whole number of days")
    return days
