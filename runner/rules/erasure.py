"""Rules about how data is erased."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from runner.model.finding import Fault, Severity
from runner.model.policy import PurgeType
from runner.model.regulation import Regulation
from runner.model.rule import Phase, Rule
from runner.rules.governing import cited

ERA_001 = Rule(
    id="ERA-001",
    title="Personal data is erased permanently",
    severity=Severity.ERROR,
    phases=frozenset({Phase.REVIEW, Phase.EXECUTION}),
    basis="GDPR Art. 17(1); 16 CFR 682.3(a)",
    hint="write purgeType: permanent",
)


def permanent(entries: Iterable[Regulation], purge_type: str) -> Iterator[Fault]:
    """ERA-001: what an entry wants erased is purged so that nobody can bring it back."""
    demanding = [entry for entry in entries if entry.permanent]
    if demanding and purge_type != PurgeType.PERMANENT:
        yield ERA_001.fault(
            "/purgeType",
            f"{demanding[0].title}: purged permanently, not {purge_type}",
            basis=cited(demanding),
        )
