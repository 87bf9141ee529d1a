"""Mutations: every number of the packs off by a day, to see whether an example would notice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from runner.documents.document import Document
from runner.model.finding import Fault
from runner.model.regulation import Regulation, RegulationPack, Retain
from runner.plan.example_policy import judge_example, traits_of_example
from runner.plan.packs import Packs
from runner.rules import examples
from runner.rules.pack_entries import applies
from runner.rules.periods import LONGEST_RETENTION

_DAYS = (1, -1)


@dataclass(frozen=True, slots=True)
class Mutation:
    """One number of one entry that is ``days`` longer than the law says, in the pack of a document."""

    document: Document
    pack: RegulationPack
    position: int
    field: str
    days: int
    entry: Regulation

    def unnoticed(self, packs: Packs, now: datetime) -> Iterator[Fault]:
        """TST-004, if every example of the pack to which the entry applies comes out as before."""
        entries = list(self.pack.regulations)
        entries[self.position] = self.entry
        mutated = replace(self.pack, regulations=tuple(entries))
        known = packs.up_to(self.pack).replacing(self.pack, mutated).packs
        judged = (
            examples.comes_out(example, judge_example(known, example, now))
            for entry in self.pack.regulations
            for example in entry.examples
            if (traits := traits_of_example(example)) is not None and applies(self.entry, traits)
        )
        if all(judged):
            pointer = f"/regulations/{self.position}/retain/{self.field}"
            yield examples.unnoticed(pointer, self.entry, self.days)


def mutations(packs: Packs) -> Iterator[Mutation]:
    """Yield every mutation that can make a difference, in the packs' order."""
    for document, pack in packs.known:
        for position, entry in enumerate(pack.regulations):
            for field, days, retain in _variants(entry.retain):
                other = replace(entry, retain=retain)
                if _telling(entry) != _telling(other):
                    yield Mutation(document, pack, position, field, days, other)


def _variants(retain: Retain) -> Iterator[tuple[str, int, Retain]]:
    for days in _DAYS:
        if retain.minimum is not None:
            yield "min", days, replace(retain, minimum=retain.minimum.and_days(days))
        if retain.maximum is not None:
            yield "max", days, replace(retain, maximum=retain.maximum.and_days(days))
        if retain.advised is not None:
            yield "advise", days, replace(retain, advised=retain.advised.and_days(days))
        for part, period in retain.by_artefact.items():
            parts = {**retain.by_artefact, part: period.and_days(days)}
            yield f"byArtefact/{part}", days, replace(retain, by_artefact=parts)


def _telling(entry: Regulation) -> tuple[int | None, ...]:
    """What a policy can tell of an entry's numbers: nothing below no days, or beyond what it can state."""
    numbers = (entry.first_minimum_days, entry.minimum_days, entry.maximum_days, entry.advised_days)
    return tuple(None if n is None else min(max(n, 0), LONGEST_RETENTION + 1) for n in numbers)
