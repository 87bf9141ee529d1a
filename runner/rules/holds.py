"""Legal holds: the one predicate that decides whether a hold reaches a selection, and its rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from runner.model.finding import Fault, Severity
from runner.model.hold import LegalHold
from runner.model.policy import Selection
from runner.model.rule import Phase, Rule
from runner.rules.overlap import may_both_match

HLD_001 = Rule(
    id="HLD-001",
    title="No legal hold reaches the policy",
    severity=Severity.ERROR,
    phases=frozenset({Phase.REVIEW, Phase.PLAN, Phase.EXECUTION}),
    basis="FRCP 37(e); Zubulake v. UBS Warburg, 220 F.R.D. 212 (S.D.N.Y. 2003); 18 U.S.C. 1519",
    hint="wait until the hold is released, or move the policy out of its reach by type, dates or attributes",
)

_RELEASE_HINT = (
    "its release is filled in, but counts only with evidence of two approvals from the forge, which this "
    "version does not read: the hold is active"
)


def touches(hold: LegalHold, selection: Selection) -> bool:
    """Whether a hold may reach an interaction that the selection matches.

    Whatever the hold does not say, and whatever cannot be told from the selection, counts as a
    match. ``conversationIds`` never narrow a hold, because a selection names no conversations. A
    release that is filled in changes nothing.
    """
    scope = hold.scope
    span = selection.date_range
    return (
        (scope.targets is None or selection.target in scope.targets)
        and (scope.interaction_types is None or selection.interaction_type in scope.interaction_types)
        and (scope.start is None or scope.start < span.end)
        and (scope.end is None or scope.end > span.start)
        and may_both_match(scope.attributes, selection.attributes)
    )


def not_held(selection: Selection, holds: Iterable[LegalHold]) -> Iterator[Fault]:
    """HLD-001: one fault for each hold that reaches the selection."""
    for hold in holds:
        if touches(hold, selection):
            yield HLD_001.fault(
                "/dateRange",
                f"legal hold {hold.name} ({hold.type}) reaches what this policy selects",
                hint=_RELEASE_HINT if hold.release is not None else "",
                at_key=True,
            )


def all_readable(unreadable: Iterable[str]) -> Iterator[Fault]:
    """HLD-001: no policy runs while a hold file (``unreadable`` gives the paths) has an error."""
    for path in unreadable:
        yield HLD_001.fault(
            "",
            f"{path} has errors, so nobody knows what it holds",
            hint=f"mend {path} first",
        )
