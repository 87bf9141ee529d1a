"""Each way in which a repository on GitHub may be set up wrongly, and what must be said of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from support.githubsettings import Settings
from support.trees import target

from runner.model.target import Target
from runner.plan.tree import read_tree
from runner.setup.check import Standing

WRONG, NOT_CHECKED = Standing.WRONG, Standing.NOT_CHECKED
NAME = "acme/purge-policies"
PURGE, PLAN = "purge-bank-eu", "plan-bank-eu"
REAL = {
    "region": "eu-central-1",
    "organizationId": "0f6f3a52-8a0e-4a8f-9f39-3f1d4c1b7a10",
    "approvals": "github",
}


def bank(**changes: object) -> Target:
    """A target outside the sandbox."""
    return read_tree([target("bank-eu", **{**REAL, **changes})]).targets["bank-eu"]


@dataclass(frozen=True)
class Scenario:
    """A change to settings that are in order; ``said`` is everything that is not well then.

    Each is an id, a subject, how it stands, and a part of what is said or of how to mend it.
    """

    change: Callable[[Settings], Any]
    said: frozenset[tuple[str, str, Standing, str]]


def scenario(change: Callable[[Settings], Any], *said: tuple[str, str, Standing, str]) -> Scenario:
    return Scenario(change, frozenset(said))


def ruleset(settings: Settings, name: str) -> dict[str, Any]:
    (found,) = [each for each in settings.rulesets if each["name"] == name]
    return found


def rule(settings: Settings, name: str, kind: str) -> dict[str, Any]:
    (found,) = [each for each in ruleset(settings, name)["rules"] if each["type"] == kind]
    return found["parameters"]


def without_rule(settings: Settings, name: str, kind: str) -> None:
    found = ruleset(settings, name)
    found["rules"] = [each for each in found["rules"] if each["type"] != kind]


def without(settings: Settings, name: str) -> None:
    settings.rulesets.remove(ruleset(settings, name))


def protect(settings: Settings, name: str, *rules: dict[str, Any]) -> None:
    settings.environments[name]["protection_rules"] += rules


def let_run(settings: Settings, name: str, *, hours: float) -> None:
    settings.scheduled[name] = [settings.clock.now() - timedelta(hours=hours)]


def young(settings: Settings, name: str, *, hours: float) -> None:
    settings.scheduled[name] = []
    at = settings.clock.now() - timedelta(hours=hours)
    settings.workflow(name)["created_at"] = f"{at:%Y-%m-%dT%H:%M:%SZ}"


def owner_error(settings: Settings) -> None:
    settings.owner_errors.append(
        {"line": 4, "column": 1, "kind": "Unknown owner", "message": "no @acme/nobody", "path": "CODEOWNERS"}
    )


def main_is_weaker(said: str) -> tuple[str, str, Standing, str]:
    return "ruleset", "ruleset main", WRONG, f"is weaker than its file: {said}"


def strict(settings: Settings) -> None:
    """Stricter than the files ask: that is nobody's fault."""
    rule(settings, "main", "pull_request")["required_approving_review_count"] = 3
    rule(settings, "main", "pull_request")["allowed_merge_methods"] = ["squash"]
    checks = rule(settings, "main", "required_status_checks")
    del checks["do_not_enforce_on_create"]
    checks["required_status_checks"].append({"context": "another"})
    ruleset(settings, "audit")["conditions"]["ref_name"]["include"].append("refs/heads/other")
    ruleset(settings, "audit")["rules"].append({"type": "creation"})


