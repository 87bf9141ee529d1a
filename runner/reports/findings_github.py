"""Findings as annotations: workflow commands that GitHub shows beside the lines of a pull request.

GitHub shows ten annotations of a kind for a step. The job summary has the rest.
"""

from __future__ import annotations

from collections.abc import Sequence

from runner.model.finding import Finding, Severity
from runner.model.source import SourceFile
from runner.reports.findings import harmless, summarise

_MOST_SHOWN = 9
_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
_GRAVITY = tuple(Severity)


def findings_github(findings: Sequence[Finding], files: Sequence[SourceFile]) -> str:
    """Return at most nine annotations, the gravest first, one that counts the rest, and the counts."""
    ordered = sorted(sorted(findings), key=lambda finding: _GRAVITY.index(finding.severity))
    lines = [_annotation(finding) for finding in ordered[:_MOST_SHOWN]]
    rest = ordered[_MOST_SHOWN:]
    if rest:
        lines.append(
            f"::{_COMMANDS[rest[0].severity]} title=purgectl::and {len(rest)} more, see the job summary"
        )
    return "\n".join([*lines, str(summarise(findings, len(files)))]) + "\n"


def _annotation(finding: Finding) -> str:
    title = f"{finding.rule} {finding.severity}"
    hint = f" ({finding.hint})" if finding.hint else ""
    basis = f" [{finding.basis}]" if finding.basis else ""
    return (
        f"::{_COMMANDS[finding.severity]} file={_property(finding.file)},line={finding.line},"
        f"col={finding.column},title={_property(title)}::{_data(finding.message + hint + basis)}"
    )


def _data(text: str) -> str:
    """Escape as the runner expects (actions/toolkit, ``core/src/command.ts``); line ends are gone already."""
    return harmless(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
