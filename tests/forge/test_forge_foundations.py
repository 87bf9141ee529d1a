"""The files that every purge rests on: how they came to ``main`` is asked of the forge as well."""

from types import SimpleNamespace

import pytest
from forge_stage import APPROVERS, ROLES, Stage
from support.gitworld import git

from runner.apply.foundations import Foundations, unsound
from runner.errors import Refused
from runner.forge.github import GitHubForge
from runner.git.differences import removed
from runner.git.main import MainBranch

TARGET = "policies/targets/sandbox.yaml"
PACKS = "policies/regulations"
FIRST, SECOND = f"{PACKS}/bank.yaml", f"{PACKS}/core.yaml"


class Ground(Stage):
    """A stage on which everything that a purge rests on was merged after a review."""

    def __init__(self, root):
        super().__init__(root)
        self.merge({TARGET: "t", FIRST: "1", SECOND: "2", APPROVERS: ROLES.format("3, 4")})

    def merge(self, files, *, approved=True, branch="change"):
        self.hub.push(self.ada, branch, files, onto=self.hub.tip())
        pull = self.hub.open(self.ada, branch)
        if approved:
            self.hub.review(pull, self.bob)
        self.hub.merge(pull, self.carol)

    def push(self, files):
        self.hub.push(self.carol, "main", files)

    def faults(self, base=None):
        """What stands against a purge whose policy changed ``main`` when it was at ``base``."""
        self.wait(hours=1)
        tip, github = self.tip(), self.client()
        repository = self.world.repository(self.clone)
        forge = GitHubForge(github, self.hub.name, repository, self.clock)
        world = SimpleNamespace(commit=tip, target=SimpleNamespace(name="sandbox"))
        try:
            asked = Foundations(forge, MainBranch(repository))
            known = asked.of(world, base or tip)
            seen = len(self.api.seen)
            assert asked.of(world, base or tip) == known
            assert len(self.api.seen) == seen, "each is asked about once"
        finally:
            github.close()
        now = self.clock.now()
        return {(each.path, fault.rule) for each in known for fault in unsound(each, now)}


@pytest.fixture
def ground(tmp_path):
    ground = Ground(tmp_path)
    with ground.api:
        yield ground


def test_what_was_reviewed_is_sound_and_its_approval_does_not_expire(ground):
    ground.wait(days=700)
    assert ground.faults() == set()


@pytest.mark.parametrize("path", [TARGET, FIRST, SECOND, APPROVERS])
def test_what_was_pushed_is_not_and_a_reviewed_change_mends_it(ground, path):
    ground.push({path: "pushed"})
    assert ground.faults() == {(path, "APR-005")}
    ground.merge({path: "reviewed"}, branch="repair")
    assert ground.faults() == set()


def test_what_nobody_approved_is_not(ground):
    ground.merge({FIRST: "3"}, approved=False, branch="more")
    assert ground.faults() == {(FIRST, "APR-005")}


def test_a_pack_that_somebody_took_away_is_asked_about_as_well(ground):
    ground.push({FIRST: None})
    ground.merge({SECOND: "3"}, branch="more")
    assert ground.faults() == {(FIRST, "APR-005")}
    ground.merge({FIRST: "back again"}, branch="repair")
    assert ground.faults() == set()


def test_a_pack_whose_deletion_was_reviewed_is_sound(ground):
    ground.merge({FIRST: None}, branch="more")
    assert ground.faults() == set()


def test_a_pack_that_vanished_in_the_merge_of_something_else_is_not(ground):
    ground.hub.push(ground.ada, "more", {"README.md": "innocent"})
    pull = ground.hub.open(ground.ada, "more")
    ground.hub.review(pull, ground.bob)
    ground.hub.merge(pull, ground.carol, altered={FIRST: None})
    assert ground.faults() == {(FIRST, "APR-005")}


def test_the_approvers_are_those_before_the_policy_came(ground):
    before = ground.hub.tip()
    ground.push({APPROVERS: ROLES.format(1)})
    after = ground.hub.tip()
    assert ground.faults(before) == set()
    assert ground.faults(after) == {(APPROVERS, "APR-005")}


def test_a_clone_without_the_history_cannot_tell_what_was_taken_away(ground):
    git(ground.world.root, "clone", "--quiet", "--depth=1", ground.world.origin.as_uri(), "shallow")
    repository = ground.world.repository(ground.world.root / "shallow")
    with pytest.raises(Refused, match="beginning of main"):
        removed(repository, ground.hub.tip(), PACKS)
