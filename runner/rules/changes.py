"""Rules about a change as a whole, whatever its files say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from runner.model.finding import Fault, Severity
from runner.model.rule import Phase, Rule

CHG_001 = Rule(
    id="CHG-001",
    title="A change is of policies or of code, never of both",
    severity=Severity.ERROR,
    phase=Phase.CHANGE,
    basis="Separation of duties: different people approve the two (ISO/IEC 27002:2022 control 5.3)",
    hint="make two pull requests: one with what lies below policies/, one with everything else",
)


def of_one_kind(policies: Sequence[str], others: Sequence[str]) -> Iterator[Fault]:
    """CHG-001: a change touches ``policies``, the paths below ``policies/``, or ``others``."""
    if policies and others:
        yield CHG_001.fault(
            "", f"this change touches {_told(policies)} and outside policies/ {_told(others)}"
        )


def _told(paths: Sequence[str]) -> str:
    first = min(paths)
    return first if len(paths) == 1 else f"{first} and {len(paths) - 1} more"
