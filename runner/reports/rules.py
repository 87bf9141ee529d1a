"""What the formats of the catalogue share: every rule, when it is asked, and the commands that ask it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from runner.documents import form
from runner.model.rule import Phase, Rule
from runner.rules.catalogue import CATALOGUE

EVERY_RULE: Mapping[str, Rule] = MappingProxyType(
    {rule.id: rule for rule in form.RULES} | dict(sorted(CATALOGUE.items()))
)
"""Every rule by id: those of form first, then those of meaning by id."""


def phases(rule: Rule) -> tuple[str, ...]:
    """Return when a rule is asked, in the order of a policy's life."""
    return tuple(phase.value for phase in Phase if phase in rule.phases)
