"""Findings for a person at a terminal: place, rule, message, and the line at fault under it."""

from __future__ import annotations

import re
import unicodedata
from codecs import BOM_UTF8
from collections.abc import Iterator, Sequence
from itertools import groupby

import click

from runner.model.finding import Finding, Severity
from runner.model.source import SourceFile
from runner.model.text import LEGACY_COMMAND, printable, shorten
from runner.reports.findings import harmless, summarise

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}
_HALF_WIDTH = 50
_LINE_BREAK = re.compile(rb"\r\n|\n|\r")


def findings_text(findings: Sequence[Finding], files: Sequence[SourceFile], *, colour: bool = False) -> str:
    """Return the findings, sorted, each with its source line and a caret; then one line of counts.

    ``files`` are those that were looked at; a finding in another file is shown without its line.
    """
    data = {file.path: file.data for file in files}
    lines: list[str] = []
    for path, group in groupby(sorted(findings), key=lambda finding: finding.file):
        source = _LINE_BREAK.split(data.get(path, b"").removeprefix(BOM_UTF8))
        for finding in group:
            lines += [sentence(finding, colour=colour), *_excerpt(finding, source)]
    return "\n".join([*lines, str(summarise(findings, len(files)))]) + "\n"


def sentence(finding: Finding, *, colour: bool = False) -> str:
    """Return the one line of a finding: place, rule, severity, message, hint and basis."""
    place = f"{harmless(finding.file)}:{finding.line}:{finding.column}:"
    label = f"{harmless(finding.rule)} {finding.severity}:"
    if colour:
        place = click.style(place, bold=True)
        label = click.style(label, fg=_COLOURS[finding.severity], bold=True)
    hint = f" ({harmless(finding.hint)})" if finding.hint else ""
    basis = f" [{harmless(finding.basis)}]" if finding.basis else ""
    return f"{place} {label} {harmless(finding.message)}{hint}{basis}"


def _excerpt(finding: Finding, source: Sequence[bytes]) -> Iterator[str]:
    """Yield the line at fault, cut around the column, and a caret under it.

    The number in front also keeps a line that starts with ``::`` from being a CI command.
    """
    line = source[finding.line - 1].decode("utf-8", "replace") if finding.line <= len(source) else ""
    if not line.strip() or LEGACY_COMMAND in line:
        return
    at = finding.column - 1
    before = _last(printable(line[max(0, at - _HALF_WIDTH) : at]))
    after = shorten(printable(line[at : at + _HALF_WIDTH + 1]), _HALF_WIDTH)
    yield f"{finding.line:>7} | {before}{after}"
    yield f"{'':>7} | {' ' * _width(before)}^"


def _last(text: str) -> str:
    return text if len(text) < _HALF_WIDTH else "…" + text[1 - _HALF_WIDTH :]


def _width(text: str) -> int:
    """Count the columns that a terminal uses: none for a combining mark, two for a wide character."""
    return sum(
        0 if unicodedata.combining(character) else 1 + (unicodedata.east_asian_width(character) in "WF")
        for character in text
    )
