"""The original article's API: ``/api/v2/interactions/purge``.

This surface is not in the published Genesys Cloud API. Its count is an extension of our sandbox;
an organisation without it says ``counts: unavailable`` in its target file.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TypeGuard
from urllib.parse import quote

from runner.errors import OutcomeUnknown, Refused, RequestRejected
from runner.genesys.connection import Caller, Connection
from runner.genesys.token import READ_SCOPE, WRITE_SCOPE
from runner.model.job import Job, JobStatus
from runner.model.json import Json, JsonObject
from runner.model.policy import FilterValue, PurgePolicy, Selection
from runner.model.privacy import without_personal_data
from runner.model.purge import Purge
from runner.model.strict_json import parse_object
from runner.model.target import Counts
from runner.model.text import hidden, shorten
from runner.net.outcome import Answer
from runner.net.retry import Effect
from runner.net.transport import Request, told
from runner.ports import SUBMISSION_SECONDS

_PATH = "/api/v2/interactions/purge"
_JOB_ID = re.compile(r"(?!\.\.?\Z)[A-Za-z0-9._-]{1,128}", re.ASCII)  # "." and ".." would climb in a path
_LONGEST_WORD = 100
_MOST_INTERACTIONS = 10**12
_LONGEST_REASON = 500
_STATUSES = {
    "pending": JobStatus.PENDING,
    "queued": JobStatus.PENDING,
    "running": JobStatus.RUNNING,
    "in_progress": JobStatus.RUNNING,
    "processing": JobStatus.RUNNING,
    "completed": JobStatus.COMPLETED,
    "failed": JobStatus.FAILED,
    "cancelled": JobStatus.CANCELLED,
    "canceled": JobStatus.CANCELLED,
}


class InteractionsPurgeReader:
    """``ports.Reader``: looks, and has no way to send anything irreversible."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._caller = connection.caller(Effect.SAFE)

    def connect(self) -> datetime | None:
        """Prove the credentials by having a token; return the server's present, if it tells.

        Raises ``RemoteFailure``, and ``Refused`` when the token's scopes are too few.
        """
        return self._connection.server_time()

    def count(self, selection: Selection) -> int | None:
        """Count what a selection matches; ``None`` where the target says that it cannot.

        ``POST /api/v2/interactions/purge/count`` deletes nothing. Raises ``RemoteFailure``.
        """
        if self._connection.target.counts is Counts.UNAVAILABLE:
            return None
        request = Request("POST", f"{_PATH}/count", Effect.SAFE).with_json(
            {"interactions": [_item(selection)]}
        )
        answer = self._caller.send(request)
        if not answer.successful:
            hint = ""
            if answer.status == 404:
                hint = "where the platform cannot count, say counts: unavailable in the target's file"
            raise self._caller.rejection(request, answer, scope=READ_SCOPE, hint=hint)
        total = self._caller.object(request, answer).get("total")
        if not _is_count(total):
            raise self._caller.nonsense(request, answer, "holds no total that is a whole number from 0")
        return total

    def job(self, job_id: str) -> Job:
        """Look at a job (``GET /api/v2/interactions/purge/{purgeId}``).

        A 404 is a job that expired or was removed: ``VANISHED``. Raises ``RemoteFailure``.
        """
        request = Request("GET", f"{_PATH}/{quote(job_id, safe='')}", Effect.SAFE)
        answer = self._caller.send(request)
        if answer.status == 404:
            return Job(
                job_id, JobStatus.VANISHED, "not found", None, None, answer.correlation_id, answer.sha256
            )
        if not answer.successful:
            raise self._caller.rejection(request, answer, scope=READ_SCOPE)
        body = self._caller.object(request, answer)
        if body.get("purgeId") != job_id:
            raise self._caller.nonsense(request, answer, "tells of another job")
        return _job(job_id, body, answer, self._caller)

    def find(self, purge: Purge) -> None:
        """Say that the article's API has no call that lists jobs; nothing is sent."""

    def close(self) -> None:
        """Close the connection to the API."""
        self._caller.close()


