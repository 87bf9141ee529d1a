"""GitHub's expressions, as far as our workflows use them; whatever else stands there is refused.

Source: GitHub Actions documentation, "Evaluate expressions in workflows and actions".
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>\d+)|(?P<sign>\|\||&&|==|!=|[!().,])|(?P<name>[A-Za-z_][\w-]*))"
)
_INSIDE = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
_WORDS = {"true": True, "false": False, "null": None}
STATUS = frozenset({"success", "failure", "always", "cancelled"})


class UnknownExpression(Exception):
    """The harness does not know what GitHub would do."""


class _Parser:
    """Reads and evaluates one expression; both sides of an operator are always evaluated."""

    def __init__(self, source: str, contexts: Mapping[str, Any], functions: Mapping[str, Callable[..., Any]]):
        self.source, self.contexts, self.functions = source, contexts, functions
        self.tokens: list[tuple[str, str]] = []
        position = 0
        while source[position:].strip():
            found = _TOKEN.match(source, position)
            if found is None:
                raise UnknownExpression(f"{source!r} at {source[position:]!r}")
            position = found.end()
            self.tokens.append((found.lastgroup, found[found.lastgroup]))

    def take(self, *wanted: str) -> str | None:
        if self.tokens and self.tokens[0][0] == "sign" and self.tokens[0][1] in wanted:
            return self.tokens.pop(0)[1]
        return None

    def whole(self) -> Any:
        value = self.either()
        if self.tokens:
            raise UnknownExpression(self.source)
        return value

    def either(self) -> Any:
        value = self.both()
        while self.take("||"):
            other = self.both()
            value = value if truthy(value) else other
        return value

    def both(self) -> Any:
        value = self.compared()
        while self.take("&&"):
            other = self.compared()
            value = other if truthy(value) else value
        return value

    def compared(self) -> Any:
        value = self.denied()
        while sign := self.take("==", "!="):
            other = self.denied()
            if type(value) is not type(other) and None not in (value, other):
                raise UnknownExpression(f"{self.source!r} compares {value!r} with {other!r}")
            same = _folded(value) == _folded(other)
            value = same if sign == "==" else not same
        return value

    def denied(self) -> Any:
        return not truthy(self.denied()) if self.take("!") else self.one()

    def one(self) -> Any:
        if self.take("("):
            value = self.either()
            if not self.take(")"):
                raise UnknownExpression(self.source)
            return value
        if not self.tokens:
            raise UnknownExpression(self.source)
        kind, text = self.tokens.pop(0)
        if kind == "text":
            return text[1:-1].replace("''", "'")
        if kind == "number":
            return int(text)
        if kind != "name":
            raise UnknownExpression(self.source)
        if self.take("("):
            return self.call(text)
        return _WORDS[text] if text in _WORDS else self.reach(text)

    def call(self, name: str) -> Any:
        arguments = []
        while not self.take(")"):
            arguments.append(self.either())
            self.take(",")
        if name not in self.functions:
            raise UnknownExpression(f"{name}() in {self.source!r}")
        return self.functions[name](*arguments)

    def reach(self, name: str) -> Any:
        if name not in self.contexts:
            raise UnknownExpression(f"{name} in {self.source!r} is not there")
        value = self.contexts[name]
        while self.take("."):
            if not self.tokens or self.tokens[0][0] != "name":
                raise UnknownExpression(self.source)
            key = self.tokens.pop(0)[1]
            value = value.get(key) if isinstance(value, Mapping) else None
        return value


def evaluate(source: str, contexts: Mapping[str, Any], status: Mapping[str, bool]) -> Any:
    """Evaluate what stands between the braces; ``status`` answers ``success()`` and its like."""
    functions: dict[str, Callable[..., Any]] = {"fromJSON": json.loads}
    functions |= {name: lambda answer=answer: answer for name, answer in status.items()}
    return _Parser(source, contexts, functions).whole()


def condition(source: object, contexts: Mapping[str, Any], status: Mapping[str, bool]) -> bool:
    """Decide an ``if:``: without a status function it also asks for ``success()``."""
    if source is None:
        return status["success"]
    found = re.fullmatch(r"\$\{\{(.*)\}\}", str(source))
    if found is None or "${{" in found[1]:
        raise UnknownExpression(f"if: {source!r} is not one expression")
    asks = any(re.search(rf"\b{name}\(", found[1]) for name in STATUS)
    return truthy(evaluate(found[1], contexts, status)) and (asks or status["success"])


def resolve(value: Any, contexts: Mapping[str, Any], status: Mapping[str, bool]) -> Any:
    """Replace every expression in a value; one that is the whole text keeps its type."""
    if isinstance(value, Mapping):
        return {key: resolve(item, contexts, status) for key, item in value.items()}
    if isinstance(value, list):
        return [resolve(item, contexts, status) for item in value]
    if not isinstance(value, str):
        return value
    whole = _INSIDE.fullmatch(value)
    if whole is not None:
        return evaluate(whole[1], contexts, status)
    return _INSIDE.sub(lambda found: shown(evaluate(found[1], contexts, status)), value)


def shown(value: Any) -> str:
    """A value as GitHub writes it into a text."""
    if value is None:
        return ""
    return json.dumps(value) if isinstance(value, bool | int) else str(value)


def truthy(value: Any) -> bool:
    """Whether GitHub takes a value for true."""
    return value not in (None, False, 0, "")


def _folded(value: Any) -> Any:
    """Texts are compared without regard to case; null equals an empty text."""
    return (value or "").casefold() if value is None or isinstance(value, str) else value
