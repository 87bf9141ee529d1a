"""What the formats of the catalogue share: every rule, and who asks it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from runner.documents import form
from runner.model.rule import Rule
from runner.rules.catalogue import CATALOGUE

EVERY_RULE: Mapping[str, Rule] = MappingProxyType(
    {rule.id: rule for rule in form.RULES} | dict(sorted(CATALOGUE.items()))
)
"""Every rule by id: those of form first, then those of meaning by id."""


def asked_by(rule: Rule) -> str:
    """Return the commands that ask a rule, or that none does yet."""
    return ", ".join(rule.asked_by) or f"{', '.join(rule.phase.commands)} (planned)"