SCENARIOS: dict[str, Scenario] = {
    "all is well": scenario(lambda s: None),
    "stricter than asked": scenario(strict),
    "another ruleset beside": scenario(
        lambda s: s.rulesets.append(
            {
                "id": 9,
                "name": "names",
                "source": "acme",
                "target": "push",
                "source_type": "Organization",
                "enforcement": "disabled",
            }
        )
    ),
    "archived": scenario(
        lambda s: s.repository.update(archived=True),
        ("repository", NAME, WRONG, f"gh repo unarchive {NAME}"),
    ),
    "another default branch": scenario(
        lambda s: s.repository.update(default_branch="master"),
        ("repository", NAME, WRONG, "its default branch is master, not main"),
    ),
    "no ruleset": scenario(
        lambda s: without(s, "audit"),
        ("ruleset", "ruleset audit", WRONG, "--method POST repos/acme/purge-policies/rulesets --input"),
    ),
    "a ruleset that is off": scenario(
        lambda s: ruleset(s, "main").update(enforcement="disabled"),
        main_is_weaker("enforcement is disabled, not active"),
    ),
    "a ruleset of something else": scenario(
        lambda s: ruleset(s, "main").update(target="tag"),
        main_is_weaker("it is about each tag, not each branch"),
    ),
    "a ruleset that covers another branch": scenario(
        lambda s: ruleset(s, "main")["conditions"]["ref_name"].update(include=["refs/heads/master"]),
        main_is_weaker("it does not cover ~DEFAULT_BRANCH"),
    ),
    "a ruleset that leaves a branch out": scenario(
        lambda s: ruleset(s, "audit")["conditions"]["ref_name"].update(exclude=["refs/heads/audit/bank-eu"]),
        ("ruleset", "ruleset audit", WRONG, "it leaves out refs/heads/audit/bank-eu"),
    ),
    "a ruleset without conditions": scenario(
        lambda s: ruleset(s, "main").pop("conditions"), main_is_weaker("it does not cover ~DEFAULT_BRANCH")
    ),
    "no rule against rewriting": scenario(
        lambda s: without_rule(s, "audit", "non_fast_forward"),
        ("ruleset", "ruleset audit", WRONG, "rulesets/1 --input .github/rulesets/audit.json"),
    ),
    "no code review": scenario(
        lambda s: without_rule(s, "main", "pull_request"), main_is_weaker("the rule pull_request is missing")
    ),
    "fewer approvals": scenario(
        lambda s: rule(s, "main", "pull_request").update(required_approving_review_count=0),
        main_is_weaker("pull_request: required_approving_review_count is 0, not 1"),
    ),
    "approvals that are no number": scenario(
        lambda s: rule(s, "main", "pull_request").pop("required_approving_review_count"),
        main_is_weaker("pull_request: required_approving_review_count is not set, not 1"),
    ),
    "stale approvals count": scenario(
        lambda s: rule(s, "main", "pull_request").update(dismiss_stale_reviews_on_push=False),
        main_is_weaker("pull_request: dismiss_stale_reviews_on_push is off, not on"),
    ),
    "a merge method more": scenario(
        lambda s: rule(s, "main", "pull_request").update(allowed_merge_methods=["merge", "other"]),
        main_is_weaker("pull_request: allowed_merge_methods is merge, other, not merge, squash, rebase"),
    ),
    "any merge method": scenario(
        lambda s: rule(s, "main", "pull_request").pop("allowed_merge_methods"),
        main_is_weaker("pull_request: allowed_merge_methods is not set, not merge, squash, rebase"),
    ),
    "a check that is not required": scenario(
        lambda s: rule(s, "main", "required_status_checks").update(
            required_status_checks=[{"context": "ci", "integration_id": 15368}]
        ),
        main_is_weaker("required_status_checks: required_status_checks is ci, not validate, ci"),
    ),
    "a check from anybody": scenario(
        lambda s: rule(s, "main", "required_status_checks").update(
            required_status_checks=[{"context": "ci"}, {"context": "validate"}]
        ),
        main_is_weaker("required_status_checks: required_status_checks is ci, validate, not validate, ci"),
    ),
    "checks that are not enforced at first": scenario(
        lambda s: rule(s, "main", "required_status_checks").update(do_not_enforce_on_create=True),
        main_is_weaker("required_status_checks: do_not_enforce_on_create is on, not off"),
    ),
    "somebody may pass by": scenario(
        lambda s: ruleset(s, "main")["bypass_actors"].append(
            {"actor_type": "RepositoryRole", "actor_id": 5, "bypass_mode": "always"}
        ),
        ("ruleset-bypass", "ruleset main", WRONG, "may be passed by: RepositoryRole 5"),
    ),
    "nobody tells who may pass by": scenario(
        lambda s: ruleset(s, "main").pop("bypass_actors"),
        ("ruleset-bypass", "ruleset main", NOT_CHECKED, "«Bypass list»"),
    ),
    "no environment": scenario(
        lambda s: s.environments.pop(PURGE),
        ("environment", f"environment {PURGE}", WRONG, "deployment-branch-policies -f name=main"),
    ),
    "every branch": scenario(
        lambda s: s.environments[PURGE].update(deployment_branch_policy=None),
        ("environment-branch", f"environment {PURGE}", WRONG, "may be used from every branch"),
    ),
    "protected branches": scenario(
        lambda s: s.environments[PLAN]["deployment_branch_policy"].update(
            protected_branches=True, custom_branch_policies=False
        ),
        ("environment-branch", f"environment {PLAN}", WRONG, "may be used from every protected branch"),
    ),
    "a branch more": scenario(
        lambda s: s.holdings[PURGE]["branches"].append("release/*"),
        ("environment-branch", f"environment {PURGE}", WRONG, "may be used from main, release/*"),
    ),
    "no branch": scenario(
        lambda s: s.holdings[PURGE]["branches"].clear(),
        ("environment-branch", f"environment {PURGE}", WRONG, "may be used from no branch"),
    ),
    "administrators pass by": scenario(
        lambda s: s.environments[PURGE].update(can_admins_bypass=True),
        ("environment-admins", f"environment {PURGE}", WRONG, "take the tick out of"),
    ),
    "nobody tells of administrators": scenario(
        lambda s: s.environments[PLAN].pop("can_admins_bypass"),
        ("environment-admins", f"environment {PLAN}", NOT_CHECKED, "GitHub does not tell"),
    ),
    "a wait": scenario(
        lambda s: protect(s, PURGE, {"type": "wait_timer", "wait_timer": 30}),
        ("environment-wait", f"environment {PURGE}", WRONG, "has a wait of 30 minutes"),
    ),
    "reviewers": scenario(
        lambda s: protect(s, PURGE, {"type": "required_reviewers", "reviewers": [{"type": "Team"}]}),
        ("environment-wait", f"environment {PURGE}", WRONG, "has 1 required reviewers"),
    ),
    "reviewers where nothing waits behind": scenario(
        lambda s: protect(s, PLAN, {"type": "required_reviewers", "reviewers": [{"type": "Team"}]}),
    ),
    "a secret that is missing": scenario(
        lambda s: s.holdings[PURGE]["secrets"].remove("AUDIT_SIGNING_KEY"),
        (
            "secrets",
            f"secrets of {PURGE}",
            WRONG,
            f"gh secret set AUDIT_SIGNING_KEY --env {PURGE}",
        ),
    ),
    "a variable that is missing": scenario(
        lambda s: s.holdings[PLAN]["variables"].clear(),
        ("variables", f"variables of {PLAN}", WRONG, "gh variable set GENESYS_CLOUD_BASE_URL"),
    ),
    "a secret of the repository": scenario(
        lambda s: s.secrets["secrets"].extend(["CODECOV_TOKEN", "GENESYS_CLOUD_CLIENT_SECRET_BANK_EU"]),
        (
            "shared-secrets",
            "secrets outside environments",
            WRONG,
            "SECRET_BANK_EU can be read",
        ),
    ),
    "a secret of the organisation": scenario(
        lambda s: s.secrets["organization-secrets"].append("AUDIT_SIGNING_KEY"),
        ("shared-secrets", "secrets outside environments", WRONG, "gh secret delete AUDIT_SIGNING_KEY"),
    ),
    "a secret of somebody else": scenario(lambda s: s.secrets["secrets"].append("CODECOV_TOKEN")),
    "no Actions": scenario(
        lambda s: (s.actions.clear(), s.actions.update(enabled=False)),
        ("actions", "GitHub Actions", WRONG, "are off"),
        ("actions-pinned", "GitHub Actions", NOT_CHECKED, "does not tell"),
    ),
    "every action": scenario(lambda s: s.actions.update(allowed_actions="all")),
    "local actions alone": scenario(
        lambda s: s.actions.update(allowed_actions="local_only"),
        ("actions", "GitHub Actions", WRONG, "GitHub's own actions"),
    ),
    "not GitHub's actions": scenario(
        lambda s: s.selected.update(github_owned_allowed=False),
        ("actions", "GitHub Actions", WRONG, "selected-actions -F github_owned_allowed=true"),
    ),
    "actions by a tag": scenario(
        lambda s: s.actions.update(sha_pinning_required=False),
        ("actions-pinned", "GitHub Actions", WRONG, "may be named by a tag"),
    ),
    "a GitHub that knows no pins": scenario(
        lambda s: s.actions.pop("sha_pinning_required"),
        ("actions-pinned", "GitHub Actions", NOT_CHECKED, "does not tell"),
    ),
    "a token that writes": scenario(
        lambda s: s.token.update(default_workflow_permissions="write"),
        ("token", "the token of workflows", WRONG, "may write everything"),
    ),
    "a token that approves": scenario(
        lambda s: s.token.update(can_approve_pull_request_reviews=True),
        ("token", "the token of workflows", WRONG, "may approve pull requests"),
    ),
    "a workflow that is missing": scenario(
        lambda s: s.workflows.remove(s.workflow("validate")),
        ("workflow", "workflow validate.yml", WRONG, "merge .github/workflows/validate.yml into main"),
    ),
    "a workflow that is off": scenario(
        lambda s: s.workflow("purge").update(state="disabled_inactivity"),
        ("workflow", "workflow purge.yml", WRONG, "gh workflow enable purge.yml"),
    ),
    "a workflow that is gone beside the one that is there": scenario(
        lambda s: s.workflows.append({**s.workflow("purge"), "id": 99, "state": "deleted"})
    ),
    "a silent schedule": scenario(
        lambda s: let_run(s, "purge", hours=7),
        ("schedule", "schedule of purge.yml", WRONG, "has not started a run for 7 hours"),
    ),
    "a schedule that is slow": scenario(lambda s: let_run(s, "purge", hours=6)),
    "a schedule of every day": scenario(lambda s: let_run(s, "audit-verify", hours=47)),
    "a silent schedule of every day": scenario(
        lambda s: let_run(s, "audit-verify", hours=49),
        ("schedule", "schedule of audit-verify.yml", WRONG, "has not started a run for 2 days"),
    ),
    "a schedule that never began": scenario(
        lambda s: young(s, "purge", hours=7),
        ("schedule", "schedule of purge.yml", WRONG, "has not started a run since it is there"),
    ),
    "a schedule that has only just come": scenario(
        lambda s: young(s, "purge", hours=1),
        (
            "schedule",
            "schedule of purge.yml",
            NOT_CHECKED,
            "not started a run yet; the workflow is 1 hour",
        ),
    ),
    "an owner who does not exist": scenario(
        owner_error, ("code-owners", "CODEOWNERS", WRONG, "line 4: no @acme/nobody")
    ),
    "no log": scenario(
        lambda s: s.logs.clear(),
        ("log", "branch audit/bank-eu", WRONG, "purgectl audit open --target bank-eu"),
    ),
}

