"""A repository on the stand-in for GitHub, and how it is judged."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from setup_scenarios import NAME, Scenario, bank
from support.faketime import FakeTime, highest
from support.githubforge import TOKEN, GitHubStandIn
from support.githubsettings import RULESETS

from runner.forge.client import GitHub
from runner.forge.setup import read_setup
from runner.forge.setup_facts import SetupFacts
from runner.net.connection import Route
from runner.net.transport import Setting
from runner.setup.wanted import Wanted


@pytest.fixture(scope="session")
def wanted() -> Wanted:
    files = {f".github/rulesets/{path.name}": json.loads(path.read_text()) for path in RULESETS.iterdir()}
    return Wanted((bank(),), dict(sorted(files.items())))


@pytest.fixture(scope="session")
def read_facts(wanted: Wanted) -> Callable[..., SetupFacts]:
    """Set a repository up as a scenario has it, and read it over HTTP as purgectl does."""

    def read(scenario: Scenario, page: int = 100) -> SetupFacts:
        clock = FakeTime()
        with GitHubStandIn(SimpleNamespace(name=NAME, clock=clock)) as standin:
            standin.page = page
            standin.settings.put_in_order(["bank-eu"])
            scenario.change(standin.settings)
            github = GitHub(standin.url, TOKEN, Setting(clock, highest, Route("test")), sandbox=True)
            try:
                return read_setup(github, NAME, {each.name for each in wanted.environments})
            finally:
                github.close()

    return read
