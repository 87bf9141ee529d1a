"""A stage for the scenarios: a repository with its people, the stand-in for GitHub, and what is asked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import rfc8785
from support.faketime import FakeTime, highest
from support.githubforge import TOKEN, GitHubStandIn
from support.gitworld import GitWorld, git
from support.pullrequests import Hub, PullRequest

from runner.errors import Refused, RemoteFailure, RetryLater
from runner.forge.client import LARGEST_ANSWER, GitHub
from runner.forge.decision import Demand, approval_of, faults_of
from runner.forge.github import GitHubForge
from runner.model.change import Change
from runner.model.settings import Quorum
from runner.net.connection import Route
from runner.net.transport import Setting
from runner.net.wire import Limits
from runner.plan.demand import roles_in

PATH = "policies/purges/old-calls.yaml"
APPROVERS = "policies/approvers.yaml"
ROLES = (
    "# yaml-language-server: $schema=../schemas/approvers.schema.json\n"
    "apiVersion: purge/v1\nkind: Approvers\nname: approvers\nroles:\n  legal: [{}]\n"
)


class Stage:
    """A repository with its people. ``quorum`` and ``valid_for`` are what is demanded in the end."""

    def __init__(self, root: Path, version: str = "2022-11-28") -> None:
        self.clock = FakeTime()
        self.world = GitWorld(root)
        self.world.commit({APPROVERS: ROLES.format(3)})
        self.clone = self.world.clone
        self.hub = Hub(self.world.origin, self.clock)
        self.ada = self.hub.account(1, "ada")
        self.bob = self.hub.account(2, "bob")
        self.carol = self.hub.account(3, "carol", "admin")
        self.rita = self.hub.account(4, "rita", "read")
        self.robot = self.hub.account(5, "robot[bot]", kind="Bot")
        self.quorum = Quorum(1)
        self.valid_for: timedelta | None = timedelta(days=14)
        self.api = GitHubStandIn(self.hub, version)

    def proposed(self, **options: Any) -> PullRequest:
        """Let ada propose the policy."""
        self.hub.push(self.ada, "change", {PATH: "purge: 1\n"}, **options)
        return self.hub.open(self.ada, "change")

    def approved(self, **options: Any) -> PullRequest:
        """Let ada propose it, and bob approve."""
        pull = self.proposed(**options)
        self.hub.review(pull, self.bob)
        return pull

    def merged(self, how: str = "merge", **options: Any) -> PullRequest:
        """Let ada propose it, bob approve and carol merge."""
        pull = self.approved(**options)
        self.hub.merge(pull, self.carol, how)
        return pull

    def wait(self, **span: float) -> None:
        """Let time pass."""
        self.clock.elapsed += timedelta(**span).total_seconds()

    def client(self) -> GitHub:
        """What purgectl asks with."""
        setting = Setting(self.clock, highest, Route("test"), Limits(size=LARGEST_ANSWER))
        return GitHub(self.api.url, TOKEN, setting, sandbox=True)

    def tip(self) -> str:
        """Fetch ``main`` into the clone that purgectl reads."""
        git(self.clone, "fetch", "--quiet", "origin")
        return git(self.clone, "rev-parse", "origin/main")

    def change(self, forge: Callable[..., GitHubForge] = GitHubForge) -> Change:
        """What the forge tells of the policy."""
        client = self.client()
        try:
            reading = forge(client, self.hub.name, self.world.repository(self.clone), self.clock)
            return reading.change(PATH, self.tip())
        finally:
            client.close()

    def case(self, change: Change) -> tuple[Change, str, Demand]:
        """What is decided on: the change, the bytes that would run, and the demand."""
        blob = git(self.world.origin, "rev-parse", f"main:{PATH}")
        roles = roles_in(self.world.repository().tree(change.base, "policies"))
        return change, blob, Demand(self.quorum, roles, self.valid_for)

    def outcome(self, forge: Callable[..., GitHubForge] = GitHubForge) -> frozenset[str]:
        """What it comes to. The evidence must be fit for a record, whatever it says."""
        try:
            case = self.case(self.change(forge))
        except RetryLater:
            return frozenset({"later"})
        except Refused as refusal:
            return frozenset({"shallow" if "fetch-depth" in refusal.hint else "refused"})
        except RemoteFailure:
            return frozenset({"failed"})
        rfc8785.dumps(dict(approval_of(case[0]).evidence))
        return frozenset(fault.rule for fault in faults_of(*case, self.clock.now()))