_PLACES = {
    "/rulesets": [("ruleset", f"ruleset {name}", "Metadata: read") for name in ("audit", "main", "tags")],
    "/environments": [("environment", f"environment {name}", "Actions: read") for name in (PURGE, PLAN)],
    f"{PURGE}/deployment-branch-policies": [("environment-branch", f"environment {PURGE}", "Actions: read")],
    f"{PURGE}/secrets": [("secrets", f"secrets of {PURGE}", "Environments: read")],
    f"{PURGE}/variables": [("variables", f"variables of {PURGE}", "Environments: read")],
    "/actions/organization-secrets": [("shared-secrets", "secrets outside environments", "Secrets: read")],
    "/selected-actions": [("actions", "GitHub Actions", "Administration: read")],
    "/actions/permissions/workflow": [("token", "the token of workflows", "Administration: read")],
    "/actions/workflows/4/runs": [("schedule", "schedule of purge.yml", "Actions: read")],
    "/codeowners/errors": [("code-owners", "CODEOWNERS", "Contents: read")],
    "/git/matching-refs": [("log", "branch audit/bank-eu", "Contents: read")],
}
SCENARIOS |= {
    f"{place} may not be read": Scenario(
        lambda s, place=place: s.withheld.add(place),
        frozenset((id_, subject, NOT_CHECKED, permission) for id_, subject, permission in said),
    )
    for place, said in _PLACES.items()
}
SCENARIOS["no permission of Actions may be read"] = scenario(
    lambda s: s.withheld.add("/actions/permissions"),
    ("actions", "GitHub Actions", NOT_CHECKED, "Administration: read"),
    ("actions-pinned", "GitHub Actions", NOT_CHECKED, "Administration: read"),
    ("token", "the token of workflows", NOT_CHECKED, "Administration: read"),
)
SCENARIOS["no workflow may be read"] = scenario(
    lambda s: s.withheld.add("/actions/workflows"),
    *(
        ("workflow", f"workflow {name}.yml", NOT_CHECKED, "Actions: read")
        for name in ("validate", "plan-live", "comment", "announce", "purge", "audit-verify")
    ),
)
