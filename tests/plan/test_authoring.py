import pytest
from support.trees import NOW

from runner.documents.kinds import Kind
from runner.plan.authoring import concerns, new_file, objections
from runner.plan.packs import read_packs

PACKS = read_packs([])


def rules(kind, fields, pointer):
    return [fault.rule for fault in objections(kind, "a", fields, pointer, PACKS, NOW)]


def test_an_answer_is_judged_by_schema_and_rules_as_far_as_the_document_goes():
    assert rules(Kind.PURGE_POLICY, {"owner": "records-team"}, "/owner") == []
    assert rules(Kind.PURGE_POLICY, {"owner": "Team A"}, "/owner") == ["SCH-001"]
    assert "RSN-001" in rules(Kind.PURGE_POLICY, {"reason": "test"}, "/reason")
    assert rules(Kind.LEGAL_HOLD, {"issuedOn": "2026-02-30"}, "/issuedOn") == ["SCH-001"]


def test_what_is_wrong_elsewhere_or_not_answered_yet_is_not_told():
    fields = {"owner": "Team A", "dateRange": {"start": "2018-01-01T00:00:00Z"}}
    assert rules(Kind.PURGE_POLICY, fields, "/dateRange/start") == []


def test_a_rule_over_two_answers_speaks_when_both_are_there():
    young = {
        "retentionDays": 2557,
        "dateRange": {"start": "2022-01-01T00:00:00Z", "end": "2022-12-31T00:00:00Z"},
    }
    assert rules(Kind.PURGE_POLICY, young, "/dateRange/end") == ["RET-003"]


@pytest.mark.parametrize(
    ("fault", "pointer", "expected"),
    [("/a", "/a", True), ("/a/b", "/a", True), ("/a", "/a/b", True), ("", "/a", True), ("/ab", "/a", False)],
)
def test_a_fault_concerns_what_lies_above_and_below_it(fault, pointer, expected):
    assert concerns(fault, pointer) is expected


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        (Kind.PURGE_POLICY, "policies/purges/a.yaml"),
        (Kind.LEGAL_HOLD, "policies/holds/a.yaml"),
        (Kind.TARGET, "policies/targets/a.yaml"),
    ],
)
def test_a_new_file_stands_in_the_place_of_its_kind(kind, path):
    assert new_file(kind, "a", {}).path == path
