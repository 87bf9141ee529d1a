"""The tip of main, as the remote has it now."""

import pytest
from support.gitworld import GitWorld, git

from runner.errors import RemoteFailure
from runner.git.main import MainBranch


def test_the_tip_is_the_remotes_and_not_the_checkout(tmp_path):
    world = GitWorld(tmp_path)
    other = world.another_clone("other")
    main = MainBranch(world.repository(other))
    tip = world.commit({"policies/a.yaml": "a", "b.yaml": "b"})
    (other / "policies").mkdir()
    (other / "policies/local.yaml").write_text("not reviewed")
    assert main.fetch() == tip
    assert [(file.path, file.data) for file in main.files(tip)] == [("policies/a.yaml", b"a")]


def test_a_remote_without_main_is_a_failure(tmp_path):
    world = GitWorld(tmp_path)
    git(world.origin, "update-ref", "-d", "refs/heads/main")
    with pytest.raises(RemoteFailure, match="origin has no branch main"):
        MainBranch(world.repository()).fetch()
