"""Rules about what a policy selects: narrowed by a filter, and by this policy alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from runner.model.finding import Fault, Severity
from runner.model.rule import Phase, Rule
from runner.rules.check import Check
from runner.rules.overlap import RawFilterValue, narrowing

SCP_001 = Rule(
    id="SCP-001",
    title="A filter narrows the policy",
    severity=Severity.ERROR,
    phases=frozenset({Phase.REVIEW}),
    basis="Decision: a purge of everything of a type is written out, never the result of an omission",
    hint="narrow it with filters.attributes, or write allowUnfiltered: true",
)
SCP_005 = Rule(
    id="SCP-005",
    title="No two policies select the same interactions",
    severity=Severity.ERROR,
    phases=frozenset({Phase.REVIEW, Phase.EXECUTION}),
    basis="Decision: one interaction is purged under one policy, one retention and one reason",
    hint="withdraw one, or separate them by dates or by different values of one attribute; after a failed "
    "or cancelled purge name it under supersedes",
)


def filtered(
    filters: Mapping[str, Mapping[str, RawFilterValue]] | None, allow_unfiltered: bool | None
) -> Iterator[Fault]:
    """SCP-001: at least one attribute narrows the policy, or it says that none shall."""
    if not allow_unfiltered and not narrowing((filters or {}).get("attributes", {})):
        yield SCP_001.fault("/filters", "no filter narrows this policy", at_key=True)


def alone(others: int, named: Sequence[str]) -> Iterator[Fault]:
    """SCP-005: nothing else selects what this policy selects; ``named`` describes some of the others."""
    if others:
        more = f" and {others - len(named):,} more" if others > len(named) else ""
        message = f"selects interactions that are also selected by {', '.join(named)}{more}"
        yield SCP_005.fault("/dateRange", message, at_key=True)


CHECKS = (Check(SCP_001, filtered, may_read=("/filters", "/allowUnfiltered")),)
