"""The catalogue: every rule that this version checks, gathered from the families."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from runner.model.rule import Rule
from runner.model.settings import Settings
from runner.rules import (
    approvals,
    changes,
    dates,
    erasure,
    evidence,
    examples,
    execution,
    expression,
    hold_causes,
    holds,
    lineage,
    periods,
    platform,
    privacy,
    ratchet,
    reason,
    regulation,
    retention,
    scope,
    targets,
)
from runner.rules.check import Check

FAMILIES = (
    dates,
    retention,
    periods,
    regulation,
    ratchet,
    erasure,
    hold_causes,
    holds,
    scope,
    reason,
    privacy,
    targets,
    lineage,
    changes,
    execution,
    approvals,
    evidence,
    platform,
    expression,
    examples,
)

CATALOGUE: Mapping[str, Rule] = MappingProxyType(
    {rule.id: rule for family in FAMILIES for rule in vars(family).values() if isinstance(rule, Rule)}
)


def checks(settings: Settings) -> tuple[Check, ...]:
    """Return every rule that the document of a policy alone decides, with the numbers in force."""
    return (
        *dates.checks(settings),
        *retention.CHECKS,
        *scope.checks(settings),
        *reason.CHECKS,
        *privacy.CHECKS,
    )
