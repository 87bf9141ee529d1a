"""Values and schema errors in words that an officer understands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from jsonschema.exceptions import ValidationError

from runner.model.pointer import dotted
from runner.model.text import printable, shorten

QUOTED = 80
"""As many characters of foreign text are quoted, at most."""

_NEAR = 0.8
"""How alike two words must be for one to be suggested: a slip of the pen, not another word."""

_TYPES = {
    "string": "a text",
    "integer": "a whole number",
    "boolean": "true or false",
    "object": "a mapping",
    "array": "a list",
    "null": "null",
}
_NUMBER = re.compile(r"-?[0-9]+", re.ASCII)
_GROUPED = re.compile(r"[0-9]{1,3}([,.' ])[0-9]{3}(?:\1[0-9]{3})*", re.ASCII)
"""A whole number with its thousands apart, as people write it."""
_WORD = re.compile(r"[a-z]{3,}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Sentence:
    """What one schema error comes to. ``parts`` are the steps to the value that it is about.

    ``missing`` and ``unknown`` mark a key that should be there, or should not.
    """

    parts: tuple[str | int, ...]
    text: str
    missing: bool = False
    unknown: bool = False


@dataclass(frozen=True, slots=True)
class Breach:
    """One error of the schema library: a ``keyword`` of ``schema`` that wants one thing of ``found``."""

    keyword: str
    wanted: Any
    found: Any
    schema: Mapping[str, Any]
    parts: tuple[str | int, ...]
    of_name: bool

    @classmethod
    def of(cls, error: ValidationError) -> Breach:
        """Take over what the library found."""
        return cls(
            keyword=str(error.validator),
            wanted=error.cause if error.validator == "format" else error.validator_value,
            found=error.instance,
            schema=error.schema if isinstance(error.schema, Mapping) else {},
            parts=tuple(error.absolute_path),
            of_name="propertyNames" in error.absolute_schema_path,
        )


def foreign(text: str) -> str:
    """Make foreign text printable and short; the cost does not grow with its length."""
    return shorten(printable(text[: QUOTED + 1]), QUOTED)


def quote(value: object) -> str:
    """Show a foreign value: printable, and never longer than a line."""
    if isinstance(value, str):
        return f'"{foreign(value)}"'
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if value.bit_length() <= 64 else "a number of more than 19 digits"
    if isinstance(value, float):
        return str(value)
    if isinstance(value, Mapping):
        return "a mapping"
    return "a list" if isinstance(value, list | tuple) else f"a {foreign(type(value).__name__)}"


def sentences(breach: Breach) -> Iterator[Sentence]:
    """Say what a breach means: one sentence for each key or value that is wrong."""
    if breach.keyword == "required":
        yield from _missing(breach)
    elif breach.keyword == "additionalProperties":
        yield from _unknown(breach)
    elif breach.of_name:
        name = str(breach.found)
        yield Sentence((*breach.parts, name), f"the name {quote(name)} {_predicate(breach)}", unknown=True)
    else:
        subject = f"`{foreign(dotted(breach.parts))}`" if breach.parts else "the document"
        preface = f"{breach.schema['errorMessage']}: " if "errorMessage" in breach.schema else ""
        yield Sentence(breach.parts, f"{preface}{subject} {_predicate(breach)}")


def _missing(breach: Breach) -> Iterator[Sentence]:
    for key in breach.wanted:
        if key not in breach.found:
            parts = (*breach.parts, key)
            yield Sentence(parts, f"`{foreign(dotted(parts))}` is missing", missing=True)


def _unknown(breach: Breach) -> Iterator[Sentence]:
    known = {key.lower(): key for key in breach.schema.get("properties", {})}
    for key in breach.found:
        if key not in known.values():
            near = _nearest(str(key), known)
            meant = f"; did you mean `{known[near]}`?" if near else ""
            text = f"unknown key `{foreign(str(key))}`{meant}"
            yield Sentence((*breach.parts, str(key)), text, unknown=True)


def _nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word that was probably meant, or an empty text."""
    return next(iter(get_close_matches(word[:QUOTED].lower(), list(known), n=1, cutoff=_NEAR)), "")


