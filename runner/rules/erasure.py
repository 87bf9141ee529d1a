"""Rules about how data is erased."""

from __future__ import annotations

from collections.abc import Iterator

from runner.model.finding import Fault, Severity
from runner.model.policy import Classification, PurgeType
from runner.model.rule import Phase, Rule
from runner.rules.check import Check

ERA_001 = Rule(
    id="ERA-001",
    title="Personal data is erased permanently",
    severity=Severity.ERROR,
    phases=frozenset({Phase.REVIEW, Phase.EXECUTION}),
    basis="GDPR Art. 17(1); 16 CFR 682.3(a)",
    hint="write purgeType: permanent",
)


def permanent_for_pii(classification: str, purge_type: str) -> Iterator[Fault]:
    """ERA-001: ``pii`` is purged permanently, so that nobody can bring it back."""
    if classification == Classification.PII and purge_type != PurgeType.PERMANENT:
        yield ERA_001.fault("/purgeType", f"pii must be purged permanently, not {purge_type}")


CHECKS = (Check(ERA_001, permanent_for_pii, reads=("/classification", "/purgeType")),)
