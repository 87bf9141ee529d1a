"""The analytics calls as HTTP: a count at once, details later, and how far the data lake has come."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from uuid import uuid4

from flask import Blueprint, Response, g, jsonify

from runner.model.json import Json, JsonObject
from runner.sandbox.clock import Clock, written
from runner.sandbox.gate import Gate
from runner.sandbox.problems import ApiError, malformed
from runner.sandbox.reading import json_body
from runner.sandbox.recordings.archive import Archive
from runner.sandbox.recordings.conversations import Conversation, Segment, identifier
from runner.sandbox.recordings.listing import next_cursor, number
from runner.sandbox.recordings.queries import asynchronous, synchronous
from runner.sandbox.recordings.roles import Role

DETAILS = "/api/v2/analytics/conversations/details"
LONGEST_ATTRIBUTE = 1024

_VIEWING = ("analytics:conversationDetail:view", "analytics:agentConversationDetail:view")
_BEHIND = 24 * 3600 * 1000
_KEPT = 7 * 24 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class _DetailsJob:
    """An asynchronous query; instants are milliseconds since 1970."""

    submitted_at: int
    complete_at: int
    found: list[Conversation]


class AnalyticsCalls:
    """Conversation details. Only asynchronous results carry participant attributes."""

    def __init__(
        self, archive: Archive, gate: Gate, clock: Clock, seconds: float, most_predicates: int
    ) -> None:
        self._archive = archive
        self._gate = gate
        self._clock = clock
        self._milliseconds = int(seconds * 1000)
        self._most_predicates = most_predicates
        self._lock = Lock()
        self._jobs: dict[str, _DetailsJob] = {}

    def blueprint(self) -> Blueprint:
        """The routes."""
        routes = Blueprint("analytics", __name__, url_prefix=DETAILS)
        routes.add_url_rule("/query", view_func=self.query, methods=["POST"])
        routes.add_url_rule("/jobs", view_func=self.submit, methods=["POST"])
        routes.add_url_rule("/jobs/availability", view_func=self.availability, methods=["GET"])
        routes.add_url_rule("/jobs/<job_id>", view_func=self.status, methods=["GET"])
        routes.add_url_rule("/jobs/<job_id>", view_func=self.delete, methods=["DELETE"])
        routes.add_url_rule("/jobs/<job_id>/results", view_func=self.results, methods=["GET"])
        return routes

    def query(self) -> Response:
        """Find conversations by the day of their start, at once and without attributes."""
        role = self._viewer()
        query, page = synchronous(json_body(), self._most_predicates)
        role.need_divisions(_VIEWING[0], query.divisions)
        found = self._archive.select(query, role.divisions, None)
        answer: dict[str, Json] = {"totalHits": len(found)}
        if on_page := page.of(found):
            answer["conversations"] = [_describe(each, attributes=False) for each in on_page]
        return jsonify(answer)

    def submit(self) -> tuple[Response, int]:
        """Start an asynchronous query, which matches as a recording job does."""
        role = self._viewer()
        query = asynchronous(json_body(), "the body", self._most_predicates)
        role.need_divisions(_VIEWING[0], query.divisions)
        now = self._clock.now()
        found = self._archive.select(query, role.divisions, now - _BEHIND)
        job_id = str(uuid4())
        with self._lock:
            self._jobs[job_id] = _DetailsJob(now, now + self._milliseconds, found)
        g.effect = True
        return jsonify({"jobId": job_id}), 202

    def status(self, job_id: str) -> tuple[Response, int]:
        """Tell how an asynchronous query is doing: 202 until it is over."""
        self._viewer()
        job = self._find(job_id)
        answer: dict[str, Json] = {
            "state": "PENDING",
            "submissionDate": written(job.submitted_at),
            "expirationDate": written(job.submitted_at + _KEPT),
        }
        if self._clock.now() < job.complete_at:
            return jsonify(answer), 202
        return jsonify(answer | {"state": "FULFILLED", "completionDate": written(job.complete_at)}), 200

    def results(self, job_id: str) -> Response:
        """A page of what an asynchronous query found."""
        self._viewer()
        job = self._find(job_id)
        if self._clock.now() < job.complete_at:
            raise malformed("the job is not FULFILLED")
        size = number("pageSize", 1000, 10_000)
        page, cursor = next_cursor(list(enumerate(job.found)), lambda each: f"{each[0]:09}", size)
        answer: dict[str, Json] = {
            "conversations": [_describe(each, attributes=True) for _, each in page],
            "dataAvailabilityDate": written(job.submitted_at - _BEHIND),
        }
        return jsonify(answer if cursor is None else answer | {"cursor": cursor})

    def delete(self, job_id: str) -> tuple[str, int]:
        """Forget an asynchronous query."""
        self._viewer()
        self._find(job_id)
        with self._lock:
            self._jobs.pop(job_id, None)
        g.effect = True
        return "", 204

    def availability(self) -> Response:
        """Tell the instant before which asynchronous results are complete."""
        self._viewer()
        return jsonify({"dataAvailabilityDate": written(self._clock.now() - _BEHIND)})

    def _viewer(self) -> Role:
        _, role = self._gate.caller()
        role.need_any(*_VIEWING)
        return role

    def _find(self, job_id: str) -> _DetailsJob:
        with self._lock:
            job = self._jobs.get(job_id)
        if job is None:
            raise ApiError(404, "The requested resource was not found.")
        return job


def _describe(conversation: Conversation, *, attributes: bool) -> JsonObject:
    """An ``AnalyticsConversation``: a customer, and an agent with a session for each segment."""
    customer: dict[str, Json] = {
        "participantId": identifier("customer", conversation.id),
        "purpose": "customer",
    }
    if attributes:
        customer["attributes"] = {
            name: value[:LONGEST_ATTRIBUTE] for name, value in conversation.attributes.items()
        }
    agent: dict[str, Json] = {
        "participantId": identifier("agent", conversation.id),
        "purpose": "agent",
        "sessions": [_session(conversation, segment) for segment in conversation.segments],
    }
    answer: dict[str, Json] = {
        "conversationId": conversation.id,
        "conversationStart": written(conversation.started_at),
        "divisionIds": [conversation.division_id],
        "originatingDirection": conversation.direction,
        "participants": [customer, agent],
    }
    if conversation.ended_at is not None:
        answer["conversationEnd"] = written(conversation.ended_at)
    return answer


def _session(conversation: Conversation, segment: Segment) -> JsonObject:
    part: dict[str, Json] = {
        "segmentStart": written(conversation.started_at),
        "segmentType": "interact",
        "queueId": segment.queue_id,
        "wrapUpCode": segment.wrap_up_code,
    }
    if conversation.ended_at is not None:
        part["segmentEnd"] = written(conversation.ended_at)
    session: dict[str, Json] = {
        "mediaType": segment.media_type,
        "messageType": segment.message_type,
        "direction": segment.direction,
        "ani": segment.ani,
        "dnis": segment.dnis,
        "addressFrom": segment.address_from,
        "addressTo": segment.address_to,
        "segments": [_present(part)],
    }
    return _present(session)


def _present(given: JsonObject) -> JsonObject:
    return {name: value for name, value in given.items() if value is not None}
