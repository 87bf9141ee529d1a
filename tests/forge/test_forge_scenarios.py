"""Every way to ``main`` comes to what it must, in both versions of the interface."""

from datetime import timedelta

import pytest
from forge_scenarios import SCENARIOS
from forge_stage import Stage


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
