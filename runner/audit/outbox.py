"""The outbox: notices that are written with their record and wait until they have arrived.

The body of a notice is fixed once for all: a CloudEvents 1.0 event (JSON format, RFC 8785 bytes)
with the record, its inclusion proof, and a consistency proof from the notice before to the same
endpoint. A receiver that keeps one size and root can so tell that nothing was rewritten.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from runner.audit.identity import NOTICES_IN
from runner.audit.records import BadRecord, canonical, parse, strict_json
from runner.merkle.keys import Verifier
from runner.merkle.proof import BadProof, hashes, inclusion_text, prove, read_inclusion
from runner.merkle.tree import Tree
from runner.model.fields import entries, instant, mapping, member, number, text, texts
from runner.model.json import JsonObject
from runner.model.log import Record
from runner.model.notice import Notice
from runner.model.target import Webhook
from runner.model.time import format_instant

_VERSION = 1
_MOST_ATTEMPTS = 1_000_000
_LONGEST_RESULT = 50
"""What no notice comes near, and what a record about one takes: the rest of an entry is unsigned."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """The commit that put a notice into the outbox.

    ``note`` is its checkpoint, over ``size`` leaves; ``old_size`` is the size that the notice
    before to the same endpoint carried, 0 when there was none.
    """

    note: bytes
    size: int
    old_size: int


def body(origin: str, record: Record, tree: Tree, occasion: Occasion) -> bytes:
    """Return the frozen bytes of a notice; ``tree`` has at least the occasion's size."""
    proof = inclusion_text(record.index, tree.inclusion(record.index, occasion.size), occasion.note)
    consistency = hashes(tree.consistency(occasion.old_size, occasion.size))
    return _event(origin, record, proof, occasion.old_size, consistency)


def require_proven(origin: str, notice: Notice, verifiers: Sequence[Verifier]) -> int:
    """Require that a notice proves by itself that its record is in the log.

    It is all that can be asked where the log's past is not known. Returns for how many records the
    checkpoint in it stands. Raises ``BadRecord``.
    """
    event = strict_json(notice.body)
    try:
        record = parse(number(event, "data", "index"), canonical(mapping(event, "data", "record")))
        proof, old_size = text(event, "data", "proof"), number(event, "data", "consistency", "old_size")
        consistency = texts(event, "data", "consistency", "hashes")
        stated = prove(record.data, read_inclusion(proof.encode()), verifiers)
    except (BadProof, KeyError, TypeError, UnicodeEncodeError) as error:
        raise BadRecord(f"does not prove its record: {error}") from None
    if notice.body != _event(origin, record, proof, old_size, consistency):
        raise BadRecord("has another body than a notice of its record")
    if (notice.index, notice.webhook_id) != (record.index, record.id):
        raise BadRecord("is about another record than its body")
    return stated.size


def _event(origin: str, record: Record, proof: str, old_size: int, consistency: Sequence[str]) -> bytes:
    event: JsonObject = {
        "specversion": "1.0",
        "id": record.id,
        "source": f"https://{origin}",
        "type": f"purgectl.{record.type.value}.v1",
        "time": text(record.body, "at"),
        "datacontenttype": "application/json",
        "data": {
            "record": record.body,
            "index": record.index,
            "proof": proof,
            "consistency": {"old_size": old_size, "hashes": consistency},
        },
    }
    purge = record.body.get("purge_id")
    return canonical({**event, "subject": purge} if purge is not None else event)


def addressed(records: Sequence[Record], endpoints: Sequence[Webhook]) -> list[tuple[Webhook, Record]]:
    """Return which endpoint is told of which records, each in the order of the log."""
    return [(end, record) for end in endpoints for record in records if record.type.value in end.events]


def entry(notice: Notice) -> bytes:
    """Return the bytes of the file that holds a notice, pending or given up."""
    last, again = None, notice.next_attempt_at
    if notice.last_at is not None:
        last = {"at": format_instant(notice.last_at), "result": notice.last_result}
    return canonical(
        {
            "v": _VERSION,
            "endpoint": notice.endpoint,
            "index": notice.index,
            "webhook_id": notice.webhook_id,
            "body": notice.body.decode(),
            "body_sha256": hashlib.sha256(notice.body).hexdigest(),
            "enqueued_at": format_instant(notice.enqueued_at),
            "attempts": notice.attempts,
            "last": last,
            "next_attempt_at": None if again is None else format_instant(again),
        }
    )


def read_entry(data: bytes) -> Notice:
    """Read the file of a notice. Raises ``BadRecord`` unless it is one, to the byte."""
    fields = strict_json(data)
    try:
        last, again = member(fields, "last"), member(fields, "next_attempt_at")
        notice = Notice(
            endpoint=text(fields, "endpoint"),
            index=number(fields, "index"),
            webhook_id=text(fields, "webhook_id"),
            body=text(fields, "body").encode(),
            enqueued_at=instant(fields, "enqueued_at"),
            attempts=number(fields, "attempts"),
            last_result="" if last is None else text(mapping(fields, "last"), "result"),
            last_at=None if last is None else instant(fields, "last", "at"),
            next_attempt_at=None if again is None else instant(fields, "next_attempt_at"),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BadRecord(f"is no outbox entry: {error}") from None
    if entry(notice) != data:
        raise BadRecord("is no outbox entry: it has other fields, or a wrong hash of its body")
    if not 0 <= notice.attempts <= _MOST_ATTEMPTS or len(notice.last_result) > _LONGEST_RESULT:
        raise BadRecord("is no outbox entry: no run can have tried it like this")
    return notice


def told(record: Record) -> frozenset[tuple[str, int]]:
    """Return endpoint and index of every notice that a record says was delivered, given up or replayed."""
    if record.type not in NOTICES_IN:
        return frozenset()
    named = entries(record.body, NOTICES_IN[record.type])
    return frozenset((text(item, "endpoint"), number(item, "index")) for item in named)


def newest(size: int) -> bytes:
    """Return the file that keeps the size which the newest notice to an endpoint carries."""
    return canonical({"size": size})


def read_newest(data: bytes) -> int | None:
    """Return the size that such a file states, ``None`` when it is none."""
    try:
        size = number(strict_json(data), "size")
    except (BadRecord, KeyError, TypeError):
        return None
    return size if data == newest(size) else None
