"""Whose credentials we have, and until when the platform's data is complete. It only reads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from runner.genesys.calls import READ_AVAILABILITY, READ_TOKEN
from runner.genesys.connection import Caller
from runner.genesys.values import instant_or_none


def organization(caller: Caller) -> str:
    """Return the id of our token's organisation (``GET /api/v2/tokens/me``). Raises ``RemoteFailure``."""
    reply = caller.ask(READ_TOKEN)
    told = reply.object().get("organization")
    found = reply.id_or_none(told.get("id") if isinstance(told, Mapping) else None)
    if found is None:
        raise reply.nonsense("names no organisation")
    return found


def complete_until(caller: Caller) -> datetime | None:
    """Return the instant before which conversations are complete, ``None`` where nobody says it.

    ``GET /api/v2/analytics/conversations/details/jobs/availability``. Raises ``RemoteFailure``.
    """
    return instant_or_none(caller.ask(READ_AVAILABILITY).object().get("dataAvailabilityDate"))
