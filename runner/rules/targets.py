"""Rules about the organisation that a document names."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from runner.model.finding import Fault, Severity
from runner.model.rule import Phase, Rule

TGT_001 = Rule(
    id="TGT-001",
    title="The target is known",
    severity=Severity.ERROR,
    phases=frozenset({Phase.REVIEW, Phase.EXECUTION}),
    basis="Decision: a purge runs on a reviewed target only",
    hint="name a file in policies/targets/ without its .yaml",
)


def known(pointer: str, target: str, valid: Collection[str], broken: Collection[str]) -> Iterator[Fault]:
    """TGT-001: the target named at ``pointer`` has a file, and the file has no errors.

    ``valid`` and ``broken`` are the names of the targets without and with errors.
    """
    if target in valid:
        return
    if target in broken:
        yield TGT_001.fault(
            pointer, f"the file of target {target} has errors", hint=f"mend policies/targets/{target}.yaml"
        )
        return
    there = ", ".join(sorted({*valid, *broken})) or "none"
    yield TGT_001.fault(pointer, f"there is no target {target}", hint=f"{TGT_001.hint}; there: {there}")
