"""Findings as JSON (``schemas/findings.schema.json``)."""

from __future__ import annotations

from collections.abc import Sequence

from runner.model.finding import Finding
from runner.model.json import JsonObject
from runner.model.source import SourceFile
from runner.reports.findings import summarise
from runner.reports.json_text import json_text


def findings_json(findings: Sequence[Finding], files: Sequence[SourceFile]) -> str:
    """Return one JSON document in ASCII, indented, with a final newline."""
    summary = summarise(findings, len(files))
    document = {
        "version": 1,
        "findings": [finding_object(finding) for finding in sorted(findings)],
        "summary": {
            "errors": summary.errors,
            "warnings": summary.warnings,
            "notes": summary.notes,
            "files": summary.files,
            "filesWithFindings": summary.files_with_findings,
        },
    }
    return json_text(document)


def finding_object(finding: Finding) -> JsonObject:
    """Return one finding as it stands in every JSON document; texts are exact, not shortened."""
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "file": finding.file,
        "line": finding.line,
        "column": finding.column,
        "path": finding.path,
        "message": finding.message,
        "hint": finding.hint,
        "basis": finding.basis,
    }