class InteractionsPurgeSubmitter:
    """``ports.Submitter``: sends the one irreversible request. Built by ``apply`` alone."""

    def __init__(self, connection: Connection) -> None:
        self._setting = connection.setting
        self._caller = connection.caller(Effect.IRREVERSIBLE)

    def submit(self, policy: PurgePolicy) -> Job:
        """Ask for a purge (``POST /api/v2/interactions/purge``), within ``SUBMISSION_SECONDS``.

        Raises ``OutcomeUnknown`` when the platform may have accepted it; ``RequestRejected``,
        ``RetryLater`` or another ``RemoteFailure`` when it certainly has not.
        """
        item = {**_item(policy.selection), "purgeType": policy.purge_type.value, "reason": policy.reason}
        request = Request("POST", _PATH, Effect.IRREVERSIBLE).with_json({"interactions": [item]})
        start_by = self._setting.clock.monotonic() + SUBMISSION_SECONDS - self._setting.limits.total
        try:
            answer = self._caller.send(request, start_by=start_by)
        except Refused as refusal:
            raise RequestRejected(
                refusal.message, status=403, where=refusal.where, hint=refusal.hint
            ) from None
        if answer.successful:
            return self._accepted(request, answer)
        hint = ""
        if answer.status == 404:
            hint = "this platform has no such call: it is not in the published API, so choose another backend"
        raise self._caller.rejection(request, answer, scope=WRITE_SCOPE, hint=hint)

    def close(self) -> None:
        """Close the connection to the API."""
        self._caller.close()

    def _accepted(self, request: Request, answer: Answer) -> Job:
        """Read the job out of a success; a success without one may still have begun a purge."""
        try:
            body = parse_object(answer.body)
            return _job(self._new_job_id(answer, body), body, answer, self._caller)
        except ValueError as error:
            raise OutcomeUnknown(
                f"{request} may have been accepted, but the answer {error}: {told(answer)}",
                where=self._caller.url(request),
                hint="find the job on the platform before anything is sent again",
            ) from None

    def _new_job_id(self, answer: Answer, body: JsonObject) -> str:
        job_id = body.get("purgeId")
        if answer.status not in (200, 201, 202):
            raise ValueError("is a success that this call does not have")
        if (
            not isinstance(job_id, str)
            or not _JOB_ID.fullmatch(job_id)
            or self._caller.masked(job_id) != job_id
        ):
            raise ValueError("holds no purgeId")
        return job_id


def _item(selection: Selection) -> JsonObject:
    """What to purge, in the article's words; the dates are the texts that the officer wrote."""
    attributes = {name: _wire_value(value) for name, value in selection.attributes.items()}
    return {
        "type": selection.interaction_type.value,
        "dateRange": {"start": selection.date_range.start_text, "end": selection.date_range.end_text},
        "filters": {"attributes": attributes} if attributes else {},
    }


def _wire_value(value: FilterValue) -> Json:
    return list(value) if isinstance(value, tuple) else value


def _job(job_id: str, body: JsonObject, answer: Answer, caller: Caller) -> Job:
    status = body.get("status")
    word = status if isinstance(status, str) else ""
    figures = _first(body.get("interactions"))
    purged = figures.get("totalInteractionsPurged")
    reason = figures.get("errorReason")
    said = _plain(reason, caller) if isinstance(reason, str) else ""
    return Job(
        id=job_id,
        status=_STATUSES.get(word, JobStatus.UNKNOWN),
        raw_status=shorten(_plain(word, caller), _LONGEST_WORD),
        purged=purged if _is_count(purged) else None,
        error_reason=shorten(said, _LONGEST_REASON) or None,
        correlation_id=answer.correlation_id,
        response_sha256=answer.sha256,
    )


def _first(interactions: Json) -> JsonObject:
    """The figures of the one interaction that a purge of ours has."""
    if isinstance(interactions, list) and interactions and isinstance(interactions[0], dict):
        return interactions[0]
    return {}


def _is_count(value: Json) -> TypeGuard[int]:
    """Whether a value is a number of interactions that an organisation could have."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST_INTERACTIONS


def _plain(text: str, caller: Caller) -> str:
    """A server's words as they may stand in the log: no control characters, no secrets, nobody's data."""
    visible = "".join(" " if hidden(character) else character for character in text)
    return without_personal_data(caller.masked(visible)).strip()
