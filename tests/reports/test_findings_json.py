import json
from pathlib import Path

from jsonschema import Draft7Validator
from support.findings import each_hostile_text, finding
from support.trees import file

from runner.model.finding import Severity
from runner.reports.findings_json import findings_json

SCHEMA = json.loads((Path(__file__).parents[2] / "schemas" / "findings.schema.json").read_text())
FILES = [file("policies/purges/x.yaml", ""), file("policies/purges/y.yaml", "")]


def document(*findings):
    parsed = json.loads(findings_json(findings, FILES))
    Draft7Validator.check_schema(SCHEMA)
    assert list(Draft7Validator(SCHEMA).iter_errors(parsed)) == []
    return parsed


def test_the_document_has_every_field_of_every_finding_sorted():
    parsed = document(finding(), finding(line=2, severity=Severity.WARNING))
    assert [each["line"] for each in parsed["findings"]] == [2, 12]
    assert parsed["findings"][1] == {
        "rule": "RET-003",
        "severity": "error",
        "file": "policies/purges/x.yaml",
        "line": 12,
        "column": 3,
        "path": "/dateRange",
        "message": "not old enough",
        "hint": "wait",
        "basis": "a law",
    }
    assert parsed["summary"] == {"errors": 1, "warnings": 1, "notes": 0, "files": 2, "filesWithFindings": 1}


def test_no_findings_are_an_empty_list():
    assert document()["findings"] == []


@each_hostile_text
def test_hostile_text_comes_back_exactly(text):
    parsed = document(finding("policies/" + text, message=text, hint=text, basis=text))
    assert parsed["findings"][0]["message"] == text
    written = findings_json([finding(message=text)], FILES)
    assert written.isascii()
    assert "##[" not in written
    assert "\x1b" not in written


def test_the_schema_refuses_what_is_not_described():
    parsed = document(finding())
    for broken in (
        {**parsed, "version": 2},
        {**parsed, "surprise": 1},
        {**parsed, "findings": [{**parsed["findings"][0], "line": 0}]},
        {**parsed, "findings": [{**parsed["findings"][0], "severity": "fatal"}]},
    ):
        assert list(Draft7Validator(SCHEMA).iter_errors(broken))
