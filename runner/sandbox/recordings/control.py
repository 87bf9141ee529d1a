"""The calls below ``/sandbox/`` for the recording surface: fill it, let time pass, tell the truth."""

from __future__ import annotations

from dataclasses import asdict, fields
from uuid import uuid4

from flask import Blueprint, Response, jsonify

from runner.model.json import Json, JsonObject
from runner.sandbox.clock import Clock, written
from runner.sandbox.reading import elements, flag, instant, json_body, members, text, texts, whole, word
from runner.sandbox.recordings.archive import Archive
from runner.sandbox.recordings.conversations import Conversation, FileState, Recording, Segment, identifier
from runner.sandbox.recordings.fill import names
from runner.sandbox.recordings.roles import Role, Roles

_CONVERSATION = ("id", "divisionId", "direction", "start", "end", "segments", "attributes", "recordings")
_RECORDING = ("id", "media", "mediaSubtype", "sensitive", "policyBased", "fileState", "deleteDate")


class RecordingControl:
    """Conversations, clock and roles. They need no token: the server listens on loopback only."""

    def __init__(self, archive: Archive, clock: Clock, roles: Roles) -> None:
        self._archive = archive
        self._clock = clock
        self._roles = roles

    def blueprint(self) -> Blueprint:
        """The routes."""
        routes = Blueprint("recording-control", __name__, url_prefix="/sandbox")
        routes.add_url_rule("/conversations", view_func=self.conversations, methods=["GET"])
        routes.add_url_rule("/conversations", view_func=self.add, methods=["POST"])
        routes.add_url_rule("/conversations", view_func=self.clear, methods=["DELETE"])
        routes.add_url_rule("/names", view_func=self.names, methods=["GET"])
        routes.add_url_rule("/clock", view_func=self.clock, methods=["GET"])
        routes.add_url_rule("/clock", view_func=self.move, methods=["POST"])
        routes.add_url_rule("/clients/<client_id>", view_func=self.role, methods=["GET"])
        routes.add_url_rule("/clients/<client_id>", view_func=self.give, methods=["PUT"])
        return routes

    def conversations(self) -> Response:
        """Tell what there is, with the true state of every recording."""
        return jsonify({"conversations": [self._describe(each) for each in self._archive.conversations()]})

    def add(self) -> tuple[Response, int]:
        """Add conversations; of the same id the new one counts."""
        body = members(json_body(), "the body", ("conversations",))
        given = elements(body["conversations"], "conversations")
        added = [_conversation(value, f"conversations[{index}]") for index, value in enumerate(given)]
        self._archive.add(added)
        return jsonify({"conversations": [self._describe(each) for each in added]}), 201

    def clear(self) -> tuple[str, int]:
        """Remove every conversation."""
        self._archive.clear()
        return "", 204

    def names(self) -> Response:
        """Tell the ids of queues, divisions, wrap-up codes and users by their name."""
        return jsonify(names())

    def clock(self) -> Response:
        """Tell the organisation's time, and by how much it was moved."""
        return jsonify({"now": written(self._clock.now()), "ahead": self._clock.ahead})

    def move(self) -> Response:
        """Let so many seconds pass for jobs and delete dates. The ``Date`` header stays as it is."""
        body = members(json_body(), "the body", ("seconds",))
        self._clock.move(whole(body["seconds"], "seconds", 0, 10**9))
        return self.clock()

    def role(self, client_id: str) -> Response:
        """Tell what a client may do."""
        role = self._roles.of(client_id)
        divisions = None if role.divisions is None else sorted(role.divisions)
        return jsonify({"permissions": sorted(role.permissions), "divisions": divisions})

    def give(self, client_id: str) -> Response:
        """Give a client other permissions, and divisions unless they are null."""
        body = members(json_body(), "the body", ("permissions",), ("permissions", "divisions"))
        divisions = body.get("divisions")
        role = Role(
            frozenset(text(each, "permissions") for each in elements(body["permissions"], "permissions")),
            None
            if divisions is None
            else frozenset(text(each, "divisions") for each in elements(divisions, "divisions")),
        )
        self._roles.give(client_id, role)
        return self.role(client_id)

    def _describe(self, conversation: Conversation) -> JsonObject:
        return {
            "id": conversation.id,
            "divisionId": conversation.division_id,
            "direction": conversation.direction,
            "start": written(conversation.started_at),
            "end": None if conversation.ended_at is None else written(conversation.ended_at),
            "protected": self._archive.is_protected(conversation.id),
            "segments": [
                {_camel(name): value for name, value in asdict(segment).items() if value is not None}
                for segment in conversation.segments
            ],
            "attributes": conversation.attributes,
            "recordings": [_recording(each) for each in conversation.recordings],
        }


def _recording(recording: Recording) -> JsonObject:
    return {
        "id": recording.id,
        "media": recording.media,
        "mediaSubtype": recording.media_subtype,
        "sensitive": recording.sensitive,
        "policyBased": recording.policy_based,
        "fileState": recording.file_state.value,
        "deleteDate": None if recording.delete_date is None else written(recording.delete_date),
    }


def _conversation(value: object, where: str) -> Conversation:
    given = members(value, where, ("start", "segments"), _CONVERSATION)
    conversation_id = text(given.get("id", str(uuid4())), f"{where}.id")
    start = instant(given["start"], f"{where}.start")
    recordings = elements(given.get("recordings", [{}]), f"{where}.recordings")
    return Conversation(
        id=conversation_id,
        division_id=text(given.get("divisionId", identifier("division", "us-east")), f"{where}.divisionId"),
        direction=word(given.get("direction", "inbound"), ("inbound", "outbound"), f"{where}.direction"),
        started_at=start,
        ended_at=_moment(given.get("end"), f"{where}.end"),
        segments=tuple(
            _segment(each, f"{where}.segments") for each in elements(given["segments"], f"{where}.segments")
        ),
        attributes=texts(given.get("attributes"), f"{where}.attributes"),
        recordings=tuple(
            _new_recording(each, f"{where}.recordings[{index}]", conversation_id, start, index)
            for index, each in enumerate(recordings)
        ),
    )


def _segment(value: object, where: str) -> Segment:
    known = {_camel(field.name): field.name for field in fields(Segment)}
    given = members(value, where, ("mediaType",), known)
    return Segment(**{known[name]: text(each, f"{where}.{name}") for name, each in given.items()})


def _new_recording(value: object, where: str, conversation_id: str, start: int, index: int) -> Recording:
    given = members(value, where, (), _RECORDING)
    subtype = given.get("mediaSubtype")
    return Recording(
        id=text(given.get("id", identifier("recording", f"{conversation_id}/{index}")), f"{where}.id"),
        conversation_id=conversation_id,
        media=text(given.get("media", "audio"), f"{where}.media"),
        created_at=start,
        media_subtype=None if subtype is None else text(subtype, f"{where}.mediaSubtype"),
        sensitive=flag(given.get("sensitive"), f"{where}.sensitive", False),
        policy_based=flag(given.get("policyBased"), f"{where}.policyBased", False),
        file_state=FileState(
            word(given.get("fileState", FileState.AVAILABLE), list(FileState), f"{where}.fileState")
        ),
        delete_date=_moment(given.get("deleteDate"), f"{where}.deleteDate"),
    )


def _moment(value: Json, where: str) -> int | None:
    return None if value is None else instant(value, where)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
