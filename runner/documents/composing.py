"""Characters to plain values, with the place of every key and value.

The parser is ruamel.yaml, the reference; this module works on its events, because they alone
show anchors, tags and duplicate keys where they stand, and because a document can then be read
to its end whatever is wrong in the middle. Depth and size are bounded while events come in, so a
hostile file costs no more than an honest one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
)

from runner.documents import form, scalars
from runner.documents.characters import described, invisible
from runner.documents.parsing import events, place_of, unreadable
from runner.documents.places import START, PlacedFault, Span, line_starts, place_at, placed
from runner.documents.wording import foreign
from runner.model.json import Json
from runner.model.pointer import child
from runner.model.rule import Rule

MAX_DEPTH = 32
MAX_NODES = 20_000
MAX_KEY = 128

_THOUSANDS = re.compile(r"[0-9]{3}", re.ASCII)
_DIRECTIVE = re.compile(r"(?:[ \t]*(?:#[^\r\n]*)?(?:\r\n|\n|\r))*(?=%)")


@dataclass(frozen=True, slots=True)
class Composition:
    """What a text says.

    ``value`` is ``None`` when the text could not be read to a mapping; ``spans`` tells where every
    pointer stands, and is empty then. ``lost`` are pointers whose value had to be left out.
    """

    value: dict[str, Json] | None
    spans: Mapping[str, Span]
    faults: tuple[PlacedFault, ...]
    lost: frozenset[str]


def compose(text: str) -> Composition:
    """Read one document. Never raises; every fault of form is in ``faults``."""
    composer = _Composer(text)
    value = composer.compose()
    spans = composer.spans if value is not None else {}
    return Composition(value, spans, tuple(composer.faults), frozenset(composer.lost))


class _TooMuch(Exception):
    """The document is larger or deeper than anybody could review."""


class _Composer:
    def __init__(self, text: str) -> None:
        self.text = text
        self.events = events(text)
        self.faults: list[PlacedFault] = []
        self.spans: dict[str, Span] = {}
        self.lost: set[str] = set()
        self.nodes = 0

    def compose(self) -> dict[str, Json] | None:
        directive = _DIRECTIVE.match(self.text)
        if directive:
            place = place_at(line_starts(self.text), directive.end())
            self.faults.append(placed(form.DIRECTIVE, place, "begins with a directive"))
        try:
            return self._document()
        except YAMLError as error:
            self.faults.append(unreadable(error))
        except _TooMuch:
            pass
        return None

    def _document(self) -> dict[str, Json] | None:
        next(self.events)  # the stream's start
        if isinstance(next(self.events), StreamEndEvent):
            self.faults.append(placed(form.EMPTY, START, "is empty"))
            return None
        root = next(self.events)
        value = self._node(root, "", 0)
        self.spans[""] = Span(place_of(root), place_of(root))
        next(self.events)  # the document's end
        after = next(self.events)
        if isinstance(after, DocumentStartEvent):
            self._fault(form.ONE_DOCUMENT, after, "", "a second document begins here")
        if isinstance(value, dict):
            return value
        if _is_empty(root):
            self.faults.append(placed(form.EMPTY, START, "holds no value"))
        elif "" not in self.lost:
            self._fault(form.MAPPING, root, "", "is not a mapping of keys to values")
        return None

    def _node(self, event: NodeEvent, pointer: str, depth: int) -> Json:
        self._count(event)
        if isinstance(event, AliasEvent):
            self._lose(form.ALIAS, event, pointer, "an alias stands here")
            return None
        assert isinstance(event, ScalarEvent | CollectionStartEvent)
        self._check_properties(event, pointer)
        if isinstance(event, ScalarEvent):
            return self._scalar(event, pointer)
        self._descend(event, pointer, depth + 1)
        if isinstance(event, MappingStartEvent):
            return self._mapping(pointer, depth + 1)
        return self._sequence(pointer, depth + 1)

    def _sequence(self, pointer: str, depth: int) -> list[Json]:
        items: list[Json] = []
        while not isinstance(event := next(self.events), SequenceEndEvent):
            item = child(pointer, len(items))
            self.spans[item] = Span(place_of(event), place_of(event))
            items.append(self._node(event, item, depth))
        return items

    def _mapping(self, pointer: str, depth: int) -> dict[str, Json]:
        mapping: dict[str, Json] = {}
        while not isinstance(event := next(self.events), MappingEndEvent):
            key = self._key(event, pointer)
            value = next(self.events)
            if key is None:
                self._skip(value)
                continue
            entry = child(pointer, key)
            if key in mapping:
                first = self.spans[entry].key.line
                self._fault(
                    form.UNIQUE_KEY,
                    event,
                    entry,
                    f"`{foreign(key)}` stands here again; first on line {first}",
                )
                self._skip(value)
                continue
            self.spans[entry] = Span(place_of(event), place_of(event if _is_empty(value) else value))
            mapping[key] = self._node(value, entry, depth)
        return mapping

    def _key(self, event: NodeEvent, pointer: str) -> str | None:
        """Return a key, or ``None`` when there is none that could be used."""
        self._count(event)
        entry = child(pointer, "?")
        if isinstance(event, AliasEvent):
            self._fault(form.ALIAS, event, entry, "an alias stands in the place of a key")
            return None
        if not isinstance(event, ScalarEvent):
            self._fault(form.KEY, event, entry, "a list or a mapping stands in the place of a key")
            self._skip_rest(event)
            return None
        text: str = event.value
        entry = child(pointer, foreign(text))
        self._check_properties(event, entry)
        if self._follows_a_comma_of_thousands(event, text):
            message = f"the comma before {foreign(text)} ends the value, and {foreign(text)} would be a key"
            self._fault(form.KEY, event, entry, message, "write the number without a comma, such as 5000")
            return None
        trouble = self._trouble_with_key(event, text)
        if trouble:
            rule, message = trouble
            self._fault(rule, event, entry, message)
            return None
        return text

    def _follows_a_comma_of_thousands(self, event: ScalarEvent, text: str) -> bool:
        """Whether this is the end of ``{maxInteractions: 5,000}``, which YAML takes for another key."""
        return _THOUSANDS.fullmatch(text) is not None and self.text.endswith(",", 0, event.start_mark.index)

    def _trouble_with_key(self, event: ScalarEvent, text: str) -> tuple[Rule, str] | None:
        if len(text) > MAX_KEY:
            return form.KEY, f"this key has {len(text)} characters"
        unseen = self._escaped(event)
        if unseen:
            return form.INVISIBLE, f"this key holds {described(min(unseen))}"
        if self.text.endswith("?", 0, event.start_mark.index):
            return form.ONE_READING, "this key follows a question mark, which only some programs leave out"
        if not event.implicit[0]:
            return None
        if text == "<<":
            return form.MERGE_KEY, "a merge key stands here"
        if scalars.objection(text) or not isinstance(scalars.resolve(text), str):
            return form.KEY, f"the key {foreign(text) or 'without a name'} is not a text to every program"
        return None

    def _scalar(self, event: ScalarEvent, pointer: str) -> Json:
        text: str = event.value
        if event.ctag is not None:
            self.lost.add(pointer)
            return None
        if not event.implicit[0]:
            unseen = self._escaped(event)
            if unseen:
                self._fault(form.INVISIBLE, event, pointer, f"this value holds {described(min(unseen))}")
            return text
        trouble = scalars.objection(text)
        if trouble is None:
            return scalars.resolve(text)
        rule, message = trouble
        self._lose(rule, event, pointer, f"`{foreign(text)}` {message}")
        return None

    def _escaped(self, event: ScalarEvent) -> set[str]:
        """Return the invisible characters that a quoted scalar spells out by escapes."""
        written = self.text[event.start_mark.index : event.end_mark.index]
        return {
            character
            for character in invisible(event.value)
            if character != "\n" and character not in written
        }

    def _check_properties(self, event: ScalarEvent | CollectionStartEvent, pointer: str) -> None:
        if event.anchor is not None:
            self._fault(form.ANCHOR, event, pointer, "an anchor stands here")
        if event.ctag is not None:
            self._fault(form.TAG, event, pointer, "a tag stands here")

    def _count(self, event: Event) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            self._fault(form.NODES, event, "", f"has more than {MAX_NODES} keys and values")
            raise _TooMuch

    def _descend(self, event: Event, pointer: str, depth: int) -> None:
        if depth > MAX_DEPTH:
            self._fault(form.DEPTH, event, pointer, f"is nested deeper than {MAX_DEPTH} levels")
            raise _TooMuch

    def _skip(self, event: Event) -> None:
        """Leave out the node that begins with ``event``."""
        self._count(event)
        self._skip_rest(event)

    def _skip_rest(self, event: Event) -> None:
        depth = int(isinstance(event, CollectionStartEvent))
        while depth:
            event = next(self.events)
            if isinstance(event, CollectionEndEvent):
                depth -= 1
                continue
            self._count(event)
            depth += int(isinstance(event, CollectionStartEvent))
            self._descend(event, "", depth)

    def _lose(self, rule: Rule, event: Event, pointer: str, message: str) -> None:
        self._fault(rule, event, pointer, message)
        self.lost.add(pointer)

    def _fault(self, rule: Rule, event: Event, pointer: str, message: str, hint: str = "") -> None:
        self.faults.append(placed(rule, place_of(event), message, pointer=pointer, hint=hint))


def _is_empty(event: Event) -> bool:
    """Whether a value is not written at all; the parser places it wherever it noticed."""
    return isinstance(event, ScalarEvent) and event.start_mark.index == event.end_mark.index
