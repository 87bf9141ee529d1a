"""The settings of the stand-in for GitHub: everything as it must be, until a test changes it."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from support.faketime import FakeTime

RULESETS = Path(__file__).resolve().parents[2] / ".github" / "rulesets"
DEFAULTS = {"required_reviewers": [], "automatic_copilot_code_review_enabled": False}
"""What GitHub adds to the parameters of a rule by itself."""

_CLIENT = ("GENESYS_CLOUD_CLIENT_ID", "GENESYS_CLOUD_CLIENT_SECRET")


@dataclass
class Settings:
    """One repository's settings. ``withheld`` are parts of paths that the token may not read.

    ``environments`` are by name, each as GitHub has it, with what it holds beside.
    """

    name: str
    clock: FakeTime
    repository: dict[str, Any] = field(default_factory=dict)
    rulesets: list[dict[str, Any]] = field(default_factory=list)
    environments: dict[str, dict[str, Any]] = field(default_factory=dict)
    holdings: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    secrets: dict[str, list[str]] = field(default_factory=lambda: {"secrets": [], "organization-secrets": []})
    actions: dict[str, Any] = field(default_factory=lambda: {"enabled": True, "allowed_actions": "selected"})
    selected: dict[str, Any] = field(default_factory=lambda: {"github_owned_allowed": True})
    token: dict[str, Any] = field(default_factory=dict)
    workflows: list[dict[str, Any]] = field(default_factory=list)
    scheduled: dict[str, list[datetime]] = field(default_factory=dict)
    owner_errors: list[dict[str, Any]] = field(default_factory=list)
    logs: list[str] = field(default_factory=list)
    withheld: set[str] = field(default_factory=set)

    def put_in_order(self, targets: Collection[str], rulesets: Path = RULESETS) -> None:
        """Set everything as it must be for some targets."""
        now = self.clock.now()
        self.repository = {"full_name": self.name, "default_branch": "main", "archived": False}
        self.actions["sha_pinning_required"] = True
        self.token = {"default_workflow_permissions": "read", "can_approve_pull_request_reviews": False}
        self.rulesets = [_ruleset(number, path) for number, path in enumerate(sorted(rulesets.iterdir()), 1)]
        for target in targets:
            self.environment(
                f"purge-{target}",
                [*_CLIENT, "AUDIT_SIGNING_KEY"],
                ["GENESYS_CLOUD_BASE_URL", "PURGE_ENABLED"],
            )
            self.environment(f"plan-{target}", [*_CLIENT], ["GENESYS_CLOUD_BASE_URL"])
            self.logs.append(f"refs/heads/audit/{target}")
        files = ("validate", "plan-live", "comment", "purge", "audit-verify", "announce")
        self.workflows = [_workflow(number, name, now) for number, name in enumerate(files, 1)]
        self.scheduled = {name: [now - timedelta(minutes=20)] for name in ("purge", "audit-verify")}

    def environment(self, name: str, secrets: list[str], variables: list[str]) -> None:
        """Make an environment that is limited to ``main``."""
        self.environments[name] = {
            "id": len(self.environments) + 1,
            "name": name,
            "protection_rules": [{"id": 1, "type": "branch_policy"}],
            "deployment_branch_policy": {"protected_branches": False, "custom_branch_policies": True},
            "can_admins_bypass": False,
        }
        self.holdings[name] = {"branches": ["main"], "secrets": secrets, "variables": variables}

    def workflow(self, name: str) -> dict[str, Any]:
        """A workflow by the stem of its file."""
        (found,) = [each for each in self.workflows if each["path"].endswith(f"/{name}.yml")]
        return found

    def answer(self, parts: list[str]) -> tuple[str, Any] | None:
        """Answer one GET below the repository: the key of the list in the answer, if any, and the value."""
        match parts:
            case []:
                return "", self.repository
            case ["rulesets"]:
                return "[]", [_listed(each) for each in self.rulesets]
            case ["rulesets", number]:
                return "", next(each for each in self.rulesets if each["id"] == int(number))
            case ["environments"]:
                return "environments", list(self.environments.values())
            case ["environments", name, what]:
                return _held(self.holdings[name], what)
            case ["codeowners", "errors"]:
                return "", {"errors": self.owner_errors}
            case ["git", "matching-refs", "heads", "audit", ""]:
                return "[]", [{"ref": ref, "object": {"sha": "0" * 40}} for ref in self.logs]
            case ["actions", *rest]:
                return self._of_actions(rest)
        return None

    def _of_actions(self, parts: list[str]) -> tuple[str, Any] | None:
        match parts:
            case [("secrets" | "organization-secrets") as kind]:
                return "secrets", [{"name": name} for name in self.secrets[kind]]
            case ["permissions"]:
                return "", self.actions
            case ["permissions", "selected-actions"]:
                return "", self.selected
            case ["permissions", "workflow"]:
                return "", self.token
            case ["workflows"]:
                return "workflows", self.workflows
            case ["workflows", number, "runs"]:
                workflow = next(each for each in self.workflows if each["id"] == int(number))
                return "workflow_runs", [
                    {"id": 1, "event": "schedule", "created_at": _instant(at)}
                    for at in self.scheduled.get(workflow["name"], [])
                ]
        return None


def _held(holdings: dict[str, list[str]], what: str) -> tuple[str, Any] | None:
    match what:
        case "deployment-branch-policies":
            return "branch_policies", [
                {"id": 1, "name": name, "type": "branch"} for name in holdings["branches"]
            ]
        case "secrets":
            return "secrets", [{"name": name} for name in holdings["secrets"]]
        case "variables":
            return "variables", [{"name": name, "value": "do-not-tell"} for name in holdings["variables"]]
    return None


def _ruleset(number: int, path: Path) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(path.read_text())
    for rule in body["rules"]:
        if "parameters" in rule:
            rule["parameters"] |= DEFAULTS
    return {"id": number, "source": "acme/purge-policies", "source_type": "Repository", **body}


def _listed(ruleset: dict[str, Any]) -> dict[str, Any]:
    return {key: ruleset[key] for key in ("id", "name", "target", "source", "source_type", "enforcement")}


def _workflow(number: int, name: str, now: datetime) -> dict[str, Any]:
    return {
        "id": number,
        "name": name,
        "path": f".github/workflows/{name}.yml",
        "state": "active",
        "created_at": _instant(now - timedelta(days=30)),
    }


def _instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
