"""The people who order purges by pull request, and their forge."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from support.faketime import FakeTime
from support.githubforge import GitHubStandIn
from support.journey import Journey
from support.pullrequests import Account, Hub, PullRequest

TARGET = "policies/targets/sandbox.yaml"
APPROVERS = "policies/approvers.yaml"
ROLES = """\
# yaml-language-server: $schema=../schemas/approvers.schema.json
apiVersion: purge/v1
kind: Approvers
name: approvers
roles: {legal: [3]}
"""


class Lately(FakeTime):
    """Time that began four hours ago, because the processes under test have a real clock."""

    def __init__(self) -> None:
        super().__init__()
        self._start = datetime.now(UTC) - timedelta(hours=4)

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self.elapsed)


class Office:
    """Ada writes, Bob approves, Carol of legal merges. Their target asks GitHub who approved what."""

    def __init__(self, journey: Journey) -> None:
        self.journey = journey
        self.hub = Hub(journey.world.origin, Lately())
        self.api = GitHubStandIn(self.hub)
        self.ada = self.hub.account(1, "ada-writes")
        self.bob = self.hub.account(2, "bob-approves")
        self.carol = self.hub.account(3, "carol-of-legal")
        journey.variables |= self.api.environment()
        self.merge({TARGET: journey.target(approvals="github"), APPROVERS: ROLES}, self.bob, branch="setup")

    def merge(
        self,
        files: Mapping[str, str | None],
        *approvers: Account,
        branch: str = "change",
        how: str = "squash",
    ) -> PullRequest:
        """Let ada propose files and carol merge what the others approved."""
        self.hub.push(self.ada, branch, files)
        pull = self.hub.open(self.ada, branch)
        for person in approvers:
            self.hub.review(pull, person)
        self.hub.merge(pull, self.carol, how)
        return pull

    def wait(self, hours: float) -> None:
        """Let time pass on the forge."""
        self.hub.clock.elapsed += timedelta(hours=hours).total_seconds()

    def refusal(self) -> set[str]:
        """The rules of the newest refusal in the log."""
        records = self.journey.world.store().load().records
        newest = next(each for each in reversed(records) if each.type.value == "purge.refused")
        return {finding["rule"] for finding in newest.body["findings"]}
