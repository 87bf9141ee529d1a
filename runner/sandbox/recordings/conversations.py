"""What the organisation holds: conversations, their segments, and the recordings of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID, uuid5

_NAMESPACE = UUID("7d2f6a52-3c0e-4e1b-9a57-2f1b8a4c6d90")


def identifier(kind: str, name: str) -> str:
    """The id of a named thing of the organisation; the same on every machine."""
    return str(uuid5(_NAMESPACE, f"{kind}/{name}"))


class FileState(StrEnum):
    """Where the file of a recording is (``RecordingMetadata.fileState``)."""

    ARCHIVED = "ARCHIVED"
    AVAILABLE = "AVAILABLE"
    DELETED = "DELETED"
    RESTORED = "RESTORED"
    RESTORING = "RESTORING"
    UPLOADING = "UPLOADING"
    ERROR = "ERROR"


UNCHANGEABLE = frozenset({FileState.DELETED, FileState.UPLOADING})
"""The states in which the dates of a recording cannot be changed (``recording.not.archivable``)."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One part of a conversation; ``None`` for what it has not. Ids are UUIDs."""

    media_type: str
    message_type: str | None = None
    queue_id: str | None = None
    user_id: str | None = None
    wrap_up_code: str | None = None
    direction: str | None = None
    purpose: str | None = None
    ani: str | None = None
    dnis: str | None = None
    address_from: str | None = None
    address_to: str | None = None
    external_contact_id: str | None = None


@dataclass(slots=True)
class Recording:
    """One recording. Its dates and its state change; all dates are milliseconds since 1970."""

    id: str
    conversation_id: str
    media: str
    created_at: int
    media_subtype: str | None = None
    sensitive: bool = False
    policy_based: bool = False
    file_state: FileState = FileState.AVAILABLE
    delete_date: int | None = None
    archive_date: int | None = None

    @property
    def family(self) -> str:
        """The word that its permissions are named with."""
        return {"Screen": "screenRecording", "Snippet": "snippetRecording"}.get(
            self.media_subtype or "", "recording"
        )


@dataclass(frozen=True, slots=True)
class Conversation:
    """One conversation, from ``started_at`` to ``ended_at`` (``None`` while it goes on)."""

    id: str
    division_id: str
    direction: str
    started_at: int
    ended_at: int | None
    segments: tuple[Segment, ...]
    attributes: Mapping[str, str]
    recordings: tuple[Recording, ...]
