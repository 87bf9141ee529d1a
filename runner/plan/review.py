"""Review: every document against its form, its schema, the rules, the other documents and the log.

``validate``, ``plan`` and ``apply`` judge by this one function, at review and at execution.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from runner.documents.document import Document
from runner.documents.kinds import Kind
from runner.documents.typed import purge_policy
from runner.model.finding import Fault, Finding, Severity
from runner.model.hold import LegalHold
from runner.model.policy import PurgePolicy, Selection
from runner.model.purge import Purge
from runner.model.source import SourceFile
from runner.model.target import Target
from runner.plan.document_checks import run
from runner.plan.overlaps import Overlaps, overlaps
from runner.plan.packs import Packs, faults_of_packs, judge_by_packs, read_packs
from runner.plan.policy_file import PolicyFile, by_name, policy_file
from runner.plan.tree import Tree, read_tree
from runner.rules import dates, expression, holds, lineage, scope, targets
from runner.rules.catalogue import checks
from runner.rules.check import Check


@dataclass(frozen=True, slots=True)
class ReviewedPolicy:
    """A policy that follows its schema, with its document. A rule may still refuse it."""

    document: Document
    policy: PurgePolicy


@dataclass(frozen=True, slots=True)
class Review:
    """What a review found; everything is sorted by path.

    ``documents`` is keyed by path. ``policies`` follow their schema; ``targets``, keyed by name,
    and ``holds`` have no errors at all. ``active`` are the holds of which the release does not count.
    """

    documents: Mapping[str, Document]
    policies: tuple[ReviewedPolicy, ...]
    holds: tuple[tuple[Document, LegalHold], ...]
    active: tuple[LegalHold, ...]
    packs: Packs
    targets: Mapping[str, Target]
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Every finding that refuses something."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.ERROR)

    @property
    def files_of_holds(self) -> frozenset[str]:
        """The names of the files in the place of a hold, readable or not."""
        return frozenset(d.name for d in self.documents.values() if d.kind is Kind.LEGAL_HOLD)

    def errors_of(self, path: str) -> tuple[Finding, ...]:
        """Return the errors at one file; a policy that has any must not run."""
        first = bisect_left(self.findings, path, key=_file)
        last = bisect_right(self.findings, path, key=_file)
        return tuple(f for f in self.findings[first:last] if f.severity is Severity.ERROR)

    def locate(self, path: str, fault: Fault) -> Finding:
        """Find the place of a fault in the document at ``path``."""
        return self.documents[path].locate(fault)


def review(
    sources: Iterable[SourceFile],
    *,
    now: datetime,
    purges: Iterable[Purge] = (),
    released: Collection[str] = (),
) -> Review:
    """Judge the whole of ``policies/``; ``purges`` is what the log knows already.

    ``released`` names the holds whose release counts; every other one is active, whatever it says.
    A policy whose purge has ended under this revision answers for its form, its schema and
    PLC-001 only. A rule runs when the values that it reads are valid, whatever else is wrong.
    """
    tree = read_tree(sources)
    packs = read_packs(tree.documents.values())
    known = tuple(purges)
    policies = _policy_files(tree, known)
    others = overlaps(policies, known, tree.whole_conversations)
    asked = checks(packs.settings)
    active = tuple(hold for _, hold in tree.holds if hold.name not in released)
    findings = {
        tree.documents[path].locate(fault) for path, faults in tree.faults.items() for fault in faults
    }
    for each in policies:
        findings.update(
            map(each.document.locate, _judge(each, tree, active, packs, asked, others.get(each.path), now))
        )
    for document, fault in faults_of_packs(packs, now):
        if document.source.path in tree.documents:
            findings.add(document.locate(fault))
    for document, _ in tree.holds:
        findings.update(
            document.locate(f) for check in holds.checks(packs.settings) for f in run(check, document, now)
        )
    return Review(
        documents=tree.documents,
        policies=tuple(
            ReviewedPolicy(document, purge_policy(document.value))
            for document in tree.policies
            if document.value is not None and document.clean
        ),
        holds=tree.holds,
        active=active,
        packs=packs,
        targets=tree.targets,
        findings=tuple(sorted(findings)),
    )


def _policy_files(tree: Tree, purges: Sequence[Purge]) -> tuple[PolicyFile, ...]:
    known = by_name(purges)
    return tuple(policy_file(document, known) for document in tree.policies)


def _judge(
    policy: PolicyFile,
    tree: Tree,
    active: Sequence[LegalHold],
    packs: Packs,
    asked: Sequence[Check],
    others: Overlaps | None,
    now: datetime,
) -> Iterator[Fault]:
    """Yield the faults of one policy beyond its form and schema."""
    if policy.purge is not None and policy.blob is not None:
        yield from lineage.unchanged(policy.purge, policy.blob)
    if policy.closed:
        return
    for check in asked:
        yield from run(check, policy.document, now)
    yield from judge_by_packs(packs, policy.document, now)
    if policy.target is not None:
        yield from targets.known("/target", policy.target, tree.targets, tree.broken_targets)
        yield from targets.alone("/target", tree.twins.get(policy.target, ()))
    if policy.revision is not None:
        yield from lineage.in_turn(policy.revision, policy.purges)
    if policy.selection is not None:
        yield from _judge_selection(policy.document, policy.selection, tree, active, now)
    yield from holds.all_readable(tree.broken_holds)
    if others is not None:
        whole = policy.target is not None and tree.whole_conversations(policy.target)
        yield from scope.alone(others.count, others.named, whole_conversations=whole)


def _judge_selection(
    document: Document, selection: Selection, tree: Tree, active: Sequence[LegalHold], now: datetime
) -> Iterator[Fault]:
    """Yield what stands against a selection on its target; on one with errors nothing runs anyway."""
    yield from dates.plausible(selection.date_range.start_text, tree.first_day(selection.target))
    target = tree.targets.get(selection.target)
    for check in () if target is None else expression.checks(target.backend, selection):
        yield from run(check, document, now)
    whole = tree.whole_conversations(selection.target)
    span = selection.date_range
    if span.start < span.end and not whole:  # else DAT-001 or PLT-002 refuses it, and says more
        yield from dates.ends_with_a_day("/dateRange/end", span.end_text)
    yield from holds.not_held(selection, active, whole_conversations=whole)


def _file(finding: Finding) -> str:
    return finding.file
