"""``purgectl rules`` as a person types it."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft7Validator

from runner.cli.main import run
from runner.model.text import hidden
from runner.reports.rules import EVERY_RULE

SCHEMA = json.loads((Path(__file__).parents[2] / "schemas" / "rules.schema.json").read_text())


@pytest.fixture
def rules(capsys):
    def call(*arguments):
        code = run(["rules", *arguments])
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return code, out, err

    return call


def test_the_list_has_one_line_a_rule_with_severity_commands_and_title(rules):
    code, out, err = rules()
    assert (code, err) == (0, "")
    lines = out.split("\n")
    assert [line[:7] for line in lines[: len(EVERY_RULE)]] == list(EVERY_RULE)
    (line,) = [line for line in lines if line.startswith("RET-003")]
    assert line.split("  ")[1] == "error"
    assert "validate, plan, apply" in line
    assert line.endswith("Everything in the range is old enough")
    assert lines[-2] == f"{len(EVERY_RULE)} rules. Read one: purgectl rules RET-003"


@pytest.mark.parametrize("given", ["RET-003", "ret-003"])
def test_one_rule_is_explained_with_its_basis_and_both_examples(rules, given):
    code, out, err = rules(given)
    assert (code, err) == (0, "")
    assert out.startswith("RET-003 error: Everything in the range is old enough\n")
    for part in ("\nbasis ", "SEC Release 34-97787", "\nwhat to do ", "\npasses\n  ", "\nfails\n  "):
        assert part in out


@pytest.mark.parametrize("rule", EVERY_RULE)
def test_every_rule_can_be_read_in_every_format(rules, rule):
    for form in ("text", "markdown", "json"):
        code, out, err = rules(rule, "--format", form)
        assert (code, err) == (0, "")
        assert rule in out
        assert EVERY_RULE[rule].title in (json.loads(out)["rules"][0]["title"] if form == "json" else out)
        assert not any(map(hidden, out.replace("\n", "")))


@pytest.mark.parametrize(
    ("given", "near"), [("RET-03", "RET-003"), ("DAT-999", "DAT-00"), ("RSN001", "RSN-001")]
)
def test_an_unknown_rule_is_a_usage_error_with_those_that_look_alike(rules, given, near):
    code, out, err = rules(given)
    assert (code, out) == (2, "")
    assert f"there is no rule {given}" in err
    assert "did you mean" in err
    assert near in err


@pytest.mark.parametrize("given", ["?", "", "\x1b[31m", "x" * 100_000, "::error::x", "\udcff"])
def test_any_other_text_is_a_usage_error_that_points_at_the_list(rules, given):
    code, out, err = rules(given)
    assert (code, out) == (2, "")
    assert "purgectl rules lists them all" in err
    assert "\x1b[31m" not in err.replace("\x1b[31m\x1b[1merror: ", "")
    assert len(err) < 500


def test_json_follows_its_schema(rules):
    Draft7Validator.check_schema(SCHEMA)
    code, out, _ = rules("--format", "json")
    parsed = json.loads(out)
    assert code == 0
    assert out.isascii()
    assert list(Draft7Validator(SCHEMA).iter_errors(parsed)) == []
    assert [rule["id"] for rule in parsed["rules"]] == list(EVERY_RULE)
    assert list(Draft7Validator(SCHEMA).iter_errors({**parsed, "surprise": 1}))
