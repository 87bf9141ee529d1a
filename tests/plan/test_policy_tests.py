import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.regulations import cases_file, pack_file
from support.trees import NOW, file, policy, target

from runner.plan.policy_tests import run_tests

CORE = Path(__file__).resolve().parents[2] / "policies" / "regulations" / "core.yaml"
SAMPLE = {"classification": "public", "retentionDays": 1827}


def example(expect="pass", rule="", days=1827, name="one", **policy_fields):
    return {
        "name": name,
        "expect": expect,
        **({"rule": rule} if rule else {}),
        "policy": {**SAMPLE, "retentionDays": days, **policy_fields},
    }


def law(*tests, minimum="P5Y", **changes):
    return {"id": "law", "retain": {"min": minimum}, "tests": list(tests), **changes}


def found(*sources, mutate=False, now=NOW):
    return [(f.rule, f.path) for f in run_tests(sources, now=now, mutate=mutate).findings]


BOTH = (example(), example("fail", "RET-002", 1826, "two"))


class TestExamples:
    def test_those_that_come_out_as_they_say_are_counted(self):
        examined = run_tests([pack_file("core", law(*BOTH))], now=NOW)
        assert (examined.findings, examined.tried) == ((), 2)
        assert [each.path for each in examined.files] == ["policies/regulations/core.yaml"]

    @pytest.mark.parametrize(
        "wrong",
        [
            example("fail", "RET-002", 1827),
            example("pass", "", 1826),
            example("warn", "RET-002", 1826),
            example("fail", "RET-001", 1826),
            example("fail", "RET-005", 1825),
            example("fail", "RET-002", 1826, classification="confidential"),
        ],
        ids=["missing", "unexpected", "severity", "rule", "other rule", "one too many"],
    )
    def test_one_that_does_not_is_found_at_its_place(self, wrong):
        assert found(pack_file("core", law(*BOTH, {**wrong, "name": "three"}))) == [
            ("TST-001", "/regulations/0/tests/2")
        ]

    def test_an_entry_without_one_is_found(self):
        assert found(pack_file("core", law(*BOTH), {"id": "other", "retain": {"max": "P9Y"}})) == [
            ("TST-002", "/regulations/1/id")
        ]

    def test_one_that_its_entry_does_not_reach_is_found(self):
        entry = law(*BOTH, appliesTo={"tags": ["telemarketing"]})
        assert ("TST-003", "/regulations/0/tests/0") in found(pack_file("core", entry))

    def test_nothing_at_all_to_try_is_found(self):
        assert found(pack_file("core")) == [("TST-002", "/regulations")]

    def test_one_with_a_day_of_its_own_is_judged_on_that_day(self):
        early = {**example("pass", "", 1), "asOf": "2026-11-22", "name": "early"}
        late = {**example("fail", "RET-002", 1), "asOf": "2026-11-23", "name": "late"}
        assert found(pack_file("core", law(early, late, effective={"from": "2026-11-23"}))) == []

    def test_a_pack_answers_with_the_layers_below_it_and_not_above(self):
        above = law(example(days=2192), minimum="P6Y", id="ours")
        packs = (pack_file("core", law(*BOTH)), pack_file("ours", above, layer="organisation"))
        assert found(*packs) == []

    def test_errors_of_a_pack_itself_are_found(self):
        assert ("SCH-001", "/regulations/0/retain/min") in found(pack_file("core", law(minimum="a while")))


class TestCases:
    def test_a_tiny_policy_is_judged_by_all_packs(self):
        right, wrong = example("fail", "RET-002", 1), example("pass", "", 1, "two")
        assert found(pack_file("core", law(*BOTH)), cases_file("t", right, wrong)) == [
            ("TST-001", "/cases/1")
        ]

    def test_a_real_one_is_judged_by_every_rule_on_the_day_of_the_case(self):
        path = "policies/purges/a.yaml"
        sources = (
            target(),
            policy("a"),
            cases_file(
                "t",
                {"name": "today", "expect": "pass", "file": path},
                {"name": "then", "expect": "fail", "rule": "RET-003", "file": path, "asOf": "2025-12-31"},
                {"name": "wrong", "expect": "fail", "rule": "RET-003", "file": path},
            ),
        )
        assert found(*sources) == [("TST-001", "/cases/2")]

    def test_one_that_is_not_there_is_found(self):
        case = {"name": "gone", "expect": "pass", "file": "policies/purges/gone.yaml"}
        assert found(cases_file("t", case)) == [("TST-003", "/cases/0")]

    @pytest.mark.parametrize("case", [{"name": "n", "expect": "pass"}, {"name": "n", "expect": "warn"}])
    def test_a_case_that_says_too_little_is_an_error(self, case):
        assert {rule for rule, _ in found(cases_file("t", case))} == {"SCH-001"}

    def test_no_cases_are_an_error(self):
        assert ("SCH-001", "/cases") in found(cases_file("t"))


class TestFlips:
    def test_examples_on_both_sides_notice(self):
        examined = run_tests([pack_file("core", law(*BOTH))], now=NOW, mutate=True)
        assert (examined.findings, examined.mutated) == ((), 2)

    def test_what_no_example_notices_is_found_at_the_number(self):
        unnoticed = ("TST-004", "/regulations/0/retain/min")
        assert found(pack_file("core", law(example())), mutate=True) == [unnoticed]
        far = (example(days=3000), example("fail", "RET-002", 1, "two"))
        assert found(pack_file("core", law(*far)), mutate=True) == [unnoticed, unnoticed]

    def test_what_no_policy_could_tell_is_left_alone(self):
        beyond = law(example("fail", "RET-005", 3650), minimum="P10Y")
        nothing = {"id": "no", "retain": {"min": "P0D"}, "tests": [example("pass", "", 1)]}
        mutated = run_tests([pack_file("core", beyond, nothing)], now=NOW, mutate=True).mutated
        assert mutated == 1


class TestThePackThatCameWithPurgectl:
    core = CORE.read_text()

    def put(self, text):
        return file("policies/regulations/core.yaml", text)

    @pytest.mark.parametrize("now", [NOW, datetime(2027, 6, 1, tzinfo=UTC)])
    def test_every_example_comes_out_and_every_flip_is_noticed(self, now):
        examined = run_tests([self.put(self.core)], now=now, mutate=True)
        assert examined.findings == ()
        assert examined.tried > 150
        assert examined.mutated > 100

    def test_it_is_tried_where_a_tree_has_none(self):
        assert run_tests([], now=NOW).tried == run_tests([self.put(self.core)], now=NOW).tried

    @pytest.mark.parametrize("number", sorted(set(re.findall(r"retain: \{\w+: (P[1-9]\w*)\b", core))))
    def test_a_number_of_it_that_is_wrong_is_found(self, number):
        wrong = self.core.replace(f": {number}}}", f": {number[:-1]}9{number[-1]}}}", 1)
        if wrong == self.core:
            wrong = self.core.replace(f": {number},", f": {number[:-1]}9{number[-1]},", 1)
        assert wrong != self.core
        assert {f.rule for f in run_tests([self.put(wrong)], now=NOW).findings} & {"TST-001", "SCH-001"}
