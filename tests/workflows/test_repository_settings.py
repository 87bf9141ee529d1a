"""Rulesets, owners and updates: what stands around the workflows in the repository."""

import json
import re

import pytest
from ruamel.yaml import YAML
from workflow_files import ROOT, WORKFLOWS

RULESETS = {path.stem: json.loads(path.read_text()) for path in (ROOT / ".github" / "rulesets").iterdir()}
GITHUB_ACTIONS = 15368
"""The id of the app GitHub Actions: a check of that name from anybody else does not count."""


def rules(name):
    return {rule["type"]: rule.get("parameters", {}) for rule in RULESETS[name]["rules"]}


@pytest.mark.parametrize(
    ("name", "kind", "where"),
    [
        ("main", "branch", "~DEFAULT_BRANCH"),
        ("audit", "branch", "refs/heads/audit/*"),
        ("tags", "tag", "~ALL"),
    ],
)
def test_every_ruleset_is_enforced_and_nobody_may_pass_it_by(name, kind, where):
    ruleset = RULESETS[name]
    assert (ruleset["name"], ruleset["target"], ruleset["enforcement"]) == (name, kind, "active")
    assert ruleset["conditions"]["ref_name"] == {"include": [where], "exclude": []}
    assert ruleset["bypass_actors"] == []
    assert {"deletion", "non_fast_forward"} <= rules(name).keys()


def test_there_is_no_other_ruleset():
    assert RULESETS.keys() == {"main", "audit", "tags"}


def test_the_log_is_linear_and_a_tag_stays_where_it_is():
    assert "required_linear_history" in rules("audit")
    assert "update" in rules("tags")


def test_main_takes_reviewed_pull_requests_and_an_approval_ends_with_the_next_push():
    review = rules("main")["pull_request"]
    assert review["required_approving_review_count"] >= 1
    for asked in (
        "dismiss_stale_reviews_on_push",
        "require_code_owner_review",
        "require_last_push_approval",
        "required_review_thread_resolution",
    ):
        assert review[asked] is True


def test_the_required_checks_are_jobs_that_run_on_every_pull_request():
    checks = rules("main")["required_status_checks"]["required_status_checks"]
    assert {check["integration_id"] for check in checks} == {GITHUB_ACTIONS}
    names = {check["context"] for check in checks}
    assert names == {"validate", "ci"}
    for name in names:
        workflow = WORKFLOWS.parsed[f"{name}.yml"]
        assert {"pull_request", "merge_group"} <= workflow["on"].keys()
        assert "if" not in workflow["jobs"][name]


def owners(path):
    """Who owns a path: the last line that matches decides."""
    found = ""
    for line in (ROOT / ".github" / "CODEOWNERS").read_text().splitlines():
        if line and not line.startswith("#"):
            pattern, *teams = line.split()
            if pattern == "*" or path == pattern or (pattern.endswith("/") and path.startswith(pattern)):
                found = teams
    return found


def test_policies_code_and_approvers_belong_to_different_people():
    assert owners("/policies/purges/a.yaml") == ["@purgectl/compliance"]
    for path in ("/policies/holds/a.yaml", "/policies/regulations/core.yaml"):
        assert owners(path) == ["@purgectl/legal"]
    for path in (
        "/policies/approvers.yaml",
        "/policies/targets/a.yaml",
        "/runner/x.py",
        "/.github/CODEOWNERS",
    ):
        assert owners(path) == ["@purgectl/maintainers"]


def test_updates_are_proposed_for_every_kind_of_dependency_and_wait_a_week():
    updates = YAML(typ="safe").load(ROOT / ".github" / "dependabot.yml")["updates"]
    assert {update["package-ecosystem"] for update in updates} == {"github-actions", "pip", "npm"}
    assert all(update["cooldown"]["default-days"] >= 7 for update in updates)


def test_the_names_of_owners_are_teams_of_one_organisation():
    text = (ROOT / ".github" / "CODEOWNERS").read_text()
    named = re.findall(r"@(\S+)", re.sub(r"^#.*$", "", text, flags=re.MULTILINE))
    assert {name.partition("/")[0] for name in named} == {"purgectl"}
