"""GitHub's answers about settings, as values. Every function raises ``Unreadable`` for another shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from runner.forge.answers import Unreadable, instant, member, number, objects, repository, text, word
from runner.forge.setup_facts import OwnerFault, Repository, Ruleset, TokenPolicy
from runner.model.json import Json, JsonObject

_LOGS = "refs/heads/audit/"


@dataclass(frozen=True, slots=True)
class Protection:
    """An environment as the list has it; what it holds is told elsewhere."""

    name: str
    wait_minutes: int
    reviewers: int
    limited: bool
    own_patterns: bool
    admins_bypass: bool | None


@dataclass(frozen=True, slots=True)
class Allowed:
    """The permissions of Actions, without the list of selected actions."""

    enabled: bool
    allowed: str
    pinned: bool | None


@dataclass(frozen=True, slots=True)
class Listing:
    """A workflow as the list has it."""

    id: int
    path: str
    state: str
    created_at: datetime


def the_repository(value: Json) -> Repository:
    """Read the repository itself."""
    return Repository(repository(value, "full_name"), text(value, "default_branch"), flag(value, "archived"))


def listed_ruleset(value: Json) -> int:
    """Read an entry of the list of rulesets: its id, because its rules are told one by one."""
    return number(value, "id")


def ruleset(value: Json) -> Ruleset:
    """Read one ruleset whole; GitHub leaves the bypass out for whoever may not change it."""
    body = _mapping(value)
    text(value, "enforcement")
    bypass = objects(body["bypass_actors"]) if "bypass_actors" in body else None
    return Ruleset(number(value, "id"), text(value, "name"), body, bypass)


def protection(value: Json) -> Protection:
    """Read an entry of the list of environments."""
    rules = objects(member(value, "protection_rules"))
    policy = member(value, "deployment_branch_policy")
    admins = _mapping(value).get("can_admins_bypass")
    return Protection(
        name=text(value, "name"),
        wait_minutes=sum(number(rule, "wait_timer") for rule in rules if _type(rule) == "wait_timer"),
        reviewers=sum(
            len(objects(member(rule, "reviewers"))) for rule in rules if _type(rule) == "required_reviewers"
        ),
        limited=policy is not None,
        own_patterns=policy is not None and flag(policy, "custom_branch_policies"),
        admins_bypass=admins if isinstance(admins, bool) else None,
    )


def named(value: Json) -> str:
    """Read the name of a secret, a variable or a branch pattern."""
    return text(value, "name")


def pattern(value: Json) -> str:
    """Read a pattern of branches, or of tags, that may use an environment."""
    name = text(value, "name")
    return f"tag {name}" if _mapping(value).get("type") == "tag" else name


def allowed(value: Json) -> Allowed:
    """Read the permissions of Actions; whoever has them off is told nothing more."""
    if not flag(value, "enabled"):
        return Allowed(enabled=False, allowed="", pinned=None)
    pinned = _mapping(value).get("sha_pinning_required")
    return Allowed(True, word(value, "allowed_actions"), pinned if isinstance(pinned, bool) else None)


def github_owned(value: Json) -> bool:
    """Read whether GitHub's own actions are among the selected ones."""
    return flag(value, "github_owned_allowed")


def token_policy(value: Json) -> TokenPolicy:
    """Read what a job's token may do by default."""
    return TokenPolicy(
        word(value, "default_workflow_permissions"), flag(value, "can_approve_pull_request_reviews")
    )


def listed_workflow(value: Json) -> Listing:
    """Read an entry of the list of workflows."""
    return Listing(
        number(value, "id"), text(value, "path"), word(value, "state"), instant(value, "created_at")
    )


def newest_run(value: Json) -> datetime | None:
    """Read when the newest run of a list began; ``None`` for a list without any."""
    runs = objects(member(value, "workflow_runs"))
    return instant(runs[0], "created_at") if runs else None


def owner_faults(value: Json) -> tuple[OwnerFault, ...]:
    """Read the errors of CODEOWNERS."""
    return tuple(
        OwnerFault(number(each, "line"), text(each, "message")) for each in objects(member(value, "errors"))
    )


def log_branch(value: Json) -> str:
    """Read the name of a log's branch, without ``audit/``."""
    ref = text(value, "ref")
    if not ref.startswith(_LOGS):
        raise Unreadable("has a branch that was not asked for")
    return ref.removeprefix(_LOGS)


def flag(value: Json, *path: str) -> bool:
    """Return a yes or no. Raises ``Unreadable``."""
    found = member(value, *path)
    if not isinstance(found, bool):
        raise Unreadable(f"has no yes or no at {'.'.join(path)}")
    return found


def _type(rule: JsonObject) -> str:
    return text(rule, "type")


def _mapping(value: Json) -> JsonObject:
    if not isinstance(value, Mapping):
        raise Unreadable("is no object")
    return value
