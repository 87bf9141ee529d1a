"""Rules about the examples of packs and the cases beside policies: ``purgectl test``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from runner.model.finding import Fault, Severity
from runner.model.regulation import Example, Expect, Regulation
from runner.model.rule import Phase, Rule

Found: TypeAlias = "tuple[str, Severity]"
"""Rule and severity of a finding."""

TST_001 = Rule(
    id="TST-001",
    title="An example comes out as it says",
    severity=Severity.ERROR,
    phase=Phase.TEST,
    basis="Decision: a finding that is expected must occur, and no other may",
    hint="correct the number of the entry, or what the example expects",
)
TST_002 = Rule(
    id="TST-002",
    title="Every entry has an example",
    severity=Severity.ERROR,
    phase=Phase.TEST,
    basis="Decision: a number that no example shows is a number that nobody has checked",
    hint="write tests below the entry: one that passes and one that does not",
)
TST_003 = Rule(
    id="TST-003",
    title="An example reaches what it is about",
    severity=Severity.ERROR,
    phase=Phase.TEST,
    basis="Decision: an example that tests nothing would pass whatever the law says",
    hint="correct classification, interactionType, jurisdictions and tags of the example, or its file",
)
TST_004 = Rule(
    id="TST-004",
    title="The examples notice a number that is off by a day",
    severity=Severity.ERROR,
    phase=Phase.MUTATION,
    basis="Decision: an example that any number passes protects none",
    hint="write one example on each side of the number",
)


def as_expected(pointer: str, example: Example, found: Sequence[Found]) -> Iterator[Fault]:
    """TST-001: exactly the expected findings were found in an example that stands at ``pointer``."""
    if not comes_out(example, found):
        got = ", ".join(dict.fromkeys(f"{rule} ({severity})" for rule, severity in found)) or "nothing"
        wanted = "nothing" if example.expect is Expect.PASS else f"{example.rule} ({_severity(example)})"
        yield TST_001.fault(pointer, f"{example.name}: expected was {wanted}, found is {got}")


def comes_out(example: Example, found: Sequence[Found]) -> bool:
    """Whether the findings are those that an example expects: of its rule alone, and of that gravity."""
    if example.expect is Expect.PASS:
        return not found
    refused = any(severity is Severity.ERROR for _, severity in found)
    return {rule for rule, _ in found} == {example.rule} and refused == (example.expect is Expect.FAIL)


def has_examples(pointer: str, entry: Regulation) -> Iterator[Fault]:
    """TST-002: an entry at ``pointer`` has at least one example."""
    if not entry.examples:
        yield TST_002.fault(pointer, f"{entry.id} has no example")


def nothing_tried(pointer: str) -> Fault:
    """TST-002: there is no example and no case anywhere."""
    return TST_002.fault(pointer, "there is no example and no case to try")


def reaches(pointer: str, example: Example, *, reached: bool) -> Iterator[Fault]:
    """TST-003: the entry applies to the example, or the file of the case is there."""
    if not reached:
        subject = f"there is no {example.file}" if example.file else "its entry does not apply to it"
        yield TST_003.fault(pointer, f"{example.name}: {subject}")


def unnoticed(pointer: str, entry: Regulation, days: int) -> Fault:
    """TST-004: no example tells whether the number at ``pointer`` is ``days`` (1 or -1) longer."""
    change = "longer" if days > 0 else "shorter"
    return TST_004.fault(pointer, f"{entry.id}: no example notices when this is a day {change}")


def _severity(example: Example) -> Severity:
    return Severity.ERROR if example.expect is Expect.FAIL else Severity.WARNING
