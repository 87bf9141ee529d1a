"""The calls about single recordings and about protection from deletion, as HTTP."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, g, jsonify, request

from runner.model.json import Json, JsonObject
from runner.sandbox.clock import written
from runner.sandbox.gate import Gate
from runner.sandbox.problems import ApiError, malformed
from runner.sandbox.reading import elements, instant, json_body, members
from runner.sandbox.recordings.archive import Archive
from runner.sandbox.recordings.conversations import Conversation, Recording
from runner.sandbox.recordings.listing import boolean
from runner.sandbox.recordings.roles import Role

MOST_IDS = 100

_PROTECTION = "/api/v2/recordings/deletionprotection"
_VIEWING = ("recording:recording:view", "recording:snippetRecording:view", "recording:screenRecording:view")
_WRITABLE = frozenset({"deleteDate", "archiveDate"})


class RecordingCalls:
    """Metadata and dates of recordings, and which conversations are protected."""

    def __init__(self, archive: Archive, gate: Gate) -> None:
        self._archive = archive
        self._gate = gate

    def blueprint(self) -> Blueprint:
        """The routes."""
        routes = Blueprint("recordings", __name__)
        one = "/api/v2/conversations/<conversation_id>"
        routes.add_url_rule(f"{one}/recordingmetadata", view_func=self.metadata, methods=["GET"])
        routes.add_url_rule(f"{one}/recordings/<recording_id>", view_func=self.change, methods=["PUT"])
        routes.add_url_rule(_PROTECTION, view_func=self.protected, methods=["POST"])
        routes.add_url_rule(_PROTECTION, view_func=self.protect, methods=["PUT"])
        return routes

    def metadata(self, conversation_id: str) -> Response:
        """Tell the state and the dates of a conversation's recordings."""
        _, role = self._gate.caller()
        role.need_any(*_VIEWING)
        return jsonify([_describe(each) for each in self._seen(conversation_id, role).recordings])

    def change(self, conversation_id: str, recording_id: str) -> Response:
        """Set a delete date, or take it back with null."""
        _, role = self._gate.caller()
        given = json_body()
        if not isinstance(given, dict):
            raise ApiError(400, "Recording request contains invalid JSON", code="recording.invalid.json")
        recordings = self._seen(conversation_id, role).recordings
        recording = next((each for each in recordings if each.id == recording_id), None)
        if recording is None:
            raise ApiError(404, "Recording is not achievable", code="recording.not.archivable")
        _need_retention(role, recording)
        self._apply(recording, members(given, "the body", (), _WRITABLE))
        g.effect = True
        return jsonify(_describe(recording))

    def protected(self) -> Response:
        """Tell which of some conversations are protected."""
        _, role = self._gate.caller()
        ids = _ids(json_body())
        for each in ids:
            self._known(each, role)
        return jsonify([_conversation(each) for each in ids if self._archive.is_protected(each)])

    def protect(self) -> Response | tuple[str, int]:
        """Protect conversations, or release them with ``protect=false``.

        It protects when ``protect`` is left out. 200 tells of those for which it failed.
        """
        _, role = self._gate.caller()
        protect = boolean("protect") is not False
        role.need_all(f"recording:deletionProtection:{'apply' if protect else 'revoke'}")
        if not request.get_data():
            raise ApiError(400, "Recording payload was empty.", code="recording.empty.payload")
        ids = _ids(json_body())
        conversations = [self._known(each, role) for each in ids]
        failed = [problem for each in conversations if (problem := self._update(each, protect))]
        g.effect = True
        return jsonify({"failedUpdates": failed}) if failed else ("", 204)

    def _apply(self, recording: Recording, given: JsonObject) -> None:
        archive_date = _date(given, "archiveDate", recording.archive_date)
        if not self._archive.date(recording, _date(given, "deleteDate", recording.delete_date)):
            raise ApiError(
                400, "Recording has been deleted or is still uploading", code="recording.not.archivable"
            )
        recording.archive_date = archive_date

    def _update(self, conversation: Conversation, protect: bool) -> JsonObject | None:
        if not protect:
            self._archive.release(conversation.id)
            return None
        if not conversation.recordings:
            message, code = "The conversation has no recording.", "recording.not.found"
        elif self._archive.protect(conversation.id):
            return None
        else:
            message, code = "Too many conversations are protected.", "recording.protection.limit"
        return {
            "conversation": _conversation(conversation.id),
            "errorMessage": message,
            "errorCode": code,
        }

    def _known(self, conversation_id: str, role: Role) -> Conversation:
        try:
            return self._seen(conversation_id, role)
        except ApiError:
            raise ApiError(
                404, "Recording conversation not found.", code="recording.conversation.not.found"
            ) from None

    def _seen(self, conversation_id: str, role: Role) -> Conversation:
        conversation = self._archive.find(conversation_id)
        role.need_divisions("recording:recording:view", {conversation.division_id})
        return conversation


def _need_retention(role: Role, recording: Recording) -> None:
    role.need_all(f"recording:{recording.family}:view")
    if f"recording:{recording.family}:editRetention" not in role.permissions:
        raise ApiError(
            403,
            "Failed to verify recording edit retention permission.",
            code="recording.recording.edit.retention.permission.check.failed",
        )


def _ids(body: object) -> list[str]:
    ids = elements(members(body, "the body", ("conversationIds",))["conversationIds"], "conversationIds")
    if not 1 <= len(ids) <= MOST_IDS:
        raise malformed(f"conversationIds must be a list of 1 to {MOST_IDS} ids")
    return [_uuid(each) for each in ids]


def _uuid(value: object) -> str:
    try:
        return str(UUID(str(value)))
    except ValueError:
        raise ApiError(
            400,
            "Request needs recording conversation ID not UUID.",
            code="recording.conversation.id.not.uuid",
        ) from None


def _date(given: JsonObject, name: str, otherwise: int | None) -> int | None:
    if name not in given:
        return otherwise
    return None if given[name] is None else instant(given[name], name)


def _conversation(conversation_id: str) -> JsonObject:
    return {"id": conversation_id, "selfUri": f"/api/v2/conversations/{conversation_id}"}


def _describe(recording: Recording) -> JsonObject:
    """The fields that ``RecordingMetadata`` and ``Recording`` share."""
    answer: dict[str, Json] = {
        "id": recording.id,
        "conversationId": recording.conversation_id,
        "media": recording.media,
        "fileState": recording.file_state.value,
        "selfUri": f"/api/v2/conversations/{recording.conversation_id}/recordings/{recording.id}",
    }
    if recording.media_subtype is not None:
        answer["mediaSubtype"] = recording.media_subtype
    if recording.delete_date is not None:
        answer["deleteDate"] = written(recording.delete_date)
    if recording.archive_date is not None:
        answer["archiveDate"] = written(recording.archive_date)
    return answer
