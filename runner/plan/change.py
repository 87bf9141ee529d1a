"""A change of ``policies/``: which findings it answers for, and what it causes elsewhere.

What a change causes in files that it does not touch is told as a note and stops nobody, because
``apply`` refuses those policies anyway: a new hold must never wait for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from runner.documents import form
from runner.documents.document import Document
from runner.documents.kinds import Kind
from runner.documents.places import START
from runner.documents.reading import read
from runner.model.finding import Fault, Finding, Severity
from runner.model.purge import Purge
from runner.model.source import SourceFile
from runner.plan.loosening import changes_of_packs
from runner.plan.packs import Packs, read_packs
from runner.plan.policy_file import by_name, policy_file
from runner.plan.review import Review, review
from runner.plan.tree import read_tree
from runner.rules import changes, holds, lineage

_OF_FORM = frozenset(rule.id for rule in form.RULES)


def review_change(
    base: Sequence[SourceFile],
    sources: Iterable[SourceFile],
    *,
    now: datetime,
    purges: Iterable[Purge] = (),
    beside: Sequence[str] = (),
) -> Review:
    """Judge ``policies/`` as ``review`` does, and answer only for what differs from ``base``.

    Findings in changed files stay, and so do errors of form and schema anywhere. A finding in an
    untouched file that ``base`` does not have becomes a note; what ``base`` has already is left
    out. A deleted file has its findings at its old path, line 1, column 1. What the change does to
    the regulation packs is told too. ``beside`` are the paths outside ``policies/`` that it touches.
    """
    known = tuple(purges)
    judged = review(sources, now=now, purges=known)
    before = {source.path: source for source in base}
    untouched = {
        path for path, document in judged.documents.items() if _same(document.source, before.get(path))
    }
    kept = [f for f in judged.findings if f.file not in untouched or _stands_anywhere(f)]
    elsewhere = [f for f in judged.findings if f.file in untouched and not _stands_anywhere(f)]
    if elsewhere or judged.packs.blobs != _packs(base).blobs:
        earlier = review(base, now=now, purges=known)
        standing = set(map(_identity, earlier.findings))
        kept += [
            replace(finding, severity=Severity.NOTE)
            for finding in elsewhere
            if _identity(finding) not in standing
        ]
        kept += changes_of_packs(earlier, judged)
    deleted = [read(source) for path, source in before.items() if path not in judged.documents]
    touched = [document for path, document in judged.documents.items() if path not in untouched]
    mixed = _mixed([*touched, *deleted], beside)
    told = (*kept, *_deletions(deleted, known), *_narrowings(base, judged), *mixed)
    return replace(judged, findings=tuple(sorted(told)))


def _mixed(documents: Sequence[Document], beside: Sequence[str]) -> Iterator[Finding]:
    """Tell of a change that is of more than policies, at the first file of them that it touches."""
    for fault in changes.of_one_kind([document.source.path for document in documents], beside):
        first = min(documents, key=lambda document: document.source.path)
        yield replace(first.locate(fault), line=START.line, column=START.column)


def _packs(sources: Iterable[SourceFile]) -> Packs:
    return read_packs(
        read(source) for source in sources if source.path.startswith(f"{Kind.REGULATION_PACK.folder}/")
    )


def _same(source: SourceFile, before: SourceFile | None) -> bool:
    return before is not None and (source.kind, source.size, source.data) == (
        before.kind,
        before.size,
        before.data,
    )


def _stands_anywhere(finding: Finding) -> bool:
    return finding.rule in _OF_FORM and finding.severity is Severity.ERROR


def _identity(finding: Finding) -> tuple[str, str, str, str]:
    """What makes two findings the same one; a hint may depend on the rest of the tree."""
    return finding.file, finding.rule, finding.path, finding.message


def _narrowings(base: Iterable[SourceFile], judged: Review) -> Iterator[Finding]:
    """Hold every hold against the one that stood at its path before."""
    scopes = {document.source.path: hold.scope for document, hold in read_tree(base).holds}
    for document, hold in judged.holds:
        old = scopes.get(document.source.path, hold.scope)
        yield from map(document.locate, holds.not_narrowed(hold.name, old, hold.scope))


def _deletions(deleted: Iterable[Document], purges: Iterable[Purge]) -> Iterator[Finding]:
    """Judge what is gone. A hold that cannot be read was a hold."""
    named = by_name(purges)
    for document in deleted:
        for fault in _faults_of_deletion(document, named):
            yield replace(document.locate(fault), line=START.line, column=START.column)


def _faults_of_deletion(
    document: Document, purges: Mapping[tuple[str, str], Sequence[Purge]]
) -> Iterator[Fault]:
    if document.kind is Kind.LEGAL_HOLD:
        yield from holds.not_deleted(document.name)
    if document.kind is Kind.PURGE_POLICY:
        yield from lineage.not_deleted(policy_file(document, purges).purges)
