"""The log as values: drafts go in, records and checkpoints come out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from runner.model.json import JsonObject
from runner.model.notice import Notice
from runner.model.purge import Purge
from runner.model.time import parse_instant


class RecordType(StrEnum):
    """Every kind of leaf that this version writes or reads; any other is refused."""

    LOG_OPENED = "log.opened"
    LOG_HEARTBEAT = "log.heartbeat"
    LOG_SNAPSHOT = "log.snapshot"
    KEY_ADDED = "key.added"
    KEY_RETIRED = "key.retired"
    KEY_COMPROMISED = "key.compromised"
    REFUSED = "purge.refused"
    INTENDED = "purge.intended"
    SUBMITTED = "purge.submitted"
    COMPLETED = "purge.completed"
    FAILED = "purge.failed"
    CANCELLED = "purge.cancelled"
    HALTED = "purge.halted"
    AMBIGUOUS = "purge.ambiguous"
    RESOLVED = "purge.resolved"
    VERIFIED = "purge.verified"
    NOTICE_DELIVERED = "notice.delivered"
    NOTICE_DEAD = "notice.dead"
    NOTICE_REPLAYED = "notice.replayed"


@dataclass(frozen=True, slots=True)
class Draft:
    """An event that is not yet in the log: ``fields`` holds all but ``v, id, type, at``.

    ``id`` is deterministic where the event may happen once, so that two runners that see the
    same event write one record.
    """

    type: RecordType
    id: str
    at: datetime
    fields: JsonObject


@dataclass(frozen=True, slots=True)
class Spooled:
    """Drafts that are kept on this machine under ``name``, because the log may not have them."""

    name: str
    drafts: tuple[Draft, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """A leaf of the log. ``data`` is the exact RFC 8785 bytes that are hashed."""

    index: int
    data: bytes
    body: JsonObject

    @property
    def id(self) -> str:
        """The record's id, which is also the notice's ``webhook-id``."""
        return str(self.body["id"])

    @property
    def type(self) -> RecordType:
        """The kind of event."""
        return RecordType(str(self.body["type"]))

    @property
    def at(self) -> datetime:
        """When the runner says that it happened."""
        return parse_instant(str(self.body["at"]))


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A signed statement: the log ``origin`` had ``size`` leaves under ``root`` (32 bytes)."""

    origin: str
    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class Log:
    """One verified state of the branch.

    ``purges`` is the fold of every record by purge id; ``baseline`` gives id and blob of the
    policies that stood on ``main`` when the log was opened; ``newest_at`` is the latest instant that
    any record states, ``heartbeat_at`` that of the newest ``log.heartbeat``. ``records`` are those
    that were read, which need not be all of them; ``outbox`` are the pending notices, ``dead`` those
    given up.
    """

    tip: str
    checkpoint: Checkpoint
    purges: Mapping[str, Purge]
    baseline: Mapping[str, str]
    newest_at: datetime
    heartbeat_at: datetime | None
    records: Sequence[Record]
    outbox: tuple[Notice, ...]
    dead: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class Appended:
    """What an append did.

    ``landed`` are this process's own records; ``known`` are ids that were
    there already, written by somebody else: their effects are not ours to carry out.
    """

    log: Log
    landed: tuple[Record, ...]
    known: tuple[str, ...]
