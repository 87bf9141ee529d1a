"""Proof of absence: what is left of the recordings that a finished job was to delete.

A job that is FULFILLED has written dates of deletion, no more. So the recordings themselves are looked at
(``GET /api/v2/conversations/{conversationId}/recordingmetadata``): first those that the job names as
failed, then all conversations of the selection, or an even sample of them that depends on nothing but
the purge. Conversations stay in the analytics service when their recordings are gone; those that
attributes have singled out are named by the job's own request.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from runner.genesys.calls import LIST_FAILED, READ_METADATA
from runner.genesys.connection import Caller
from runner.genesys.conversation_filters import filters_of
from runner.genesys.job_twins import named_conversations
from runner.genesys.jobs import look
from runner.genesys.listing import listed
from runner.genesys.survey import DEEPEST, Part, conversations, parts
from runner.genesys.values import instant_or_none
from runner.model.json import Json
from runner.model.platform import Remains
from runner.model.policy import Selection
from runner.model.purge import Purge

PAGE = 20
MOST_PAGES = 5
"""Conversations are looked at by pages of 20, and five pages of them at most."""

MOST_FAILED = 200
"""Conversations with failed recordings that are looked at, at most."""

PATIENCE = timedelta(days=7)
"""How long a job's dates of deletion may take to show, and a recording to go after its date."""

_LOOK_AGAIN = timedelta(hours=6)
_A_DAY = timedelta(days=1)


def remains(caller: Caller, purge: Purge, now: datetime) -> Remains:
    """Look at the recordings of a purge whose job has ended.

    ``Remains.count`` counts recordings that are there without a date of deletion, or with one that lies a
    day or more behind the planned, or past their date. While the platform may still be about it, and its
    job names no failure, ``Remains.not_before`` says when to look again. Recordings do not tell whether they
    are sensitive, so what a purge that leaves those out has left is unknown in the end. Where something
    was purged and no conversation of it is found, nothing is known. Raises ``RemoteFailure``.
    """
    selection, planned = purge.selection, purge.deletes_at
    if purge.job_id is None or selection is None or planned is None:
        return Remains(count=None)
    sample: Iterable[str] | None
    if selection.attributes:
        sample = _named(caller, purge.id, purge.job_id)
    else:
        sample = _selected(caller, purge.id, selection)
    if sample is None:
        return Remains(count=None)
    failed = _failed(caller, purge.job_id)
    looked_at = dict.fromkeys([*failed, *sample])
    if not looked_at and purge.matched != 0:
        return Remains(count=None)
    left = sum(_left(caller, conversation, planned, now) for conversation in looked_at)
    told = purge.submitted_at or now
    since = max(planned, told) if planned <= now else told
    patient = left > 0 and not failed and now < since + PATIENCE
    if left and not failed and not patient and purge.leaves_sensitive:
        return Remains(count=None, looked_at=len(looked_at))
    return Remains(left, not_before=now + _LOOK_AGAIN if patient else None, looked_at=len(looked_at))


def _failed(caller: Caller, job_id: str) -> tuple[str, ...]:
    """Return the conversations whose recordings the job names as failed, the first of them."""
    found: dict[str, None] = {}
    for entity, reply in listed(caller, LIST_FAILED, job_id):
        conversation = entity.get("conversation") if isinstance(entity, Mapping) else None
        named = reply.id_or_none(conversation.get("id")) if isinstance(conversation, Mapping) else None
        if named is None:
            raise reply.nonsense("names a failed recording without its conversation")
        found[named] = None
        if len(found) == MOST_FAILED:
            break
    return tuple(found)


def _named(caller: Caller, seed: str, job_id: str) -> Sequence[str] | None:
    """Return the conversations that the request of a job names, or those of the lowest hashes.

    ``None`` where the platform does not repeat it any more.
    """
    job, reply = look(caller, job_id)
    named = named_conversations(job.query) if job is not None else ()
    ids = {found for each in named if (found := reply.id_or_none(each)) is not None}
    return sorted(ids, key=lambda each: _lot(f"{seed}/{each}"))[: PAGE * MOST_PAGES] or None


def _selected(caller: Caller, seed: str, selection: Selection) -> Iterator[str] | None:
    """Return the conversations of a selection, or a sample; ``None`` where nobody can look for them."""
    try:
        filters = filters_of(selection)
    except ValueError:
        return None
    found = tuple(parts(caller, selection.date_range, filters))
    return None if any(part.hits is None for part in found) else _sampled(caller, seed, found)


def _sampled(caller: Caller, seed: str, found: tuple[Part, ...]) -> Iterator[str]:
    """Yield the conversations on the pages that are looked at: all, or those of the lowest hashes."""
    pages = [
        (index, number)
        for index, part in enumerate(found)
        for number in range(1, -(-min(part.hits or 0, DEEPEST) // PAGE) + 1)
    ]
    pages.sort(key=lambda page: _lot(f"{seed}/{page[0]}/{page[1]}"))
    for index, number in sorted(pages[:MOST_PAGES]):
        yield from conversations(caller, found[index], number, PAGE)


def _lot(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _left(caller: Caller, conversation: str, planned: datetime, now: datetime) -> int:
    """Count the recordings of a conversation that are there against the plan.

    A conversation that the platform does not know has none.
    """
    reply = caller.ask(READ_METADATA, conversation)
    if reply.missing:
        return 0
    listing = reply.value()
    if not isinstance(listing, list):
        raise reply.nonsense("lists no recordings")
    return sum(not _as_planned(recording, planned, now) for recording in listing)


def _as_planned(recording: Json, planned: datetime, now: datetime) -> bool:
    if not isinstance(recording, Mapping):
        return False
    if recording.get("fileState") == "DELETED":
        return True
    date = instant_or_none(recording.get("deleteDate"))
    return date is not None and now < date < planned + _A_DAY
