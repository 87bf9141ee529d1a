"""Whoever removes one single condition of the decision, or of what it is told, turns a scenario red."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from forge_scenarios import SCENARIOS
from forge_stage import Stage
from forge_told import BLOB, DEMAND, NOW, TOLD
from support.mutants import Mutant, mutants

from runner.errors import PurgectlError
from runner.forge import decision, github, readings
from runner.git import provenance
from runner.rules import approvals

pytestmark = pytest.mark.slow

READ_BY_NAME = {"__name__", "__builtins__", "__doc__", "__file__"}
BROKEN = (TypeError, AttributeError, LookupError, ValueError)
"""What a mutant may die of; that is red as well."""


@dataclass(frozen=True)
class Played:
    """A scenario that was played, with what is decided on where the forge told anything."""

    name: str
    stage: Stage
    case: tuple[Any, ...] | None
    now: datetime

    @property
    def outcome(self) -> frozenset[str]:
        return SCENARIOS[self.name].outcome


@pytest.fixture(scope="module")
def played(tmp_path_factory) -> Iterator[list[Played]]:
    """Every scenario, played once; what only the reading tells is read by each mutant again."""
    with ExitStack() as opened:
        found = []
        for name, scenario in SCENARIOS.items():
            stage = Stage(tmp_path_factory.mktemp("stage"))
            opened.enter_context(stage.api)
            scenario.play(stage)
            stage.clock.elapsed += timedelta(hours=1).total_seconds()
            found.append(Played(name, stage, _case(stage), stage.clock.now()))
        yield found


def _case(stage: Stage) -> tuple[Any, ...] | None:
    try:
        return stage.case(stage.change())
    except PurgectlError:
        return None


def named(mutant: Mutant) -> str:
    return f"{mutant.line}: {mutant.lacks}"


def red_by_decision(played: list[Played], faults_of: Callable[..., Any]) -> bool:
    """Whether any outcome differs; whatever a mutant dies of is red as well."""
    cases = [(*each.case, each.now, each.outcome) for each in played if each.case is not None]
    cases += [(change, BLOB, DEMAND, NOW, outcome) for change, outcome in TOLD.values()]
    try:
        return any(
            frozenset(fault.rule for fault in faults_of(*asked)) != outcome for *asked, outcome in cases
        )
    except BROKEN:
        return True


def red_by_reading(played: list[Played], reading: Callable[..., github.GitHubForge]) -> bool:
    try:
        return any(each.stage.outcome(reading) != each.outcome for each in played)
    except BROKEN:
        return True


def test_nothing_is_red_while_nothing_is_removed(played):
    assert not red_by_decision(played, decision.faults_of)
    assert not red_by_reading(played, github.GitHubForge)


@pytest.mark.parametrize("mutant", mutants(decision), ids=named)
def test_each_condition_of_the_decision_is_needed(played, mutant):
    assert red_by_decision(played, mutant.namespace()["faults_of"])


@pytest.mark.parametrize(
    "mutant", [each for each in mutants(approvals) if each.lacks != "unfiltered"], ids=named
)
def test_each_condition_of_the_rules_is_needed(played, mutant, monkeypatch):
    # What is demanded of an unfiltered policy is asked for before, and tried in rules/test_approvals.py.
    rules = SimpleNamespace(**mutant.namespace())
    for name, replaced in (("approvals", rules), ("Evidence", rules.Evidence), ("Vote", rules.Vote)):
        monkeypatch.setattr(decision, name, replaced)
    assert red_by_decision(played, decision.faults_of)


@pytest.mark.parametrize("mutant", mutants(github), ids=named)
def test_each_condition_of_the_reading_is_needed(played, mutant):
    assert red_by_reading(played, mutant.namespace()["GitHubForge"])


@pytest.mark.parametrize("mutant", [*mutants(readings), *mutants(provenance)], ids=named)
def test_each_condition_of_what_is_read_is_needed(played, mutant, monkeypatch):
    names = mutant.namespace()
    for name in names.keys() & vars(github).keys() - READ_BY_NAME:
        monkeypatch.setattr(github, name, names[name])
    assert red_by_reading(played, github.GitHubForge)
