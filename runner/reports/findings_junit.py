"""Findings as JUnit XML, which most CI servers show as tests: one test case a file."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from itertools import groupby

from runner.model.finding import Finding, Severity
from runner.model.source import SourceFile
from runner.reports.findings import harmless, summarise
from runner.reports.findings_text import sentence


def findings_junit(findings: Sequence[Finding], files: Sequence[SourceFile]) -> str:
    """Return one test suite in ASCII, indented, with a final newline.

    An error is a ``failure`` of its file's case. A warning or a note fails nothing, and stands in
    the case's ``system-out``. A finding in a file that was not looked at has a case as well.
    """
    found = {path: list(group) for path, group in groupby(sorted(findings), key=lambda each: each.file)}
    paths = sorted({file.path for file in files} | found.keys())
    counts = {
        "tests": str(len(paths)),
        "failures": str(summarise(findings, len(files)).errors),
        "errors": "0",
        "skipped": "0",
    }
    root = ET.Element("testsuites", {"name": "purgectl validate", **counts})
    suite = ET.SubElement(root, "testsuite", {"name": "purgectl validate", **counts})
    for path in paths:
        case = ET.SubElement(suite, "testcase", {"classname": "purgectl", "name": harmless(path)})
        for finding in found.get(path, ()):
            _add(case, finding)
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="us-ascii", xml_declaration=True)
    return written.decode("ascii") + "\n"


def _add(case: ET.Element, finding: Finding) -> None:
    if finding.severity is Severity.ERROR:
        attributes = {"type": harmless(finding.rule), "message": harmless(finding.message)}
        ET.SubElement(case, "failure", attributes).text = sentence(finding)
    else:
        ET.SubElement(case, "system-out").text = sentence(finding)
