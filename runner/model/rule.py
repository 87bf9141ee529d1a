"""A rule: one requirement with an id that never changes, its basis and the way out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from runner.model.finding import Fault, Severity


class Phase(StrEnum):
    """When a rule's inputs exist: at review, at plan, right before an effect, afterwards, or in a test."""

    REVIEW = "review"
    PLAN = "plan"
    EXECUTION = "execution"
    EVIDENCE = "evidence"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Rule:
    """One entry of the catalogue. ``basis`` cites the law, standard or decision behind it."""

    id: str
    title: str
    severity: Severity
    phases: frozenset[Phase]
    basis: str
    hint: str

    def fault(
        self,
        pointer: str,
        message: str,
        *,
        hint: str = "",
        basis: str = "",
        severity: Severity | None = None,
        at_key: bool = False,
    ) -> Fault:
        """Build a fault of this rule at a JSON pointer.

        ``hint``, ``basis`` and ``severity`` take the place of the rule's own where they are given.
        """
        return Fault(
            rule=self.id,
            severity=severity or self.severity,
            pointer=pointer,
            message=message,
            hint=hint or self.hint,
            basis=basis or self.basis,
            at_key=at_key,
        )
