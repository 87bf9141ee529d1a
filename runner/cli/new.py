"""``purgectl new``: a commented, valid file for a person to go on with."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import click

from runner.cli.clock import SystemClock
from runner.cli.history import known_purges
from runner.cli.questions import BEFORE_ANY_ANSWER, HOLD, POLICY, TARGET, Question
from runner.cli.worktree import create_file, find_root, read_tree
from runner.documents.kinds import NAME, Kind
from runner.documents.reading import read
from runner.errors import ExitCode, UsageError
from runner.model.finding import Finding
from runner.model.json import Json, JsonObject
from runner.model.source import SourceFile
from runner.model.text import printable
from runner.plan.authoring import concerns, new_file, objections
from runner.plan.packs import Packs, read_packs
from runner.plan.review import review
from runner.reports.findings_text import findings_text


@click.group(
    epilog="""\b
Examples:
  purgectl new policy billing-voice-2018
  purgectl new hold matter-2026-007 --type litigation --issued-by legal
  purgectl new target bank-eu --region eu-central-1
""",
)
def command() -> None:
    """Write a new policy, hold or target: commented, valid, and never over another file.

    On a terminal it asks for what the options do not say, and checks every answer at once.
    Elsewhere every answer that is needed is an option.
    """


def _subcommand(word: str, kind: Kind, questions: Sequence[Question], what: str) -> click.Command:
    def run(name: str, **given: str | None) -> int:
        return _write(kind, name, questions, {key.replace("_", "-"): text for key, text in given.items()})

    options: list[click.Parameter] = [
        click.Option(
            [f"--{question.option}", question.option.replace("-", "_")],
            metavar="TEXT",
            help=_help(question),
        )
        for question in questions
    ]
    return click.Command(
        word,
        params=[click.Argument(["name"]), *options],
        callback=run,
        help=f"Write {what}, NAME.yaml, in its place below policies/.",
        epilog="Exit codes: 0 written, 1 not written because a rule refuses it, 2 wrong command line.",
    )


def _help(question: Question) -> str:
    if question.default is None:
        return f"{question.words}, such as {question.example}"
    return f"{question.words} [{question.default}]" if question.default else question.words


command.add_command(_subcommand("policy", Kind.PURGE_POLICY, POLICY, "an order to purge"))
command.add_command(_subcommand("hold", Kind.LEGAL_HOLD, HOLD, "a legal hold"))
command.add_command(_subcommand("target", Kind.TARGET, TARGET, "a Genesys Cloud organisation"))


@dataclass(frozen=True, slots=True)
class _Order:
    """What shall be written, and what an answer is held against."""

    kind: Kind
    name: str
    questions: Sequence[Question]
    root: Path
    sources: Sequence[SourceFile]
    now: datetime

    @property
    def packs(self) -> Packs:
        """The regulation packs of the tree."""
        folder = "policies/regulations/"
        return read_packs([read(source) for source in self.sources if source.path.startswith(folder)])

    def file(self, fields: JsonObject) -> SourceFile:
        """Return the file with these fields."""
        return new_file(self.kind, self.name, fields)

    def errors(self, file: SourceFile) -> tuple[Finding, ...]:
        """Judge the file in its place in the whole tree."""
        tree = (*self.sources, file)
        return review(tree, now=self.now, purges=known_purges(self.root, tree)).errors_of(file.path)


def _write(kind: Kind, name: str, questions: Sequence[Question], given: Mapping[str, str | None]) -> int:
    root = find_root(Path.cwd())
    order = _Order(kind, _checked(name), questions, root, read_tree(root), SystemClock().now())
    path = root / order.file({}).path
    if os.path.lexists(path):
        raise UsageError("there is such a file already", where=str(path), hint="choose another name")
    asking = sys.stdin.isatty() and sys.stdout.isatty()
    answers = {option: text for option, text in given.items() if text is not None}
    while True:
        file = order.file(_fields(order, answers, asking=asking))
        findings = order.errors(file)
        if not findings:
            create_file(path, file.data)
            click.echo("\n".join(_next_steps(file.path, kind)))
            return ExitCode.OK
        click.echo(findings_text(findings, [file]), nl=False)
        doubtful = [q.option for q in questions if any(concerns(f.path, q.pointer) for f in findings)]
        if not asking or not doubtful:
            click.echo("Nothing was written.", err=True)
            return ExitCode.FINDINGS
        for option in doubtful:
            answers.pop(option, None)


def _checked(name: str) -> str:
    if NAME.fullmatch(name) is None:
        raise UsageError(
            "this cannot be a name",
            where=printable(name),
            hint="use 1 to 63 lower-case letters, digits and inner hyphens",
        )
    return name


def _fields(order: _Order, answers: dict[str, str], *, asking: bool) -> JsonObject:
    """Put the answers together, asking for what is missing; what was asked joins ``answers``.

    Raises ``UsageError`` naming every option that is missing where nobody can be asked.
    """
    fields = BEFORE_ANY_ANSWER[order.kind]
    packs = order.packs
    missing = []
    for question in order.questions:
        if question.option not in answers and question.wanted(fields):
            if asking:
                answers[question.option] = _ask(order, question, fields, packs)
            elif question.default is None:
                missing.append(f"--{question.option}")
            else:
                answers[question.option] = question.default
        fields = _with(fields, question.values(answers.get(question.option, "")))
    if missing:
        raise UsageError(
            f"not everything that is needed was said: {', '.join(missing)}",
            hint="add these options, or run the command on a terminal, where it asks",
        )
    return fields


def _ask(order: _Order, question: Question, fields: JsonObject, packs: Packs) -> str:
    """Ask until schema and rules have nothing against the answer."""
    such_as = f" (such as {question.example})" if question.example else ""
    while True:
        answer: str = click.prompt(
            f"{question.option}: {question.words}{such_as}",
            default=question.default,
            show_default=bool(question.default),
        ).strip()
        filled = _with(fields, question.values(answer))
        against = list(objections(order.kind, order.name, filled, question.pointer, packs, order.now))
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


def _next_steps(path: str, kind: Kind) -> Iterator[str]:
    yield f"wrote {path}"
    yield f"next: read it, then purgectl validate {path}"
    if kind is Kind.PURGE_POLICY:
        yield f"      purgectl explain {path} says what it deletes and what is missing"
    if kind is Kind.LEGAL_HOLD:
        yield "      purgectl validate lists every policy that it stops; it works once it is on main"
    if kind is Kind.TARGET:
        yield f"      purgectl audit keygen --target {Path(path).stem} --write makes the key of its log"
    yield "      propose it as a pull request"
