"""Every way in which GitHub may be set up wrongly is told, with what mends it; the rest is well."""

import json
from pathlib import Path

import pytest
from setup_scenarios import PLAN, PURGE, SCENARIOS, bank, scenario
from support.mutants import mutants

from runner.reports.doctor_json import doctor_json
from runner.reports.doctor_text import doctor_text
from runner.setup import environment_checks, github_checks
from runner.setup.check import Area, Standing
from runner.setup.wanted import Wanted

WORKFLOWS = Path(__file__).resolve().parents[2] / ".github" / "workflows"
EVERYTHING = {
    "repository": {"acme/purge-policies"},
    "ruleset": {"ruleset audit", "ruleset main", "ruleset tags"},
    "ruleset-bypass": {"ruleset audit", "ruleset main", "ruleset tags"},
    "environment": {f"environment {PURGE}", f"environment {PLAN}"},
    "environment-branch": {f"environment {PURGE}", f"environment {PLAN}"},
    "environment-admins": {f"environment {PURGE}", f"environment {PLAN}"},
    "environment-wait": {f"environment {PURGE}"},
    "secrets": {f"secrets of {PURGE}", f"secrets of {PLAN}"},
    "variables": {f"variables of {PURGE}", f"variables of {PLAN}"},
    "shared-secrets": {"secrets outside environments"},
    "actions": {"GitHub Actions"},
    "actions-pinned": {"GitHub Actions"},
    "token": {"the token of workflows"},
    "workflow": {f"workflow {path.name}" for path in WORKFLOWS.iterdir() if path.name != "ci.yml"},
    "schedule": {"schedule of purge.yml", "schedule of audit-verify.yml"},
    "code-owners": {"CODEOWNERS"},
    "log": {"branch audit/bank-eu"},
}
"""Every check on GitHub, with what it looks at for one target."""


def all_well(checks):
    """Whether everything was looked at, and all of it is well."""
    found = {(check.id, check.subject) for check in checks if check.standing is Standing.WELL}
    return found == {(id_, subject) for id_, subjects in EVERYTHING.items() for subject in subjects}


def said(checks):
    """What is not well, without the words."""
    return {(each.id, each.subject, each.standing) for each in checks if each.standing is not Standing.WELL}


@pytest.mark.parametrize("name", SCENARIOS)
def test_what_is_not_well_is_told_with_what_mends_it_and_nothing_else(name, read_facts, wanted):
    expected = SCENARIOS[name].said
    checks = list(github_checks.github_checks(read_facts(SCENARIOS[name]), wanted))
    assert said(checks) == {one[:3] for one in expected}
    for id_, subject, standing, words in expected:
        told = [c for c in checks if (c.id, c.subject, c.standing) == (id_, subject, standing)]
        assert any(words in f"{check.what} {check.fix}" for check in told), told
        assert all(check.why and check.fix for check in told)


def test_every_check_is_made_whatever_page_it_stands_on(read_facts, wanted):
    whole = read_facts(SCENARIOS["all is well"])
    assert read_facts(SCENARIOS["all is well"], page=1) == whole
    checks = list(github_checks.github_checks(whole, wanted))
    assert all_well(checks)
    assert len({(check.id, check.subject) for check in checks}) == len(checks)


def test_no_value_of_a_variable_is_kept(read_facts):
    assert "do-not-tell" not in repr(read_facts(SCENARIOS["all is well"]))


def test_notices_need_their_secrets_by_the_id_of_the_endpoint(read_facts, wanted):
    hooks = [{"id": name, "events": ["purge.completed"]} for name in ("governance", "risk-office")]
    asking = Wanted((bank(webhooks=hooks),), wanted.rulesets)
    checks = list(github_checks.github_checks(read_facts(SCENARIOS["all is well"]), asking))
    missing = {check.what.partition(" ")[0] for check in checks if check.id == "secrets" and check.fix}
    assert missing == {
        "GOVERNANCE_WEBHOOK_URL",
        "GOVERNANCE_WEBHOOK_SECRET",
        "GOVERNANCE_WEBHOOK_URL_RISK_OFFICE",
        "GOVERNANCE_WEBHOOK_SECRET_RISK_OFFICE",
    }


def test_hostile_words_of_the_forge_stay_words(read_facts, wanted):
    hostile = scenario(
        lambda s: s.owner_errors.append(
            {"line": 1, "column": 1, "kind": "x", "message": "\x1b[2J\n::error::", "path": "x"}
        )
    )
    (told,) = [c for c in github_checks.github_checks(read_facts(hostile), wanted) if c.id == "code-owners"]
    shown = doctor_text([told], [Area.GITHUB])
    assert "\x1b" not in shown
    assert not [line for line in shown.splitlines() if line.startswith("::")]
    assert "\n\n::" not in json.loads(doctor_json([told], [Area.GITHUB]))["checks"][0]["what"]


@pytest.fixture(scope="module")
def played(read_facts, wanted):
    """Every scenario, read once."""
    found = [(each.said, read_facts(each), wanted) for each in SCENARIOS.values()]
    no_file = {("ruleset", ".github/rulesets", Standing.WRONG, "holds no ruleset")}
    return [*found, (no_file, found[0][1], Wanted(wanted.targets, {}))]


def red(played, judge):
    """Whether any scenario comes out differently; whatever a mutant dies of is red as well."""
    try:
        return any(_differs(expected, list(judge(facts, wanted))) for expected, facts, wanted in played)
    except (TypeError, AttributeError, LookupError, ValueError, NameError):
        return True


def _differs(expected, checks):
    told = {(check.id, check.subject): f"{check.what} {check.fix}" for check in checks}
    return (
        said(checks) != {one[:3] for one in expected}
        or not all(part in told[id_, subject] for id_, subject, _, part in expected)
        or not (expected or all_well(checks))
    )


def test_nothing_is_red_while_nothing_is_removed(played):
    assert not red(played, github_checks.github_checks)


@pytest.mark.slow
@pytest.mark.parametrize("module", [github_checks, environment_checks], ids=lambda m: m.__name__)
def test_each_condition_of_the_checks_is_needed(module, played, monkeypatch):
    survivors = []
    for mutant in mutants(module):
        names = mutant.namespace()
        judge = names.get("github_checks", github_checks.github_checks)
        with monkeypatch.context() as patch:
            if module is environment_checks:
                for name in ("environment_checks", "shared_secrets"):
                    patch.setattr(github_checks, name, names[name])
            if not red(played, judge):
                survivors.append(f"{mutant.line}: {mutant.lacks}")
    assert survivors == []
