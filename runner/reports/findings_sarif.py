"""Findings as SARIF 2.1.0 (OASIS standard), for code scanning and the editors that read it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from urllib.parse import quote

from runner import __version__
from runner.model.finding import Finding
from runner.model.json import JsonObject
from runner.model.rule import Rule
from runner.model.source import SourceFile
from runner.reports.findings import harmless
from runner.reports.json_text import json_text
from runner.reports.rules import EVERY_RULE

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def findings_sarif(findings: Sequence[Finding], files: Sequence[SourceFile]) -> str:
    """Return one log with one run in ASCII, indented, with a final newline.

    ``files`` are artifacts of the run, so that a reader sees what was looked at.
    """
    document = {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "purgectl",
                        "semanticVersion": __version__,
                        "rules": [_descriptor(rule) for rule in EVERY_RULE.values()],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "artifacts": [{"location": _artifact(file.path)} for file in files],
                "results": list(_results(sorted(findings))),
            }
        ],
    }
    return json_text(document)


def _descriptor(rule: Rule) -> JsonObject:
    return {
        "id": rule.id,
        "shortDescription": {"text": _message(rule.title)},
        "fullDescription": {"text": _message(f"{rule.title}. {rule.basis}")},
        "help": {"text": _message(f"What to do: {rule.hint}. More: purgectl rules {rule.id}")},
        "defaultConfiguration": {"level": rule.severity.value},
    }


def _results(findings: Sequence[Finding]) -> Iterator[JsonObject]:
    """Yield a result for each finding; alike ones at one value are told apart by their order."""
    seen: Counter[tuple[str, str, str]] = Counter()
    for finding in findings:
        identity = (finding.file, finding.rule, finding.path)
        yield {
            "ruleId": finding.rule,
            "level": finding.severity.value,
            "message": {"text": _message(_sentence(finding))},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": _artifact(finding.file),
                        "region": {"startLine": finding.line, "startColumn": finding.column},
                    }
                }
            ],
            "partialFingerprints": {"purgectl/v1": _fingerprint(*identity, str(seen[identity]))},
        }
        seen[identity] += 1


def _sentence(finding: Finding) -> str:
    hint = f" ({finding.hint})" if finding.hint else ""
    basis = f" Basis: {finding.basis}" if finding.basis else ""
    return f"{finding.message}{hint}{basis}"


def _message(text: str) -> str:
    """Escape what SARIF reads as a link or a placeholder (sections 3.11.5 and 3.11.6)."""
    escaped = harmless(text).replace("\\", "\\\\").replace("[", r"\[").replace("]", r"\]")
    return escaped.replace("{", "{{").replace("}", "}}")


def _artifact(path: str) -> JsonObject:
    """Return a path as a URI reference (RFC 3986), relative to the repository unless it lies outside."""
    reference = quote(path.encode("utf-8", "surrogatepass"))
    if path.startswith("/"):
        return {"uri": f"file://{reference}"}
    return {"uri": reference, "uriBaseId": "%SRCROOT%"}


def _fingerprint(*parts: str) -> str:
    """Return what stays the same while lines move and words change."""
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
