"""A rule: one requirement with an id that never changes, its basis and the way out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from runner.model.finding import Fault, Severity


class Phase(StrEnum):
    """When the values that a rule reads are there for the first time.

    A file alone is judged at ``review``, a file beside its earlier state at ``change``, counts at
    ``plan``, approvals and switches at ``execution``, what a purge left behind at ``evidence``, and the
    settings of the platform at ``setup``.
    """

    REVIEW = "review"
    CHANGE = "change"
    PLAN = "plan"
    EXECUTION = "execution"
    EVIDENCE = "evidence"
    SETUP = "setup"
    TEST = "test"
    MUTATION = "mutation"

    @property
    def commands(self) -> tuple[str, ...]:
        """The commands that ask a rule of this phase; whatever comes closer to the effect asks again."""
        return _COMMANDS[self]


_COMMANDS = {
    Phase.REVIEW: ("validate", "plan", "apply"),
    Phase.CHANGE: ("validate --base",),
    Phase.PLAN: ("plan", "apply"),
    Phase.EXECUTION: ("apply",),
    Phase.EVIDENCE: ("apply",),
    Phase.SETUP: ("doctor",),
    Phase.TEST: ("test",),
    Phase.MUTATION: ("test --mutate",),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One entry of the catalogue. ``basis`` cites the law, standard or decision behind it.

    A rule is ``planned`` while nothing delivers the values that it reads, so that no command asks it.
    """

    id: str
    title: str
    severity: Severity
    phase: Phase
    basis: str
    hint: str
    planned: bool = False

    @property
    def asked_by(self) -> tuple[str, ...]:
        """The commands that ask it today."""
        return () if self.planned else self.phase.commands

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
