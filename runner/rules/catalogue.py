"""The catalogue: every rule that this version checks, gathered from the families."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from runner.model.rule import Rule
from runner.rules import (
    dates,
    erasure,
    execution,
    holds,
    lineage,
    reason,
    regulation,
    retention,
    scope,
    targets,
)

FAMILIES = (dates, retention, regulation, erasure, holds, scope, reason, targets, lineage, execution)

CATALOGUE: Mapping[str, Rule] = MappingProxyType(
    {rule.id: rule for family in FAMILIES for rule in vars(family).values() if isinstance(rule, Rule)}
)

CHECKS = (
    *dates.CHECKS,
    *retention.CHECKS,
    *regulation.CHECKS,
    *erasure.CHECKS,
    *scope.CHECKS,
    *reason.CHECKS,
)
"""Every rule that one document alone decides."""
