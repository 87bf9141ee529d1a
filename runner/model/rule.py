"""A rule: one requirement with an id that never changes, its basis and the way out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from runner.model.finding import Fault, Severity


class Phase(StrEnum):
    """When a rule's inputs exist: at review, at plan, right before an effect, or afterwards."""

    REVIEW = "review"
    PLAN = "plan"
    EXECUTION = "execution"
    EVIDENCE = "evidence"


@dataclass(frozen=True, slots=True)
class Rule:
    """One entry of the catalogue. ``basis`` cites the law, standard or decision behind it."""

    id: str
    title: str
    severity: Severity
    phases: frozenset[Phase]
    basis: str
    hint: str

    def fault(self, pointer: str, message: str, *, hint: str = "", at_key: bool = False) -> Fault:
        """Build a fault of this rule at a JSON pointer; ``hint`` replaces the rule's own."""
        return Fault(self.id, self.severity, pointer, message, hint or self.hint, self.basis, at_key)
