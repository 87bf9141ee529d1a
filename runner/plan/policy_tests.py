"""Policy tests: whether the packs' examples, and the cases beside policies, come out as they say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from runner.documents.document import Document
from runner.documents.kinds import Kind
from runner.documents.typed_packs import cases
from runner.model.finding import Fault, Finding
from runner.model.source import SourceFile
from runner.plan.example_policy import instant_of, judge_example, traits_of_example
from runner.plan.mutations import mutations
from runner.plan.packs import Packs
from runner.plan.review import Review, review
from runner.rules import examples
from runner.rules.pack_entries import applies


@dataclass(frozen=True, slots=True)
class TestsOutcome:
    """What came out. ``tried`` counts examples and cases, ``mutated`` the numbers that were changed.

    ``files`` are those in which examples and cases stand.
    """

    findings: tuple[Finding, ...]
    files: tuple[SourceFile, ...]
    tried: int
    mutated: int


@dataclass(frozen=True, slots=True)
class _Trial:
    """One example or case that was tried, and what is wrong with it."""

    document: Document
    faults: tuple[Fault, ...]


def run_tests(sources: Sequence[SourceFile], *, now: datetime, mutate: bool = False) -> TestsOutcome:
    """Try every example of the packs in force, and every case of ``policies/tests``.

    An example without a day of its own is judged at ``now``. Errors in packs and cases themselves
    are found too. With ``mutate``, each period of the packs is made a day longer and a day shorter,
    and what no example notices is found.
    """
    reviewed = review(sources, now=now)
    packs = reviewed.packs
    trials = (*_examples(packs, now), *_cases(reviewed, sources, now))
    mutated = tuple(mutations(packs)) if mutate else ()
    findings = {f for f in reviewed.errors if _is_ours(reviewed.documents[f.file])}
    findings.update(trial.document.locate(fault) for trial in trials for fault in trial.faults)
    findings.update(document.locate(fault) for document, fault in _untested(packs))
    if not trials:
        document, _ = packs.known[0]
        findings.add(document.locate(examples.nothing_tried("/regulations")))
    findings.update(each.document.locate(f) for each in mutated for f in each.unnoticed(packs, now))
    files = {d.source.path: d.source for d in reviewed.documents.values() if _is_ours(d)}
    files |= {document.source.path: document.source for document, _ in packs.known}
    return TestsOutcome(tuple(sorted(findings)), tuple(files.values()), len(trials), len(mutated))


def _is_ours(document: Document) -> bool:
    return document.kind in (Kind.REGULATION_PACK, Kind.POLICY_TEST)


def _untested(packs: Packs) -> Iterator[tuple[Document, Fault]]:
    for document, pack in packs.known:
        for position, entry in enumerate(pack.regulations):
            for fault in examples.has_examples(f"/regulations/{position}/id", entry):
                yield document, fault


def _examples(packs: Packs, now: datetime) -> Iterator[_Trial]:
    """Judge the examples of a pack by that pack and the layers below it."""
    for document, pack in packs.known:
        known = packs.up_to(pack).packs
        for position, entry in enumerate(pack.regulations):
            for number, example in enumerate(entry.examples):
                pointer = f"/regulations/{position}/tests/{number}"
                traits = traits_of_example(example)
                reached = traits is not None and applies(entry, traits)
                found = judge_example(known, example, now)
                yield _Trial(
                    document,
                    (
                        *examples.reaches(pointer, example, reached=reached),
                        *examples.as_expected(pointer, example, found),
                    ),
                )


def _cases(reviewed: Review, sources: Sequence[SourceFile], now: datetime) -> Iterator[_Trial]:
    """Judge a tiny policy by all packs, and a real one by every rule as if its purge had not begun."""
    by_day = {now: reviewed}
    for document in reviewed.documents.values():
        if document.kind is not Kind.POLICY_TEST or document.value is None or not document.clean:
            continue
        for number, case in enumerate(cases(document.value)):
            pointer, instant = f"/cases/{number}", instant_of(case, now)
            if case.file is None:
                found = judge_example(reviewed.packs.packs, case, now)
                yield _Trial(document, tuple(examples.as_expected(pointer, case, found)))
                continue
            if instant not in by_day:
                by_day[instant] = review(sources, now=instant)
            there = case.file in reviewed.documents
            of_file = (each for each in by_day[instant].findings if each.file == case.file)
            found = [(each.rule, each.severity) for each in of_file]
            yield _Trial(
                document,
                tuple(
                    examples.as_expected(pointer, case, found)
                    if there
                    else examples.reaches(pointer, case, reached=False)
                ),
            )
