"""Rules that tie a policy to the law it runs under."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from runner.model.finding import Fault, Severity
from runner.model.policy import Classification
from runner.model.rule import Phase, Rule
from runner.rules.check import Check

REG_002 = Rule(
    id="REG-002",
    title="Protected data names its jurisdictions",
    severity=Severity.ERROR,
    phases=frozenset({Phase.REVIEW}),
    basis="GDPR Art. 30(1)(f): time limits are recorded; which ones apply depends on the jurisdiction",
    hint="write jurisdictions: [US], or those whose law governs these interactions",
)

_UNPROTECTED = frozenset({Classification.PUBLIC.value, Classification.INTERNAL.value})


def jurisdictions_named(classification: str, jurisdictions: Sequence[str] | None) -> Iterator[Fault]:
    """REG-002: anything but ``public`` and ``internal`` states its jurisdictions."""
    if classification not in _UNPROTECTED and not jurisdictions:
        yield REG_002.fault("/jurisdictions", f"{classification} data needs `jurisdictions`")


CHECKS = (Check(REG_002, jurisdictions_named, reads=("/classification",), may_read=("/jurisdictions",)),)
