"""The body of ``POST /api/v2/recording/jobs`` for a policy, or the refusal of what it cannot say.

Source: ``RecordingJobsQuery`` of the published API. Every switch is sent as we mean it, because the
platform's defaults leave the most sensitive recordings and take conversations that began earlier.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta

from runner.errors import Refused
from runner.genesys.conversation_filters import filters_of
from runner.genesys.manifest import Manifest
from runner.genesys.values import interval_text
from runner.model.finding import Fault
from runner.model.json import JsonObject
from runner.model.policy import PurgePolicy, PurgeType, Selection
from runner.model.text import printable, shorten
from runner.model.time import format_milliseconds, midnight_after
from runner.rules import erasure, expression

LARGEST_BODY = 512_000
"""Bytes of a request that the platform takes (``request.bytes.max``)."""

_DAY = timedelta(days=1)
_LONGEST_REASON = 500


def require_possible(policy: PurgePolicy, now: datetime) -> None:
    """Ask the rules of the review once more.

    Raises ``Refused`` for a policy that the platform cannot carry out exactly, with what to do instead.
    """
    for fault in _faults(policy, now):
        raise _refused(fault.message, fault.hint)


def job_request(policy: PurgePolicy, now: datetime, manifest: Manifest | None = None) -> JsonObject:
    """Return the body of the request for a job that carries out a policy, as of ``now``.

    A policy with attributes needs the ``manifest`` of the conversations that they single out. Raises as
    ``require_possible``, and ``Refused`` for what is more than one request can say.
    """
    require_possible(policy, now)
    body: JsonObject = {
        "action": "DELETE",
        "actionDate": format_milliseconds(action_date(policy, now)),
        "includeRecordingsWithSensitiveData": policy.include_sensitive or False,
        "includeScreenRecordings": True,
        "includePolicyBasedRecordings": True,
        "includeSnippetRecordings": True,
        "clearExport": False,
        **_conversations(policy.selection, now, manifest),
    }
    size = len(json.dumps(body).encode())
    if size > LARGEST_BODY:
        raise _refused(
            f"its request has {size:,} bytes, and the platform takes {LARGEST_BODY:,}",
            _smaller(size, manifest),
        )
    return body


def action_date(policy: PurgePolicy, now: datetime) -> datetime:
    """Return the date of deletion: this second, or for a soft purge the first midnight (UTC) past its grace.

    Every recording gets this one date, of the screen too.
    """
    if policy.purge_type is PurgeType.PERMANENT:
        return now.replace(microsecond=0)
    return midnight_after(now + timedelta(days=policy.grace_days or 0))


def date_fits(policy: PurgePolicy, date: datetime | None, now: datetime) -> bool:
    """Whether a job that was made earlier deletes when the policy means it, if it is executed now."""
    if date is None:
        return False
    if policy.purge_type is PurgeType.PERMANENT:
        return date <= now + _DAY
    grace = timedelta(days=policy.grace_days or 0)
    return now + grace <= date <= now + grace + 2 * _DAY


def _faults(policy: PurgePolicy, now: datetime) -> Iterator[Fault]:
    """PLT-002 and ERA-004: what must hold of a policy when its job is made, whoever looked before."""
    selection = policy.selection
    yield from expression.by_whole_days(selection.date_range)
    yield from expression.by_age(selection, now)
    yield from expression.comparable(selection)
    yield from expression.of_messages(selection)
    yield from expression.dated(policy.purge_type.value, policy.grace_days)
    yield from erasure.sensitive_too(policy.classification.value, policy.include_sensitive)


def _smaller(size: int, manifest: Manifest | None) -> str:
    """Propose how to need fewer bytes; a manifest says how many conversations fit, about."""
    if manifest is None:
        return "split the policy, so that each names fewer values"
    many = len(manifest.conversations)
    return (
        f"split the range: its attributes single out {many:,} conversations, and at most about "
        f"{many * LARGEST_BODY // size:,} fit into one job"
    )


def _conversations(selection: Selection, now: datetime, manifest: Manifest | None) -> JsonObject:
    """Return which conversations: by a query, or those of more than five years by their interval alone."""
    interval = interval_text(selection.date_range.start, selection.date_range.end)
    if expression.age(selection.date_range, now) is expression.Age.OLDER:
        return {"agedConversationInterval": interval}
    try:
        filters = filters_of(selection, None if manifest is None else manifest.conversations)
    except ValueError as error:
        raise _refused(f"its conversations {error}", expression.PLT_002.hint) from None
    return {"conversationQuery": {"interval": interval, "startOfDayIntervalMatching": True, **filters}}


def _refused(problem: str, hint: str) -> Refused:
    said = shorten(printable(problem), _LONGEST_REASON)
    return Refused(f"the recording bulk job cannot carry this policy out: {said}", hint=printable(hint))
