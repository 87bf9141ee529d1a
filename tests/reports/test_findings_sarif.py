"""SARIF, held against the part of the standard that is used (``sarif-used.schema.json``)."""

import json
import re
from pathlib import Path
from urllib.parse import unquote_to_bytes

from jsonschema import Draft7Validator
from support.findings import each_hostile_text, finding
from support.trees import file

from runner.model.finding import Severity
from runner.model.text import hidden
from runner.reports.findings import harmless
from runner.reports.findings_sarif import findings_sarif
from runner.reports.rules import EVERY_RULE

SCHEMA = json.loads(Path(__file__).with_name("sarif-used.schema.json").read_text())
FILES = [file("policies/purges/x.yaml", ""), file("policies/purges/y.yaml", "")]


def run(*findings, files=FILES):
    written = findings_sarif(findings, files)
    assert written.isascii()
    assert "##[" not in written
    parsed = json.loads(written)
    Draft7Validator.check_schema(SCHEMA)
    assert list(Draft7Validator(SCHEMA).iter_errors(parsed)) == []
    return parsed["runs"][0]


def plain(text):
    """What a viewer shows of a message: no link, no placeholder, only the text (SARIF 3.11.5, 3.11.6)."""
    without_escapes = re.sub(r"\\[\\\[\]]|\{\{|\}\}", "", text)
    assert not re.search(r"[\[\]{}]", without_escapes)
    return re.sub(r"\\([\\\[\]])", r"\1", text).replace("{{", "{").replace("}}", "}")


def test_a_result_has_its_rule_its_level_its_place_and_the_way_out():
    (result,) = run(finding())["results"]
    assert (result["ruleId"], result["level"]) == ("RET-003", "error")
    assert result["message"]["text"] == "not old enough (wait) Basis: a law"
    (location,) = result["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "policies/purges/x.yaml", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 12, "startColumn": 3},
    }


def test_results_are_sorted_and_severities_are_levels():
    found = run(*(finding(line=9 - n, severity=severity) for n, severity in enumerate(Severity)))["results"]
    assert [result["level"] for result in found] == ["note", "warning", "error"]


def test_every_rule_is_described_once_with_help():
    descriptors = run()["tool"]["driver"]["rules"]
    assert [descriptor["id"] for descriptor in descriptors] == list(EVERY_RULE)
    for descriptor in descriptors:
        rule = EVERY_RULE[descriptor["id"]]
        assert plain(descriptor["shortDescription"]["text"]) == rule.title
        assert rule.hint in plain(descriptor["help"]["text"])
        assert descriptor["defaultConfiguration"]["level"] == rule.severity


def test_without_findings_the_run_says_what_was_looked_at():
    empty = run()
    assert empty["results"] == []
    assert [artifact["location"]["uri"] for artifact in empty["artifacts"]] == [f.path for f in FILES]


def test_a_file_outside_the_repository_has_an_absolute_uri():
    (result,) = run(finding("/tmp/new policy.yaml"))["results"]
    place = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place == {"uri": "file:///tmp/new%20policy.yaml"}


def fingerprints(*findings):
    return [result["partialFingerprints"]["purgectl/v1"] for result in run(*findings)["results"]]


def test_a_fingerprint_survives_other_lines_and_words_and_nothing_else():
    (first,) = fingerprints(finding())
    assert fingerprints(finding(line=99, column=1, message="reworded", hint="", basis="")) == [first]
    assert fingerprints(finding(rule="DAT-001")) != [first]
    assert fingerprints(finding("policies/purges/y.yaml")) != [first]


def test_two_findings_of_one_rule_at_one_value_are_told_apart():
    both = fingerprints(finding(message="hold a"), finding(message="hold b"))
    assert len(set(both)) == 2
    assert both == fingerprints(finding(message="hold c"), finding(message="hold d"))


@each_hostile_text
def test_hostile_text_is_text_and_a_hostile_path_a_uri(text):
    path = "policies/" + text[:500]
    run_ = run(finding(path, message=text or "-", hint="", basis=""), files=[file(path, "")])
    (result,) = run_["results"]
    shown = result["message"]["text"]
    assert not any(map(hidden, shown))
    assert plain(shown) == harmless(text or "-")
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert unquote_to_bytes(uri).decode("utf-8", "surrogatepass") == path
    assert run_["artifacts"][0]["location"]["uri"] == uri
