"""The certificate of disposition: what became of one purge, with the proof that the log says so.

It holds the records of the purge, each with its proof (C2SP ``tlog-proof``) under one signed
checkpoint. Its signature is therefore that of the log: no other key is needed, and what it claims
is computed again from its records by whoever checks it. What it cannot prove is an absence: that
no further record is about this purge, only the log shows. After a second count none may follow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from runner.audit import identity
from runner.audit.disposition import disposition
from runner.audit.records import canonical, parse
from runner.audit.trail import Trail, trails
from runner.documents import schema
from runner.merkle.keys import Verifier
from runner.merkle.proof import inclusion_text, prove, read_inclusion
from runner.merkle.tree import Tree
from runner.model.fields import entries, mapping, text
from runner.model.json import Json, JsonObject
from runner.model.log import Checkpoint, Record
from runner.model.strict_json import parse_object

MAX_CERTIFICATE = 16 * 1024 * 1024
"""Bytes of a certificate at most: room for some two hundred records of the largest size."""

_VERSION = 1


class BadCertificate(ValueError):
    """A document is no certificate that holds. The message may quote foreign text."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate that holds: its content (``disposition``) under a signed checkpoint."""

    content: JsonObject
    checkpoint: Checkpoint
    records: tuple[Record, ...]


def issue(origin: str, trail: Trail, tree: Tree, note: bytes) -> JsonObject:
    """Return the certificate of a purge as a JSON object (``schemas/certificate.schema.json``).

    ``note`` is the signed checkpoint of the whole ``tree``. The same log gives the same certificate,
    whoever asks and whenever. Raises ``NothingToCertify``.
    """
    evidence: list[Json] = [
        {"record": r.body, "proof": inclusion_text(r.index, tree.inclusion(r.index, tree.size), note)}
        for r in trail.records
    ]
    return {"version": _VERSION, "certificate": disposition(origin, trail), "evidence": evidence}


def examine(data: bytes, verifiers: Sequence[Verifier]) -> Certificate:
    """Check everything in a certificate, without the log. Raises ``BadCertificate``.

    The keys are those of one log. The place of each record under one signed checkpoint, the order
    and the ids of the records, and every word of the content must hold. The spelling of the JSON is
    free, because what is proved are the canonical bytes of the records in it.
    """
    if len(data) > MAX_CERTIFICATE:
        raise BadCertificate(f"it has more than {MAX_CERTIFICATE} bytes")
    try:
        document = parse_object(data)
        stated = canonical(document)
        for fault in schema.check("certificate", document):
            raise BadCertificate(f"it is not of the schema of a certificate: {fault.pointer} {fault.message}")
        proven = [_proven(item, verifiers) for item in entries(document, "evidence")]
        records, checkpoints = tuple(record for record, _ in proven), {each for _, each in proven}
        if len(checkpoints) != 1:
            raise BadCertificate("it holds records under more than one checkpoint")
        content = disposition(verifiers[0].name, _trail(verifiers[0].name, records))
    except ValueError as error:
        raise BadCertificate(str(error)) from None
    if stated != canonical({**document, "certificate": content}):
        claimed = mapping(document, "certificate")
        differ = ", ".join(sorted(key for key in content if claimed[key] != content[key]))
        raise BadCertificate(f"it says in {differ} what its records do not say")
    return Certificate(content, checkpoints.pop(), records)


def _proven(item: JsonObject, verifiers: Sequence[Verifier]) -> tuple[Record, Checkpoint]:
    """Return a record of the evidence and the checkpoint above it, once its proof is found to hold."""
    proof, data = read_inclusion(text(item, "proof").encode()), canonical(mapping(item, "record"))
    signed = prove(data, proof, verifiers)
    record = parse(proof.index, data)
    if record.id != identity.record_id(signed.origin, record.type, record.body):
        raise BadCertificate(f"it holds a record {record.index} with an id that is not the one of its event")
    return record, signed


def _trail(origin: str, records: Sequence[Record]) -> Trail:
    """Return the trail of the one purge that the records are about, in the order that a log allows."""
    indexes = [record.index for record in records]
    if indexes != sorted(set(indexes)):
        raise BadCertificate("it does not hold its records once and in the order of the log")
    found = list(trails(origin, records).values())
    if len(found) != 1 or len(found[0].records) != len(records):
        raise BadCertificate("it holds records about something else than one purge")
    return found[0]
