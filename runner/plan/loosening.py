"""A change of the packs: what it loosens, what it tightens, and whose verdict it changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from runner.documents.document import Document
from runner.documents.places import START
from runner.model.finding import Finding
from runner.plan.packs import Packs
from runner.plan.review import Review
from runner.rules import pack_changes, ratchet


def changes_of_packs(before: Review, after: Review) -> Iterator[Finding]:
    """REG-004: tell all of the packs that a change makes laxer or stricter, at its new place.

    Each names the policies that are refused on one side of the whole change only. What is gone is
    told at the top of the file that had it.
    """
    old, new = ({pack.name: pack for pack in packs.packs} for packs in (before.packs, after.packs))
    words = {word for pack in new.values() for word in (*pack.jurisdictions, *pack.tags)}
    changes = [
        (name, change)
        for name in sorted(old.keys() | new.keys())
        for change in pack_changes.compare_packs(old.get(name), new.get(name), words)
    ]
    turned = _turned(before, after) if changes else ()
    for name, change in changes:
        places = chain(_places(name, change, after.packs), _places(name, change, before.packs))
        document, pointer = next(places)
        finding = document.locate(ratchet.told(pointer, change, turned))
        there = after.documents.get(document.source.path) is document
        yield finding if there else replace(finding, line=START.line, column=START.column)


def _turned(before: Review, after: Review) -> tuple[str, ...]:
    """Return the paths of policies that both sides have and only one refuses, sorted."""
    both = before.documents.keys() & {item.document.source.path for item in after.policies}
    return tuple(sorted(path for path in both if bool(before.errors_of(path)) != bool(after.errors_of(path))))


def _places(name: str, change: ratchet.Change, packs: Packs) -> Iterator[tuple[Document, str]]:
    for document, pack in packs.known:
        if pack.name == name and not change.entry:
            yield document, f"/{change.field}"
        for position, entry in enumerate(pack.regulations):
            if (pack.name, entry.id) == (name, change.entry):
                yield document, f"/regulations/{position}/{change.field or 'id'}"
