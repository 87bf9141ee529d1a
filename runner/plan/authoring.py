"""A document that is being written: what one answer has to do with schema and rules."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from runner.documents.document import Document
from runner.documents.drafting import draft
from runner.documents.kinds import Kind
from runner.documents.reading import read
from runner.model.finding import Fault, Severity
from runner.model.json import JsonObject
from runner.model.pointer import within
from runner.model.source import EntryKind, SourceFile
from runner.plan.document_checks import run
from runner.plan.packs import Packs, judge_by_packs
from runner.rules.catalogue import checks


def new_file(kind: Kind, name: str, fields: JsonObject) -> SourceFile:
    """Return the file that a new document would be, in the place of its kind."""
    data = draft(kind, name, fields).encode("utf-8", "surrogatepass")
    return SourceFile(kind.path(name), EntryKind.FILE, data, len(data))


def objections(
    kind: Kind, name: str, fields: JsonObject, pointer: str, packs: Packs, now: datetime
) -> Iterator[Fault]:
    """Yield the errors that concern the value at ``pointer`` of a document with only some fields yet."""
    document = read(new_file(kind, name, fields))
    for fault in (*document.faults, *_by_rules(document, packs, now)):
        if fault.severity is Severity.ERROR and concerns(fault.pointer, pointer):
            yield fault


def concerns(fault: str, pointer: str) -> bool:
    """Whether a fault at one pointer is about the value at another: at, above or below it."""
    return within(fault, pointer) or within(pointer, fault)


def _by_rules(document: Document, packs: Packs, now: datetime) -> Iterator[Fault]:
    """Yield what the rules that need no other document than the packs have against a policy."""
    if document.kind is Kind.PURGE_POLICY:
        yield from judge_by_packs(packs, document, now)
        for check in checks(packs.settings):
            yield from run(check, document, now)
