"""A document: a file that was read, what is wrong with it, and where everything in it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from runner.documents import form
from runner.documents.kinds import ROOT, Kind, below
from runner.documents.places import START, Place, PlacedFault, Span
from runner.model.finding import Fault, Finding, Severity
from runner.model.json import JsonObject
from runner.model.pointer import parent, within
from runner.model.source import SourceFile


@dataclass(frozen=True, slots=True)
class Document:
    """One file below ``policies/``, or an example elsewhere.

    ``kind`` is what belongs at its place, ``name`` the stem of its file. ``value`` is ``None``
    when the file could not be read to a mapping; then ``spans`` is empty. ``faults`` are those of
    form and schema; a ``README.md`` has neither value nor faults.
    """

    source: SourceFile
    kind: Kind | None
    name: str
    value: JsonObject | None
    faults: tuple[Fault, ...]
    spans: Mapping[str, Span] = field(default_factory=dict, repr=False)

    @property
    def clean(self) -> bool:
        """Whether there is a value, and no error of form or schema: ``typed`` may read it."""
        return self.value is not None and not any(fault.severity is Severity.ERROR for fault in self.faults)

    def may_be(self, kind: Kind) -> bool:
        """Whether it is of a kind by its place or its own words, or could be.

        It could be when it stands out of place below ``policies/`` and does not say what it is.
        """
        said = None if self.value is None else self.value.get("kind")
        path = self.source.path
        lost = self.kind is None and f"{path}/".startswith(f"{ROOT}/") and said not in tuple(Kind)
        return below(path, kind) or said == kind or lost

    def sound(self, pointer: str) -> bool:
        """Whether the value at ``pointer`` exists, and no error lies at, above or below it.

        Faults of the text as such, a tab for example, leave the values sound.
        """
        return pointer in self.spans and not any(
            within(fault.pointer, pointer) or within(pointer, fault.pointer)
            for fault in self.faults
            if fault.severity is Severity.ERROR and fault.rule not in form.ABOUT_TEXT
        )

    def locate(self, fault: Fault) -> Finding:
        """Give a fault its place: that of the value, or of the key if the fault is ``at_key``.

        What is missing is told at the key of the nearest parent that exists; what has no place in
        an unreadable document, where reading stopped.
        """
        place = self._place(fault)
        return Finding(
            file=self.source.path,
            line=place.line,
            column=place.column,
            rule=fault.rule,
            severity=fault.severity,
            path=fault.pointer,
            message=fault.message,
            hint=fault.hint,
            basis=fault.basis,
        )

    def _place(self, fault: Fault) -> Place:
        if isinstance(fault, PlacedFault):
            return fault.place
        if not self.spans:
            known = (own.place for own in self.faults if isinstance(own, PlacedFault))
            return max(known, default=START)
        span = self.spans.get(fault.pointer)
        if span is not None:
            return span.key if fault.at_key else span.value
        pointer = parent(fault.pointer)
        while pointer not in self.spans:
            pointer = parent(pointer)
        return self.spans[pointer].key
