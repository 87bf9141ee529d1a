"""Findings as JSON (``schemas/findings.schema.json``)."""

from __future__ import annotations

import json
from collections.abc import Sequence

from runner.model.finding import Finding
from runner.model.json import JsonObject
from runner.model.source import SourceFile
from runner.reports.findings import LEGACY_COMMAND, summarise


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
    text = json.dumps(document, indent=2, ensure_ascii=True)
    return text.replace(LEGACY_COMMAND, r"#\u0023[") + "\n"


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
