"""Every way to ``main`` comes to what it must, in both versions of the interface."""

from datetime import timedelta

import pytest
from forge_scenarios import SCENARIOS
from forge_stage import PATH, Stage

from runner.errors import RemoteFailure
from runner.forge.github import GitHubForge


def comes_to_what_it_must(name, stage):
    with stage.api:
        SCENARIOS[name].play(stage)
        stage.clock.elapsed += timedelta(hours=1).total_seconds()
        assert stage.outcome() == SCENARIOS[name].outcome


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_way_to_main_comes_to_what_it_must(name, tmp_path):
    comes_to_what_it_must(name, Stage(tmp_path))


@pytest.mark.parametrize("name", ["merged by a squash", "an indirect merge", "approved after the merge"])
def test_the_next_version_of_the_interface_tells_the_same(name, tmp_path):
    stage = Stage(tmp_path, "2026-03-10")
    comes_to_what_it_must(name, stage)


def test_what_has_been_told_of_the_past_is_read_from_every_page(tmp_path):
    stage = Stage(tmp_path)
    stage.api.page = 1
    comes_to_what_it_must("main went on before the merge", stage)
    onward = [target for target in stage.api.seen if "after=c" in target]
    assert len(onward) >= 2
    assert all(target.startswith("/repos/acme/purge-policies/activity?") for target in onward)


def test_only_what_may_be_told_is_kept_of_a_person(tmp_path):
    stage = Stage(tmp_path)
    with stage.api:
        SCENARIOS["an objection after the approval"].play(stage)
        told = repr(stage.change())
    for login in ("ada", "bob", "carol"):
        assert login not in told


def proposed(stage, number=1):
    client = stage.client()
    try:
        forge = GitHubForge(client, stage.hub.name, stage.world.repository(stage.clone), stage.clock)
        return forge.proposed(number, [PATH, "policies/purges/other.yaml"], stage.tip())
    finally:
        client.close()


def test_of_an_open_pull_request_is_told_what_would_count_if_it_were_merged_now(tmp_path):
    stage = Stage(tmp_path)
    with stage.api:
        pull = stage.approved()
        found = proposed(stage)
        assert found.keys() == {PATH, "policies/purges/other.yaml"}
        change = found[PATH]
        assert (change.base, change.head, change.author) == (stage.tip(), pull.head, 1)
        assert [(each.person, each.commit) for each in change.reviews] == [(2, pull.head)]
        assert change.reviewed_blob is not None
        assert found["policies/purges/other.yaml"].reviewed_blob is None
        stage.hub.merge(pull, stage.carol)
        with pytest.raises(RemoteFailure, match="no open at state"):
            proposed(stage)
        with pytest.raises(RemoteFailure, match="HTTP 404"):
            proposed(stage, 2)
