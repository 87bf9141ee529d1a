"""Identities that need no memory: the same event has the same id, whoever writes it down.

Every id is a UUIDv5 (RFC 9562 section 5.5) in a namespace of the log's own, so two runners that
see one event make one record, and an auditor can compute each id again from the record.
"""

from __future__ import annotations

from functools import lru_cache
from uuid import NAMESPACE_URL, UUID, uuid5

from runner.model.fields import entries, number, text
from runner.model.json import JsonObject
from runner.model.log import RecordType

_ONCE_AN_ATTEMPT = frozenset({RecordType.INTENDED, RecordType.SUBMITTED, RecordType.HALTED})
_OF_A_KEY = frozenset({RecordType.KEY_ADDED, RecordType.KEY_RETIRED, RecordType.KEY_COMPROMISED})
NOTICES_IN = {
    RecordType.NOTICE_DELIVERED: "deliveries",
    RecordType.NOTICE_DEAD: "notices",
    RecordType.NOTICE_REPLAYED: "notices",
}
"""Which field of a record about notices lists them, each with endpoint and index."""


@lru_cache(maxsize=8)
def namespace(origin: str) -> UUID:
    """Return the namespace of a log: UUIDv5 of ``https://`` and its origin, as a URL."""
    return uuid5(NAMESPACE_URL, f"https://{origin}")


def purge_id(origin: str, target: str, policy: str, revision: int) -> str:
    """Return the id of the one execution that a revision of a policy may have."""
    return str(uuid5(namespace(origin), "\n".join(["purge", target, policy, str(revision)])))


def record_id(origin: str, kind: RecordType, fields: JsonObject) -> str:
    """Return the id that a record of this kind with these fields must have.

    The fields must have the shape that the schema of the kind demands; those that do not tell two
    events of the kind apart may be missing.
    """
    return str(uuid5(namespace(origin), "\n".join([kind.value, *_parts(kind, fields)])))


def _parts(kind: RecordType, fields: JsonObject) -> list[str]:
    """Return what tells events of one kind apart, and nothing else."""
    if kind is RecordType.LOG_OPENED:
        return []
    if kind is RecordType.LOG_HEARTBEAT:
        return [text(fields, "day")]
    if kind is RecordType.LOG_SNAPSHOT:
        return [str(number(fields, "size"))]
    if kind in _OF_A_KEY:
        return [text(fields, "key")]
    if kind in NOTICES_IN:
        told = entries(fields, NOTICES_IN[kind])
        sent = [f"{text(item, 'endpoint')} {number(item, 'index')}" for item in told]
        return [*sent, text(fields, "runner", "session")]
    purge = text(fields, "purge_id")
    if kind in _ONCE_AN_ATTEMPT:
        return [purge, str(number(fields, "attempt"))]
    if kind is RecordType.AMBIGUOUS:
        return [purge, str(number(fields, "attempt")), text(fields, "reason")]
    if kind is RecordType.RESOLVED:
        return [purge, str(number(fields, "attempt")), text(fields, "decision")]
    if kind is RecordType.REFUSED:
        return [purge, *_refusal(fields)]
    return [purge]


def _refusal(fields: JsonObject) -> list[str]:
    if text(fields, "phase") == "submission":
        return [str(number(fields, "attempt"))]
    findings = sorted(f"{text(item, 'rule')} {text(item, 'path')}" for item in entries(fields, "findings"))
    return [text(fields, "policy", "blob"), ",".join(findings)]
