"""The original article's API: ``/api/v2/interactions/purge``.

This surface is not in the published Genesys Cloud API. Its count is an extension of our sandbox;
an organisation without it says ``counts: unavailable`` in its target file.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from runner.errors import OutcomeUnknown, Refused
from runner.genesys.calls import COUNT_INTERACTIONS, READ_PURGE, SUBMIT_PURGE
from runner.genesys.connection import Connection
from runner.genesys.reply import Reply
from runner.genesys.submission import denied, latest_start
from runner.genesys.values import LONGEST_REASON, LONGEST_WORD, is_count
from runner.model.job import Job, JobStatus
from runner.model.json import Json, JsonObject
from runner.model.platform import Preparation, Presence, Remains, Survey
from runner.model.policy import FilterValue, PurgePolicy, Selection
from runner.model.purge import Purge
from runner.model.strict_json import parse_object
from runner.model.target import Counts
from runner.net.retry import Effect
from runner.net.transport import told

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

    def connect(self) -> Presence:
        """Prove the credentials by having a token; return the server's present, if it tells.

        Raises ``RemoteFailure``, and ``Refused`` when the token's scopes are too few.
        """
        return Presence(self._connection.server_time())

    def survey(self, policy: PurgePolicy) -> Survey:
        """Count what a policy selects, and of how many; unknown where the target says that it cannot.

        ``POST /api/v2/interactions/purge/count`` deletes nothing. Raises ``RemoteFailure``.
        """
        selection = policy.selection
        count = population = self._count(selection)
        if selection.attributes:
            population = self._count(replace(selection, attributes={}))
        return Survey(count, population)

    def remains(self, purge: Purge) -> Remains:
        """Count again what a purge selected. Raises as ``survey``."""
        return Remains(None if purge.selection is None else self._count(purge.selection))

    def _count(self, selection: Selection) -> int | None:
        if self._connection.target.counts is Counts.UNAVAILABLE:
            return None
        reply = self._caller.ask(COUNT_INTERACTIONS, body={"interactions": [_item(selection)]})
        if reply.status == 404:
            raise reply.rejection(
                hint="where the platform cannot count, say counts: unavailable in the target's file"
            )
        total = reply.object().get("total")
        if not is_count(total):
            raise reply.nonsense("holds no total that is a whole number from 0")
        return total

    def job(self, job_id: str) -> Job:
        """Look at a job (``GET /api/v2/interactions/purge/{purgeId}``).

        A 404 is a job that expired or was removed: ``VANISHED``. Raises ``RemoteFailure``.
        """
        reply = self._caller.ask(READ_PURGE, job_id)
        if reply.status == 404:
            correlation_id = reply.answer.correlation_id
            return Job(job_id, JobStatus.VANISHED, "not found", None, None, correlation_id, reply.sha256)
        body = reply.object()
        if body.get("purgeId") != job_id:
            raise reply.nonsense("tells of another job")
        return _job(job_id, body, reply)

    def jobs(self) -> None:
        """Say that the article's API has no call that lists jobs; nothing is sent."""

    def find(self, purge: Purge) -> None:
        """Say that the article's API has no call that lists jobs; nothing is sent."""

    def close(self) -> None:
        """Close the connection to the API."""
        self._caller.close()


class InteractionsPurgePreparer:
    """``ports.Preparer``: this API's one request needs no preparation."""

    def prepare(self, policy: PurgePolicy, known: Collection[str]) -> Preparation:
        """Say that it is ready; nothing is sent."""
        del policy, known
        return Preparation(ready=True)

    def clear(self, policies: Collection[PurgePolicy], known: Collection[str]) -> None:
        """Do nothing: there is no prepared job."""

    def discard(self, job_id: str) -> None:
        """Do nothing: there is no prepared job."""


class InteractionsPurgeSubmitter:
    """``ports.Submitter``: sends the one irreversible request. Built by ``apply`` alone."""

    def __init__(self, connection: Connection) -> None:
        self._setting = connection.setting
        self._caller = connection.caller(Effect.IRREVERSIBLE)

    def submit(self, policy: PurgePolicy, job_id: str | None) -> Job:
        """Ask for a purge (``POST /api/v2/interactions/purge``), within ``SUBMISSION_SECONDS``.

        The job begins with this request, so ``job_id`` tells nothing. Raises ``OutcomeUnknown`` when the
        platform may have accepted it; ``RequestRejected``, ``RetryLater`` or another ``RemoteFailure``
        when it certainly has not.
        """
        del job_id
        item = {**_item(policy.selection), "purgeType": policy.purge_type.value, "reason": policy.reason}
        try:
            reply = self._caller.ask(
                SUBMIT_PURGE, body={"interactions": [item]}, start_by=latest_start(self._setting)
            )
        except Refused as refusal:
            raise denied(refusal) from None
        if reply.answer.successful:
            return self._accepted(reply)
        hint = ""
        if reply.status == 404:
            hint = "this platform has no such call: it is not in the published API, so choose another backend"
        raise reply.rejection(hint=hint)

    def close(self) -> None:
        """Close the connection to the API."""
        self._caller.close()

    def _accepted(self, reply: Reply) -> Job:
        """Read the job out of a success; a success without one may still have begun a purge."""
        try:
            body = parse_object(reply.answer.body)
            return _job(_new_job_id(reply, body), body, reply)
        except ValueError as error:
            raise OutcomeUnknown(
                f"{reply.request} may have been accepted, but the answer {error}: {told(reply.answer)}",
                where=reply.where,
                hint="find the job on the platform before anything is sent again",
            ) from None


def _new_job_id(reply: Reply, body: JsonObject) -> str:
    job_id = reply.id_or_none(body.get("purgeId"))
    if reply.status not in (200, 201, 202):
        raise ValueError("is a success that this call does not have")
    if job_id is None:
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


def _job(job_id: str, body: JsonObject, reply: Reply) -> Job:
    status = body.get("status")
    word = status if isinstance(status, str) else ""
    figures = _first(body.get("interactions"))
    purged = figures.get("totalInteractionsPurged")
    reason = figures.get("errorReason")
    said = reply.plain(reason, LONGEST_REASON) if isinstance(reason, str) else ""
    return Job(
        id=job_id,
        status=_STATUSES.get(word, JobStatus.UNKNOWN),
        raw_status=reply.plain(word, LONGEST_WORD),
        purged=purged if is_count(purged) else None,
        error_reason=said or None,
        correlation_id=reply.answer.correlation_id,
        response_sha256=reply.sha256,
    )


def _first(interactions: Json) -> JsonObject:
    """The figures of the one interaction that a purge of ours has."""
    if isinstance(interactions, list) and interactions and isinstance(interactions[0], dict):
        return interactions[0]
    return {}
