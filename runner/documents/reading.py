"""One reading for every command: a file becomes a document, whatever its bytes are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from runner.documents import form, heading
from runner.documents.characters import decode
from runner.documents.composing import Composition, compose
from runner.documents.document import Document
from runner.documents.kinds import ROOT, Kind, is_readme, kind_of
from runner.documents.places import START, PlacedFault, bounded, placed
from runner.documents.schema import check
from runner.model.finding import Fault
from runner.model.json import JsonObject
from runner.model.pointer import within
from runner.model.source import EntryKind, SourceFile

MAX_SIZE = 256 * 1024


def read(source: SourceFile) -> Document:
    """Read a file into a document with every fault of its form and its schema. Never raises.

    What is not below ``policies/``, an example for instance, has the kind that it declares. What has
    no place there has no kind, and its value as far as it can be read.
    """
    kind, name = kind_of(source.path), PurePosixPath(source.path).stem
    refusal = _refusal(source)
    if refusal is not None:
        return Document(source, kind, name, None, (refusal,))
    if is_readme(source.path):
        return Document(source, None, name, None, ())
    text, faults = decode(source.data)
    composition = None if text is None else compose(text)
    misplaced = _misplaced(source.path, kind)
    if misplaced is not None:
        value, spans = (None, {}) if composition is None else (composition.value, composition.spans)
        return Document(source, None, name, value, (misplaced,), spans)
    if text is None or composition is None:
        return Document(source, kind, name, None, faults)
    kind = kind or _declared(composition.value)
    form_faults = bounded((*faults, *_unexplained(composition, faults)), form.READABLE)
    return Document(
        source,
        kind,
        name,
        composition.value,
        (*form_faults, *_said(text, composition, kind, name)),
        composition.spans,
    )


def _refusal(source: SourceFile) -> PlacedFault | None:
    """Say why a file cannot be a document at all, before its bytes are looked at."""
    size = max(source.size, len(source.data))
    if source.kind is not EntryKind.FILE:
        what = "a symbolic link" if source.kind is EntryKind.SYMLINK else "not a regular file"
        return placed(form.REGULAR_FILE, START, f"is {what}")
    if is_readme(source.path):
        return None
    if size > MAX_SIZE:
        return placed(form.SIZE, START, f"has {size} bytes")
    return None


def _misplaced(path: str, kind: Kind | None) -> PlacedFault | None:
    """Say that nothing belongs at a path. What stands there may be a hold or a pack all the same."""
    if kind is None and path.startswith(f"{ROOT}/"):
        return placed(form.PLACE, START, "no document belongs here")
    return None


def _unexplained(composition: Composition, faults: tuple[PlacedFault, ...]) -> tuple[PlacedFault, ...]:
    """Leave out the parser's complaint about a line whose tab has been told already."""
    tabs = {fault.place.line for fault in faults if fault.rule == form.TAB.id}
    return tuple(
        fault
        for fault in composition.faults
        if fault.rule != form.READABLE.id or fault.place.line not in tabs
    )


def _said(text: str, composition: Composition, kind: Kind | None, name: str) -> Iterator[Fault]:
    """Judge what the document says about itself, then what its schema says about the rest.

    A value that had to be left out has been told already.
    """
    if composition.value is None:
        return
    if kind is None:
        yield form.KIND.fault("/kind", "`kind` does not name a kind of document")
        return
    yield from heading.check_editor_line(text, kind)
    by_schema = check(kind.schema, composition.value)
    for fault in (
        *heading.check(composition.value, kind, name),
        *(fault for fault in by_schema if fault.pointer not in heading.POINTERS),
    ):
        if not any(within(fault.pointer, lost) for lost in composition.lost):
            yield fault


def _declared(value: JsonObject | None) -> Kind | None:
    declared = value.get("kind") if value else None
    return next((kind for kind in Kind if kind.value == declared), None)
