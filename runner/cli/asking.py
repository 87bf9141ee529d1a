"""A document that somebody is asked for: answers from options or a terminal become its fields."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import click

from runner.cli.questions import BEFORE_ANY_ANSWER, Question
from runner.documents.kinds import NAME, Kind
from runner.errors import UsageError
from runner.model.json import Json, JsonObject
from runner.model.text import printable
from runner.plan.authoring import objections
from runner.plan.packs import Packs


@dataclass(frozen=True, slots=True)
class Blank:
    """A document that is still to be filled in, and what each answer is held against."""

    kind: Kind
    name: str
    questions: Sequence[Question]
    packs: Packs
    now: datetime
    optional: bool = False
    """Whether nobody need answer anything: then there is no such document."""


def on_a_terminal() -> bool:
    """Whether somebody is there to be asked."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def checked_name(name: str) -> str:
    """Return what can be the name of a document. Raises ``UsageError``."""
    if NAME.fullmatch(name) is None:
        raise UsageError(
            "this cannot be a name",
            where=printable(name),
            hint="use 1 to 63 lower-case letters, digits and inner hyphens",
        )
    return name


def options_of(questions: Sequence[Question]) -> list[click.Parameter]:
    """Return an option of the command line for each question."""
    return [
        click.Option(
            [f"--{question.option}", question.option.replace("-", "_")],
            metavar="TEXT",
            help=_help(question),
        )
        for question in questions
    ]


def answers_in(given: Mapping[str, str | None]) -> dict[str, str]:
    """Return what options say, by the option's name; what nobody said is left out."""
    return {name.replace("_", "-"): text for name, text in given.items() if text is not None}


def fields_of(blank: Blank, answers: dict[str, str], *, asking: bool) -> JsonObject:
    """Put the answers together, asking for what is missing; what was asked joins ``answers``.

    Raises ``UsageError`` naming every option that is missing where nobody can be asked.
    """
    fields = BEFORE_ANY_ANSWER[blank.kind]
    missing = []
    for question in blank.questions:
        if question.option not in answers and question.wanted(fields):
            if asking:
                answers[question.option] = _ask(blank, question, fields)
            elif question.default is None:
                missing.append(f"--{question.option}")
            else:
                answers[question.option] = question.default
        fields = _with(fields, question.values(answers.get(question.option, "")))
    require(missing)
    return fields


def require(missing: Sequence[str]) -> None:
    """Raise ``UsageError`` where options are missing."""
    if missing:
        raise UsageError(
            f"not everything that is needed was said: {', '.join(missing)}",
            hint="add these options, or run the command on a terminal, where it asks",
        )


def _help(question: Question) -> str:
    if question.default is None:
        return f"{question.words}, such as {question.example}"
    return f"{question.words} [{question.default}]" if question.default else question.words


def _ask(blank: Blank, question: Question, fields: JsonObject) -> str:
    """Ask until schema and rules have nothing against the answer."""
    such_as = f" (such as {question.example})" if question.example else ""
    while True:
        answer: str = click.prompt(
            f"{question.option}: {question.words}{such_as}",
            default=question.default,
            show_default=bool(question.default),
        ).strip()
        filled = _with(fields, question.values(answer))
        if blank.optional and not filled:
            return answer
        against = list(objections(blank.kind, blank.name, filled, question.pointer, blank.packs, blank.now))
        if not against:
            return answer
        for fault in against:
            click.echo(f"  {printable(fault.message)} ({printable(fault.hint)})")


def _with(fields: JsonObject, values: Mapping[str, Json]) -> JsonObject:
    for pointer, value in values.items():
        fields = _set(fields, pointer.split("/")[1:], value)
    return fields


def _set(fields: Json, keys: Sequence[str], value: Json) -> JsonObject:
    there = fields if isinstance(fields, Mapping) else {}
    first, *rest = keys
    return {**there, first: _set(there.get(first), rest, value) if rest else value}
