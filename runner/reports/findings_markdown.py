"""Findings as Markdown for a job summary: one table, every foreign text in a code span."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from runner.model.finding import Finding
from runner.model.source import SourceFile
from runner.reports.findings import harmless, summarise

_LARGEST = 900_000
"""GitHub drops a job summary of more than 1 MiB."""

_HEAD = ("| Where | Rule | Finding | What to do | Basis |", "|---|---|---|---|---|")


def findings_markdown(findings: Sequence[Finding], files: Sequence[SourceFile]) -> str:
    """Return a heading with the counts and a table of the findings, as many as a summary may hold."""
    heading = f"### purgectl: {summarise(findings, len(files))}\n"
    rows = list(_rows(sorted(findings)))
    return "\n".join([heading, *_HEAD, *rows, ""]) if rows else heading


def _rows(findings: Sequence[Finding]) -> Iterator[str]:
    size = 0
    for position, finding in enumerate(findings):
        row = _row(finding)
        size += len(row.encode()) + 1
        if size > _LARGEST:
            yield f"| and {len(findings) - position} more | | | | |"
            return
        yield row


def _row(finding: Finding) -> str:
    cells = (
        f"{finding.file}:{finding.line}:{finding.column}",
        f"{finding.rule} {finding.severity}",
        finding.message,
        finding.hint,
        finding.basis,
    )
    return f"| {' | '.join(map(code_span, cells))} |"


def code_span(text: str) -> str:
    """Return a code span: the one place where no mention, link, HTML or emphasis is seen.

    The fence is longer than any run of backticks inside (CommonMark section 6.1), and a pipe is
    escaped for the table around it (GitHub Flavored Markdown section 4.10).
    """
    if not text:
        return ""
    shown = harmless(text).replace("|", r"\|")
    fence = "`" * (1 + max(map(len, re.findall("`+", shown)), default=0))
    return f"{fence} {shown} {fence}"