def _predicate(breach: Breach) -> str:
    say = _PREDICATES.get(breach.keyword)
    return say(breach) if say else f"does not satisfy the schema ({breach.keyword})"


def _wrong_type(breach: Breach) -> str:
    types = [breach.wanted] if isinstance(breach.wanted, str) else list(breach.wanted)
    kinds = [_TYPES[name] for name in types]
    must = "must be " + (", ".join(kinds[:-1]) + " or " if len(kinds) > 1 else "") + kinds[-1]
    if breach.found is None:
        return f"is empty; it {must}"
    article = "the text " if isinstance(breach.found, str) else ""
    return f"{must}, not {article}{quote(breach.found)}{_retyped(types, breach)}"


def _retyped(types: Sequence[str], breach: Breach) -> str:
    """Say how the same value is written in the type that is wanted, where that can be told."""
    found = breach.found
    if types == ["integer"] and isinstance(found, str):
        if _NUMBER.fullmatch(found):
            return "; remove the quotes"
        return f"; write it as {re.sub('[^0-9]', '', found)}" if _GROUPED.fullmatch(found) else ""
    if types == ["string"] and isinstance(found, int | float):
        return "; put it in quotes"
    if types == ["array"] and isinstance(found, str | int):
        example = next(iter(breach.schema.get("examples", ())), (quote(found).strip('"'),))
        return f"; write it in brackets, such as [{', '.join(map(str, example))}]"
    return ""


def _not_listed(breach: Breach) -> str:
    listed = [str(each) for each in breach.wanted]
    found = breach.found if isinstance(breach.found, str) else ""
    near = _nearest(found, listed) or _nearest_meaning(
        found, listed, breach.schema.get("enumDescriptions", ())
    )
    meant = f"; did you mean {near}?" if near else ""
    return f"must be one of {', '.join(listed)}, not {quote(breach.found)}{meant}"


def _nearest_meaning(found: str, listed: Sequence[str], glosses: Sequence[str]) -> str:
    """Return the word, with its gloss, that has the most words in common with what was written, if any."""
    written = set(_WORD.findall(found[:QUOTED].lower()))
    common = [len(written.intersection(_WORD.findall(gloss.lower()))) for gloss in glosses]
    best = max(range(len(common)), key=common.__getitem__, default=0)
    return f"{listed[best]} ({glosses[best]})" if any(common) else ""


def _forbidden(breach: Breach) -> str:
    return "must be absent" if breach.wanted == {} else f"must not be {quote(breach.found)}"


def _no_match(breach: Breach) -> str:
    must = breach.schema.get("patternErrorMessage", f"must match {breach.wanted}")
    return f"{must}, not {quote(breach.found)}"


def _ill_formed(breach: Breach) -> str:
    return f"{breach.wanted}: {quote(breach.found)}"


def _sized(bound: str, one: str, more: str) -> Callable[[Breach], str]:
    return lambda breach: (
        f"must have {bound} {breach.wanted} {one if breach.wanted == 1 else more}, not {len(breach.found)}"
    )


_PREDICATES: Mapping[str, Callable[[Breach], str]] = {
    "type": _wrong_type,
    "enum": _not_listed,
    "const": lambda breach: f"must be {quote(breach.wanted)}, not {quote(breach.found)}",
    "not": _forbidden,
    "pattern": _no_match,
    "format": _ill_formed,
    "minimum": lambda breach: f"must be at least {breach.wanted}, not {quote(breach.found)}",
    "maximum": lambda breach: f"must be at most {breach.wanted}, not {quote(breach.found)}",
    "minLength": _sized("at least", "character", "characters"),
    "maxLength": _sized("at most", "character", "characters"),
    "minItems": _sized("at least", "entry", "entries"),
    "maxItems": _sized("at most", "entry", "entries"),
    "minProperties": _sized("at least", "entry", "entries"),
    "maxProperties": _sized("at most", "entry", "entries"),
    "uniqueItems": lambda _: "has an entry twice",
    "uniqueBy": lambda breach: f"repeats {quote(breach.found)}, which may stand once",
}
