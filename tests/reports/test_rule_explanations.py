"""Every rule is explained, and the examples that are shown do what is said of them."""

import re
from pathlib import Path

import pytest
from support.trees import NOW, file, policy, target

from runner.plan.review import review
from runner.reports.explanations import EXPLANATIONS
from runner.reports.rules import EVERY_RULE

ROOT = Path(__file__).parents[2]
PACKS = [
    file(path.relative_to(ROOT).as_posix(), path.read_bytes())
    for path in sorted((ROOT / "policies" / "regulations").glob("*.yaml"))
]
SHOWN = [rule for rule, explanation in EXPLANATIONS.items() if not explanation.in_words]


def judged(example):
    """Rules and severities of a policy in which the fields of an example stand instead of its own."""
    keys = set(re.findall(r"^(\w+):", example, re.MULTILINE))
    kept = policy("example", without=tuple(keys)).data.decode()
    source = file("policies/purges/example.yaml", f"{kept}{example}\n")
    return {finding.rule for finding in review([target(), *PACKS, source], now=NOW).findings}


def test_every_rule_has_an_explanation_with_both_examples_and_no_other():
    assert set(EXPLANATIONS) == set(EVERY_RULE)
    for explanation in EXPLANATIONS.values():
        assert explanation.asks
        assert explanation.passing
        assert explanation.failing
        assert explanation.passing != explanation.failing


@pytest.mark.parametrize("rule", SHOWN)
def test_the_passing_example_passes(rule):
    assert judged(EXPLANATIONS[rule].passing) == set()


@pytest.mark.parametrize("rule", SHOWN)
def test_the_failing_example_fails_by_this_rule_and_no_other(rule):
    assert judged(EXPLANATIONS[rule].failing) == {rule}
