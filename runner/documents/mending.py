"""Formatting that can be mended without anybody asking what was meant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePosixPath

from runner.documents import form
from runner.documents.document import Document
from runner.documents.reading import read
from runner.model.source import EntryKind

_EDITOR_LINE = re.compile(r"# yaml-language-server:.*\n")


def mended(document: Document) -> bytes | None:
    """Return a file with its formatting in order, or ``None`` where there is nothing to mend.

    In order are: the first line, which names the schema for editors; line ends of one character;
    one line end, and no more, after the last line; no spaces at the end of a line. A file that is
    no document, or that has any other fault of form, stays as it is, and no value ever changes.
    """
    source = document.source
    if document.kind is None or document.value is None or source.kind is not EntryKind.FILE:
        return None
    if any(fault.rule not in (form.EDITOR_LINE.id, form.SCHEMA.id) for fault in document.faults):
        return None
    text = source.data.decode("utf-8")
    for tidy in _tidied(text, _editor_line(document)):
        data = tidy.encode()
        if data == source.data:
            return None
        if read(replace(source, data=data, size=len(data))).value == document.value:
            return data
    return None


def _tidied(text: str, editor_line: str | None) -> Iterator[str]:
    """Yield a text with everything in order, then, if spaces may be meant, with those left alone."""
    lines = text.replace("\r\n", "\n").rstrip("\n") + "\n"
    if editor_line is not None:
        first = _EDITOR_LINE.match(lines)
        lines = editor_line + lines[first.end() if first else 0 :]
    yield "\n".join(line.rstrip(" ") for line in lines.split("\n")).rstrip("\n") + "\n"
    yield lines


def _editor_line(document: Document) -> str | None:
    """Return the first line that is missing, with the path from the file to the schema."""
    path = PurePosixPath(document.source.path)
    missing = any(fault.rule == form.EDITOR_LINE.id for fault in document.faults)
    if document.kind is None or not missing or path.is_absolute():
        return None
    up = "../" * (len(path.parts) - 1)
    return f"# yaml-language-server: $schema={up}schemas/{document.kind.schema}.schema.json\n"
