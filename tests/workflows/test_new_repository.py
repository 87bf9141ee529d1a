"""The workflows that ``purgectl init`` writes, run in the repository that it writes."""

import shutil
import sys

import pytest
from harness import Harness
from machine import Event
from support.commandline import purgectl
from support.gitworld import GitWorld, git
from support.newrepository import init, wheel_file
from test_workflow_harness import comments, pull_request, results
from workflow_files import Workflows

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("jq") is None, reason="the stand-in for gh needs jq"),
]


class Place:
    """A journey without a sandbox: only the repository."""

    def __init__(self, world):
        self.world = world


def test_a_new_repository_validates_plans_and_finds_its_target(tmp_path):
    assert init(tmp_path, wheel_file(tmp_path)).code == 0
    new = tmp_path / "new"
    policies = {
        str(path.relative_to(new)): path.read_text()
        for path in (new / "policies").rglob("*")
        if path.is_file()
    }
    world = GitWorld(tmp_path)
    rest = {
        str(path.relative_to(new)): path.read_bytes()
        for path in new.rglob("*")
        if path.is_file() and str(path.relative_to(new)) not in policies
    }
    world.commit(rest)
    forge = Harness(tmp_path, world.origin, Workflows.read(new / ".github" / "workflows"))
    forge.program("purgectl", f'#!/bin/sh\nexec {sys.executable} -m runner "$@"\n')
    ran = forge.run("validate.yml", pull_request(Place(world), policies))
    assert results(ran) == {"validate": "success", "comment": "success"}, ran["validate"].log
    assert "is only observed: counted, never submitted" in comments(forge)[0]
    merged = Event("push", "refs/heads/main", world.commit(policies))
    assert '["bank-eu"]' in forge.run("purge.yml", merged)["select"].outputs["targets"]
    assert purgectl(world.clone, "validate", variables={}).code == 0
    assert git(world.clone, "status", "--porcelain") == ""
