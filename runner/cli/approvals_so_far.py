"""Who has approved an open pull request so far, for the plan of a change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from runner.cli.clock import SystemClock, jitter
from runner.cli.environment import forge_access
from runner.cli.forge import reading
from runner.cli.network import route
from runner.cli.progress import watcher
from runner.errors import Refused, RemoteFailure
from runner.forge.decision import Demand, missing
from runner.forge.github import GitHubForge
from runner.git.repository import Repository
from runner.model.change import Change
from runner.net.transport import Setting
from runner.plan.demand import roles_in
from runner.plan.proposal import Proposal, Proposed, Snapshot, Touch
from runner.plan.tree import read_tree


def with_approvals(proposal: Proposal, before: Snapshot, pull: int, allow_host: tuple[str, ...]) -> Proposal:
    """Return a proposal that says who must still approve what an open pull request brings.

    Roles are those of ``before``, so that nobody names themselves. Where the forge cannot tell, or the
    pull request has moved on meanwhile, nothing is said of it: the plan stands all the same.
    """
    brought = [each for each in proposal.orders if each.touch in (Touch.NEW, Touch.CHANGED)]
    with watcher() as watching:
        try:
            found = _ask(proposal, before, pull, [each.order.path for each in brought], allow_host)
        except (Refused, RemoteFailure) as failure:
            watching.say(f"nobody knows who has approved it so far: {failure.message}")
            return proposal
    roles = roles_in(before.files)
    orders = tuple(_with_missing(each, found.get(each.order.path), roles) for each in proposal.orders)
    return replace(proposal, orders=orders)


def _with_missing(each: Proposed, found: Change | None, roles: Mapping[int, frozenset[str]]) -> Proposed:
    if found is None:
        return each
    return replace(each, missing=missing(found, each.order.blob, Demand(each.quorum, roles, None)))


def _ask(
    proposal: Proposal, before: Snapshot, pull: int, paths: Sequence[str], allow_host: tuple[str, ...]
) -> Mapping[str, Change]:
    access, clock = forge_access(), SystemClock()
    sandbox = all(target.is_sandbox for target in read_tree(before.files).targets.values())
    repository = Repository.open(Path.cwd())
    with reading(access, Setting(clock, jitter, route()), allow_host, sandbox=sandbox) as github:
        found = GitHubForge(github, access.repository, repository, clock).proposed(pull, paths, before.commit)
    for change in found.values():
        if not repository.descends(proposal.head, change.head):
            raise Refused(f"pull request {pull} has moved on since it was fetched", hint="plan it again")
    return found
