"""The documents of one state of ``policies/``, told apart by whether anything may be built on them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from runner.documents.document import Document
from runner.documents.kinds import Kind
from runner.documents.reading import read
from runner.documents.typed import legal_hold, target
from runner.model.finding import Fault, Severity
from runner.model.hold import LegalHold
from runner.model.source import SourceFile
from runner.model.target import Target
from runner.plan.document_checks import value_at
from runner.rules.privacy import impersonal_hold
from runner.rules.targets import alone, known

_read = lru_cache(maxsize=65_536)(read)
"""A run looks at the same files again and again, and reading is the dear part."""


@dataclass(frozen=True, slots=True)
class Tree:
    """Every document, and the targets and holds among them.

    ``documents`` is keyed and sorted by path. ``broken_targets`` are names whose file has errors,
    ``twins`` gives, by name, the targets (with itself) that are one organisation or have one log,
    ``broken_holds`` paths of files that are or may be a hold and have errors. ``faults`` gives, by
    path, the faults that each document has by itself, and those of holds on unknown targets. A hold
    with personal data has a fault, and is in force all the same.
    """

    documents: Mapping[str, Document]
    targets: Mapping[str, Target]
    broken_targets: frozenset[str]
    twins: Mapping[str, tuple[str, ...]]
    holds: tuple[tuple[Document, LegalHold], ...]
    broken_holds: tuple[str, ...]
    faults: Mapping[str, tuple[Fault, ...]]

    @property
    def policies(self) -> Iterator[Document]:
        """Every document that stands in the place of a policy, valid or not."""
        return (document for document in self.documents.values() if document.kind is Kind.PURGE_POLICY)

    def whole_conversations(self, target: str) -> bool:
        """Whether a target purges whole conversations; where its file has errors nothing runs anyway."""
        return target in self.targets and self.targets[target].backend.takes_whole_conversations

    def first_day(self, target: str) -> date | None:
        """Return when a target went live; ``None`` when its file does not say so, or cannot be read."""
        return self.targets[target].go_live if target in self.targets else None


def read_tree(sources: Iterable[SourceFile]) -> Tree:
    """Read every file once and sort the documents."""
    documents = {source.path: _read(source) for source in sorted(sources, key=lambda source: source.path)}
    named = {document.name: document for document in documents.values() if document.kind is Kind.TARGET}
    valid = {name: target(d.value) for name, d in named.items() if d.value is not None and d.clean}
    broken = frozenset(named.keys() - valid.keys())
    faults = {
        path: (*document.faults, *_unknown_targets(document, valid, broken))
        for path, document in documents.items()
    }
    twins: dict[str, tuple[str, ...]] = {}
    for pointer, names in _twins(named):
        for name in names:
            twins.setdefault(name, names)
            faults[named[name].source.path] += tuple(alone(pointer, names))
    broken_holds = tuple(
        path for path, d in documents.items() if d.may_be(Kind.LEGAL_HOLD) and _erroneous(faults[path])
    )
    holds = tuple(
        (document, legal_hold(document.value))
        for path, document in documents.items()
        if document.kind is Kind.LEGAL_HOLD and document.value is not None and path not in broken_holds
    )
    for path, document in documents.items():
        if document.kind is Kind.LEGAL_HOLD and document.value is not None:
            faults[path] += tuple(impersonal_hold(document.value))
    return Tree(documents, valid, broken, twins, holds, broken_holds, faults)


def _erroneous(faults: Iterable[Fault]) -> bool:
    return any(fault.severity is Severity.ERROR for fault in faults)


def _twins(named: Mapping[str, Document]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield what several targets share, as a pointer, with their names.

    A file with other errors counts as well: what it names may be held under its name.
    """
    for pointer in ("/organizationId", "/log/origin"):
        alike: defaultdict[str, list[str]] = defaultdict(list)
        for name, document in named.items():
            if document.sound(pointer):
                alike[str(value_at(document, pointer)).casefold()].append(name)
        yield from ((pointer, tuple(sorted(names))) for names in alike.values() if len(names) > 1)


def _unknown_targets(
    document: Document, valid: Mapping[str, Target], broken: frozenset[str]
) -> Iterator[Fault]:
    """A hold on a target that does not exist would hold nothing, and nobody would notice."""
    names = value_at(document, "/scope/targets") if document.kind is Kind.LEGAL_HOLD else None
    if isinstance(names, Sequence) and document.sound("/scope/targets"):
        for position, name in enumerate(names):
            if name not in broken:
                yield from known(f"/scope/targets/{position}", str(name), valid, broken)
