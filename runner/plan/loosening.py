"""A change of the packs: what it loosens, what it tightens, and whose verdict it changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from runner.documents.document import Document
from runner.documents.places import START
from runner.model.finding import Finding
from runner.model.regulation import Regulation
from runner.plan.packs import Packs
from runner.plan.review import Review
from runner.rules import ratchet


def changes_of_packs(before: Review, after: Review) -> Iterator[Finding]:
    """REG-004: tell every entry that a change makes laxer or stricter, at its new place.

    Each names the policies that are refused on one side of the whole change only. What is gone is
    told at the top of the file that had it.
    """
    old, new = _entries(before.packs), _entries(after.packs)
    changes = [
        (pack, change)
        for pack in sorted(old.keys() | new.keys())
        for change in ratchet.compare(old.get(pack, ()), new.get(pack, ()))
    ]
    turned = _turned(before, after) if changes else ()
    for pack, change in changes:
        places = chain(_places(pack, change, after.packs), _places(pack, change, before.packs))
        document, pointer = next(places)
        finding = document.locate(ratchet.told(pointer, change, turned))
        there = after.documents.get(document.source.path) is document
        yield finding if there else replace(finding, line=START.line, column=START.column)


def _entries(packs: Packs) -> dict[str, tuple[Regulation, ...]]:
    """The entries of each pack, by its name: two packs may speak about the same law."""
    return {pack.name: pack.regulations for pack in packs.packs}


def _turned(before: Review, after: Review) -> tuple[str, ...]:
    """Return the paths of policies that both sides have and only one refuses, sorted."""
    both = before.documents.keys() & {item.document.source.path for item in after.policies}
    return tuple(sorted(path for path in both if bool(before.errors_of(path)) != bool(after.errors_of(path))))


def _places(name: str, change: ratchet.Change, packs: Packs) -> Iterator[tuple[Document, str]]:
    for document, pack in packs.known:
        for position, entry in enumerate(pack.regulations):
            if (pack.name, entry.id) == (name, change.entry):
                yield document, f"/regulations/{position}/{change.field or 'id'}"
