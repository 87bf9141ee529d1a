"""How a repository is set up on GitHub: asked one by one, so that one refusal hides nothing else.

Nothing here judges, and nothing is changed. Source of each path: GitHub REST API reference.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import TypeVar
from urllib.parse import quote

from runner.forge import setup_readings as readings
from runner.forge.client import GitHub
from runner.forge.setup_facts import (
    ActionsPolicy,
    Environment,
    OwnerFault,
    Ruleset,
    SetupFacts,
    TokenPolicy,
    Workflow,
)
from runner.model.json import Json
from runner.model.unread import Read, attempt

_MOST = 1000
"""The longest list that is read of anything here."""

T = TypeVar("T")


def read_setup(github: GitHub, name: str, environments: Collection[str]) -> SetupFacts:
    """Read the settings of the repository ``name``; of ``environments`` also what they hold.

    Raises ``RemoteFailure`` when GitHub does not show even the repository, or nobody answers.
    """
    asking = _Asking(github, name)
    repository = github.one(f"/repos/{name}", readings.the_repository)
    return SetupFacts(
        repository=repository,
        rulesets=asking.rulesets(),
        environments=asking.environments(environments),
        shared_secrets=asking.shared_secrets(),
        actions=asking.actions(),
        token=asking.token(),
        workflows=asking.workflows(),
        owner_faults=asking.owner_faults(),
        logs=asking.logs(),
        read_at=github.now(),
    )


class _Asking:
    """Each question with the permission of a repository that it needs, as GitHub's reference names it."""

    def __init__(self, github: GitHub, name: str) -> None:
        self._github = github
        self._here = f"/repos/{name}"

    def rulesets(self) -> Read[tuple[Ruleset, ...]]:
        """``GET …/rulesets`` with those of the organisation, then each one whole."""

        def read() -> tuple[Ruleset, ...]:
            listed = self._github.all(
                f"{self._here}/rulesets?includes_parents=true", readings.listed_ruleset, _MOST
            )
            return tuple(
                self._one(f"rulesets/{each}?includes_parents=true", readings.ruleset) for each in listed
            )

        return attempt(read, "Metadata: read")

    def environments(self, wanted: Collection[str]) -> Read[Mapping[str, Environment]]:
        """``GET …/environments``, and what stands in those that are wanted."""

        def read() -> Mapping[str, Environment]:
            listed = self._github.all(
                f"{self._here}/environments", readings.protection, _MOST, inside="environments"
            )
            return {each.name: self._environment(each) for each in listed if each.name in wanted}

        return attempt(read, "Actions: read")

    def shared_secrets(self) -> Read[frozenset[str]]:
        """``GET …/actions/secrets`` and ``…/actions/organization-secrets``: what every workflow can read."""
        places = (f"{self._here}/actions/secrets", f"{self._here}/actions/organization-secrets")
        return attempt(
            lambda: frozenset[str]().union(*(self._names(place, "secrets") for place in places)),
            "Secrets: read",
        )

    def actions(self) -> Read[ActionsPolicy]:
        """``GET …/actions/permissions``, and the selected actions where it names such."""

        def read() -> ActionsPolicy:
            found = self._one("actions/permissions", readings.allowed)
            selected = None
            if found.allowed == "selected":
                place = "actions/permissions/selected-actions"
                selected = attempt(lambda: self._one(place, readings.github_owned), "Administration: read")
            return ActionsPolicy(found.enabled, found.allowed, selected, found.pinned)

        return attempt(read, "Administration: read")

    def token(self) -> Read[TokenPolicy]:
        """``GET …/actions/permissions/workflow``."""
        return attempt(
            lambda: self._one("actions/permissions/workflow", readings.token_policy), "Administration: read"
        )

    def workflows(self) -> Read[Mapping[str, Workflow]]:
        """``GET …/actions/workflows``, and of each the newest run by its schedule."""

        def read() -> Mapping[str, Workflow]:
            listed = self._github.all(
                f"{self._here}/actions/workflows", readings.listed_workflow, _MOST, inside="workflows"
            )
            switched_on_last = sorted(listed, key=lambda each: each.state == "active")
            return {
                each.path: Workflow(each.path, each.state, each.created_at, self._scheduled(each.id))
                for each in switched_on_last
            }

        return attempt(read, "Actions: read")

    def owner_faults(self) -> Read[tuple[OwnerFault, ...]]:
        """``GET …/codeowners/errors``, which is not found where no such file is."""
        return attempt(lambda: self._one("codeowners/errors", readings.owner_faults), "Contents: read")

    def logs(self) -> Read[frozenset[str]]:
        """``GET …/git/matching-refs/heads/audit/``."""
        place = f"{self._here}/git/matching-refs/heads/audit/"
        return attempt(
            lambda: frozenset(self._github.all(place, readings.log_branch, _MOST)), "Contents: read"
        )

    def _environment(self, found: readings.Protection) -> Environment:
        place = f"{self._here}/environments/{quote(found.name, safe='')}"
        return Environment(
            name=found.name,
            wait_minutes=found.wait_minutes,
            reviewers=found.reviewers,
            branches=self._branches(place, found),
            admins_bypass=found.admins_bypass,
            secrets=attempt(lambda: self._names(f"{place}/secrets", "secrets"), "Environments: read"),
            variables=attempt(lambda: self._names(f"{place}/variables", "variables"), "Environments: read"),
        )

    def _branches(self, place: str, found: readings.Protection) -> Read[frozenset[str]] | None:
        """Return the patterns; where protected branches are meant, whichever those are, that word."""
        if not found.limited:
            return None
        if not found.own_patterns:
            return frozenset({"every protected branch"})
        asked = f"{place}/deployment-branch-policies"
        return attempt(
            lambda: frozenset(self._github.all(asked, readings.pattern, _MOST, inside="branch_policies")),
            "Actions: read",
        )

    def _scheduled(self, workflow: int) -> Read[datetime | None]:
        place = f"actions/workflows/{workflow}/runs?event=schedule&per_page=1"
        return attempt(lambda: self._one(place, readings.newest_run), "Actions: read")

    def _names(self, place: str, inside: str) -> frozenset[str]:
        return frozenset(self._github.all(place, readings.named, _MOST, inside=inside))

    def _one(self, place: str, read: Callable[[Json], T]) -> T:
        return self._github.one(f"{self._here}/{place}", read)
