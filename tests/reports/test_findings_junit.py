import xml.etree.ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st
from support.findings import each_hostile_text, finding
from support.trees import file

from runner.model.finding import Severity
from runner.model.text import hidden
from runner.reports.findings import harmless
from runner.reports.findings_junit import findings_junit

FILES = [file("policies/purges/x.yaml", ""), file("policies/purges/y.yaml", "")]


def suite(*findings, files=FILES):
    written = findings_junit(findings, files)
    assert written.isascii()
    assert written.endswith(">\n")
    assert not any(line.lstrip().startswith("::") for line in written.split("\n"))
    root = ET.fromstring(written)
    assert root.tag == "testsuites"
    (only,) = root
    assert only.tag == "testsuite"
    assert dict(only.attrib, name="") == dict(root.attrib, name="")
    assert int(only.get("tests")) == len(only)
    assert int(only.get("failures")) == len(only.findall("testcase/failure"))
    return only


def test_one_case_a_file_and_one_failure_an_error():
    cases = suite(finding(), finding(line=2, rule="DAT-001"))
    assert [case.get("name") for case in cases] == [each.path for each in FILES]
    first, second = cases
    assert [(each.get("type"), each.text) for each in first] == [
        ("DAT-001", "policies/purges/x.yaml:2:3: DAT-001 error: not old enough (wait) [a law]"),
        ("RET-003", "policies/purges/x.yaml:12:3: RET-003 error: not old enough (wait) [a law]"),
    ]
    assert first[0].get("message") == "not old enough"
    assert list(second) == []


def test_a_warning_is_told_and_fails_nothing():
    cases = suite(finding(severity=Severity.WARNING), finding(severity=Severity.NOTE, line=1))
    assert [each.tag for each in cases[0]] == ["system-out", "system-out"]
    assert "RET-003 warning: not old enough" in cases[0][1].text
    assert cases.get("failures") == "0"


def test_a_finding_in_a_file_that_is_gone_has_a_case_too():
    cases = suite(finding("policies/holds/gone.yaml"))
    assert cases[0].get("name") == "policies/holds/gone.yaml"
    assert cases.get("tests") == "3"


def test_no_files_are_an_empty_suite():
    assert list(suite(files=[])) == []


@each_hostile_text
def test_hostile_text_comes_back_harmless(text):
    path = "policies/" + text[:500]
    (case,) = suite(finding(path, message=text, hint=text, basis=text), files=[file(path, "")])
    assert case.get("name") == harmless(path)
    (failure,) = case
    assert failure.get("message") == harmless(text)
    assert not any(map(hidden, failure.text))
    assert failure.text.startswith(f"{harmless(path)}:12:3: RET-003 error:")


@given(st.text(max_size=40))
def test_any_text_can_be_read_back(text):
    (case,) = suite(finding("a", message=text), files=[])
    assert case[0].get("message") == harmless(text)
