"""The catalogue: every rule that this version checks, gathered from the families."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from runner.model.rule import Rule
from runner.rules import (
    dates,
    erasure,
    examples,
    execution,
    holds,
    lineage,
    periods,
    privacy,
    ratchet,
    reason,
    regulation,
    retention,
    scope,
    targets,
)

FAMILIES = (
    dates,
    retention,
    periods,
    regulation,
    ratchet,
    erasure,
    holds,
    scope,
    reason,
    privacy,
    targets,
    lineage,
    execution,
    examples,
)

CATALOGUE: Mapping[str, Rule] = MappingProxyType(
    {rule.id: rule for family in FAMILIES for rule in vars(family).values() if isinstance(rule, Rule)}
)

CHECKS = (
    *dates.CHECKS,
    *retention.CHECKS,
    *scope.CHECKS,
    *reason.CHECKS,
    *privacy.CHECKS,
)
"""Every rule that one document alone decides."""
