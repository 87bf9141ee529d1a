"""Rules about what a policy selects: narrowed, by it alone, and nothing better protected than it says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from runner.model.finding import Fault, Severity
from runner.model.policy import Classification
from runner.model.rule import Phase, Rule
from runner.model.settings import PLAN_DRIFT_PERCENT, Settings
from runner.rules.check import Check
from runner.rules.overlap import RawFilterValue, narrowing

SCP_001 = Rule(
    id="SCP-001",
    title="A filter narrows the policy",
    severity=Severity.ERROR,
    phase=Phase.REVIEW,
    basis="Decision: a purge of everything of a type is written out, never the result of an omission",
    hint="narrow it with filters, or write allowUnfiltered: true",
)
SCP_005 = Rule(
    id="SCP-005",
    title="No two policies select the same interactions",
    severity=Severity.ERROR,
    phase=Phase.REVIEW,
    basis="Decision: one interaction is purged under one policy, one retention and one reason",
    hint="withdraw one, or separate them by dates or by different values of one attribute; after a failed "
    "or cancelled purge name it under supersedes",
)
SCP_006 = Rule(
    id="SCP-006",
    title="Nothing better protected is inside",
    severity=Severity.ERROR,
    phase=Phase.PLAN,
    basis="SEC Release 34-97787 (2023-06-22): recordings deleted because their label was missing; the higher "
    "label prevails in Microsoft Purview",
    hint="raise classification to that class, or narrow the policy so that these interactions stay out",
    planned=True,
)
SCP_008 = Rule(
    id="SCP-008",
    title="The tolerance of an approved count is small",
    severity=Severity.ERROR,
    phase=Phase.REVIEW,
    basis="Decision: an approval covers a number, and a wide tolerance would make it cover any",
    hint="lower tolerancePercent; when the count has changed, let the new one be approved",
)


_ONE_AFTER_THE_OTHER = (
    "separate them by dates, or propose one when the purge of the other has ended: whole conversations go "
    "here, which may have other media, queues and participants"
)


@dataclass(frozen=True, slots=True)
class Marked:
    """How many of the selected interactions carry a marker, and the class that it stands for.

    A marker is a queue, a wrap-up code or a flag of the platform. ``count`` is ``None`` when it
    cannot be known.
    """

    marker: str
    classification: Classification
    count: int | None


def filtered(
    filters: Mapping[str, Mapping[str, RawFilterValue]] | None, allow_unfiltered: bool | None
) -> Iterator[Fault]:
    """SCP-001: at least one attribute or dimension narrows the policy, or it says that none shall."""
    if not allow_unfiltered and not any(map(narrowing, (filters or {}).values())):
        yield SCP_001.fault("/filters", "no filter narrows this policy", at_key=True)


def alone(others: int, named: Sequence[str], *, whole_conversations: bool) -> Iterator[Fault]:
    """SCP-005: nothing else selects what this policy selects; ``named`` describes some of the others.

    Where ``whole_conversations`` go, what is still to run may take whatever shares a date with it.
    """
    if others:
        more = f" and {others - len(named):,} more" if others > len(named) else ""
        message = f"selects interactions that are also selected by {', '.join(named)}{more}"
        hint = _ONE_AFTER_THE_OTHER if whole_conversations else ""
        yield SCP_005.fault("/dateRange", message, hint=hint, at_key=True)


def nothing_higher(classification: Classification, marked: Iterable[Marked]) -> Iterator[Fault]:
    """SCP-006: no selected interaction carries a marker of a class above that of its policy."""
    order = tuple(Classification)
    for each in marked:
        if each.count != 0 and order.index(each.classification) > order.index(classification):
            many = "an unknown number" if each.count is None else f"{each.count:,}"
            yield SCP_006.fault(
                "/classification",
                f"{many} of the selected interactions are marked {each.marker}, which is "
                f"{each.classification} data and not {classification}",
            )


def tolerable(most: int, expected: Mapping[str, int] | None) -> Iterator[Fault]:
    """SCP-008: the tolerance of ``expected`` (as written) is at most ``most`` percent."""
    if expected is not None and expected["tolerancePercent"] > most:
        yield SCP_008.fault(
            "/expected/tolerancePercent",
            f"a tolerance of {expected['tolerancePercent']} % is too wide; {most} % is allowed",
        )


def checks(settings: Settings) -> tuple[Check, ...]:
    """Return the checks of a selection that its document decides."""
    return (
        Check(SCP_001, filtered, may_read=("/filters", "/allowUnfiltered")),
        Check(SCP_008, partial(tolerable, settings.number(PLAN_DRIFT_PERCENT)), may_read=("/expected",)),
    )
