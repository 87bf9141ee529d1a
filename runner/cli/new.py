"""``purgectl new``: a commented, valid file for a person to go on with."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from runner.cli.asking import Blank, answers_in, checked_name, fields_of, on_a_terminal, options_of
from runner.cli.clock import SystemClock
from runner.cli.history import known_purges
from runner.cli.questions import HOLD, POLICY, TARGET, Question
from runner.cli.worktree import create_file, find_root, read_files
from runner.documents.kinds import Kind
from runner.documents.reading import read
from runner.errors import ExitCode, UsageError
from runner.model.finding import Finding
from runner.model.source import SourceFile
from runner.plan.authoring import concerns, new_file
from runner.plan.packs import read_packs
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
        return _write(kind, name, questions, answers_in(given))

    return click.Command(
        word,
        params=[click.Argument(["name"]), *options_of(questions)],
        callback=run,
        help=f"Write {what}, NAME.yaml, in its place below policies/.",
        epilog="Exit codes: 0 written, 1 not written because a rule refuses it, 2 wrong command line.",
    )


command.add_command(_subcommand("policy", Kind.PURGE_POLICY, POLICY, "an order to purge"))
command.add_command(_subcommand("hold", Kind.LEGAL_HOLD, HOLD, "a legal hold"))
command.add_command(_subcommand("target", Kind.TARGET, TARGET, "a Genesys Cloud organisation"))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a document shall stand, and everything that stands there already."""

    root: Path
    sources: Sequence[SourceFile]

    def blank(self, kind: Kind, name: str, questions: Sequence[Question]) -> Blank:
        """Return what shall be filled in, under the packs of the tree."""
        packs = [read(each) for each in self.sources if each.path.startswith("policies/regulations/")]
        return Blank(kind, name, questions, read_packs(packs), SystemClock().now())

    def errors(self, file: SourceFile, blank: Blank) -> tuple[Finding, ...]:
        """Judge the file in its place in the whole tree."""
        tree = (*self.sources, file)
        return review(tree, now=blank.now, purges=known_purges(self.root, tree)).errors_of(file.path)


def _write(kind: Kind, name: str, questions: Sequence[Question], answers: dict[str, str]) -> int:
    root = find_root(Path.cwd())
    place = _Place(root, read_files(root))
    blank = place.blank(kind, checked_name(name), questions)
    path = root / kind.path(name)
    if os.path.lexists(path):
        raise UsageError("there is such a file already", where=str(path), hint="choose another name")
    asking = on_a_terminal()
    while True:
        file = new_file(kind, name, fields_of(blank, answers, asking=asking))
        findings = place.errors(file, blank)
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
