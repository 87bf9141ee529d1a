import inspect
import re

import pytest

from runner.model.rule import Phase, Rule
from runner.model.settings import Settings
from runner.rules.catalogue import CATALOGUE, FAMILIES, checks


def test_no_two_rules_share_an_id():
    constants = [rule for family in FAMILIES for rule in vars(family).values() if isinstance(rule, Rule)]
    assert len(constants) == len(CATALOGUE)


@pytest.mark.parametrize("rule", CATALOGUE.values(), ids=CATALOGUE.keys())
def test_a_rule_says_when_it_is_checked_why_and_what_to_do(rule):
    assert re.fullmatch(r"[A-Z]{3}-\d{3}", rule.id)
    assert rule.title
    assert rule.phase.commands
    assert rule.basis
    assert rule.hint


def test_a_rule_is_asked_by_the_commands_of_its_phase_unless_it_is_planned():
    assert CATALOGUE["RET-003"].asked_by == ("validate", "plan", "apply")
    assert CATALOGUE["HLD-005"].asked_by == ("validate --base",)
    assert CATALOGUE["SCP-006"].phase is Phase.PLAN
    assert CATALOGUE["SCP-006"].asked_by == ()


@pytest.mark.parametrize("check", checks(Settings()), ids=lambda check: check.rule.id)
def test_a_check_reads_what_its_function_takes(check):
    assert CATALOGUE[check.rule.id] is check.rule
    parameters = inspect.signature(check.decide).parameters
    assert len(parameters) == len(check.reads) + len(check.may_read) + check.clock
    assert not check.clock or list(parameters)[-1] == "now"
    assert all(pointer.count("/") == 1 for pointer in check.may_read)
