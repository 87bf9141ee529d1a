"""Where the content of a file came from, in real histories."""

import pytest
from support.gitworld import GitWorld, git

from runner.errors import Refused
from runner.git.provenance import containing, last_change
from runner.git.times import commit_time

PATH = "policies/purges/a.yaml"


@pytest.fixture
def world(tmp_path):
    return GitWorld(tmp_path)


def found(world, tip, path=PATH):
    return last_change(world.repository(), tip, path).commit


def test_it_is_the_newest_commit_that_changed_the_file_and_not_what_came_later(world):
    world.commit({PATH: "1\n"})
    second = world.commit({PATH: "2\n"})
    later = world.commit({"other": "x"})
    assert found(world, second) == second
    assert found(world, later) == second
    assert last_change(world.repository(), later, PATH).at == commit_time(world.repository().git, second)


def test_a_merge_is_the_change_and_not_the_commits_that_it_brought(world):
    git(world.clone, "checkout", "--quiet", "-b", "side")
    (world.clone / PATH).parent.mkdir(parents=True)
    (world.clone / PATH).write_text("1\n")
    git(world.clone, "add", "--all")
    git(world.clone, "commit", "--quiet", "--message", "side")
    side = git(world.clone, "rev-parse", "HEAD")
    git(world.clone, "checkout", "--quiet", "main")
    world.commit({"other": "x"})
    git(world.clone, "merge", "--quiet", "--no-ff", "--no-edit", "side")
    merge = git(world.clone, "rev-parse", "HEAD")
    assert found(world, merge) == merge
    assert found(world, side) == side


def test_a_file_that_was_taken_back_and_given_again_is_as_new_as_that(world):
    world.commit({PATH: "1\n"})
    world.commit({PATH: None})
    again = world.commit({PATH: "1\n"})
    assert found(world, again) == again


@pytest.mark.parametrize("path", ["policies/purges/*.yaml", ":(glob)**", "policies/purges/b.yaml", "--all"])
def test_a_path_is_a_name_and_no_pattern(world, path):
    tip = world.commit({PATH: "1\n"})
    with pytest.raises(Refused, match="has this file"):
        found(world, tip, path)


@pytest.mark.parametrize("setting", ["log.follow", "log.showSignature", "core.quotePath"])
def test_no_setting_of_the_user_plays_a_part(world, setting):
    tip = world.commit({PATH: "1\n"})
    git(world.clone, "config", setting, "true")
    git(world.clone, "mv", PATH, "policies/purges/c.yaml")
    git(world.clone, "commit", "--quiet", "--message", "moved")
    moved = git(world.clone, "rev-parse", "HEAD")
    assert found(world, moved, "policies/purges/c.yaml") == moved
    assert found(world, tip) == tip


def test_a_clone_that_is_cut_off_before_the_change_refuses_and_says_how_to_mend_it(world):
    world.commit({PATH: "1\n"})
    tip = world.commit({"other": "x"})
    git(world.root, "clone", "--quiet", "--depth=1", world.origin.as_uri(), "shallow")
    with pytest.raises(Refused, match="does not reach back") as caught:
        last_change(world.repository(world.root / "shallow"), tip, PATH)
    assert "fetch-depth: 0" in caught.value.hint


def test_what_contains_a_commit_is_itself_and_what_came_from_it(world):
    first = world.commit({"a": "1"})
    second = world.commit({"a": "2"})
    third = world.commit({"a": "3"})
    assert containing(world.repository(), second, third) == {second, third}
    assert containing(world.repository(), third, third) == {third}
    assert containing(world.repository(), first, third) == {first, second, third}
