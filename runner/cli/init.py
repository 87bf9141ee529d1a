"""``purgectl init``: a new organisation's repository, ready to push."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click

from runner import __version__
from runner.cli.asking import Blank, answers_in, checked_name, fields_of, on_a_terminal, options_of, require
from runner.cli.clock import SystemClock
from runner.cli.files import read_bounded
from runner.cli.questions import APPROVERS, TARGET
from runner.cli.shipped_files import shipped_files
from runner.cli.worktree import create_file
from runner.documents.kinds import NAME, Kind
from runner.errors import ExitCode, UsageError
from runner.model.finding import Finding
from runner.model.json import JsonObject
from runner.model.source import EntryKind, SourceFile
from runner.model.target import Backend
from runner.model.text import printable
from runner.plan.authoring import new_file
from runner.plan.packs import read_packs
from runner.plan.review import review
from runner.reports.findings_text import findings_text
from runner.setup.organisation import OWNER, Organisation, Owners, first_policy
from runner.setup.template import SOURCES, repository
from runner.setup.wheel import LARGEST, Wheel, read_wheel

_TEAMS = {
    "compliance-team": "who approves orders to purge, such as @acme/compliance",
    "legal-team": "who approves holds and the law, such as @acme/legal",
    "platform-team": "who approves everything else, such as @acme/platform",
}
_FIRST_TARGET = tuple(
    replace(question, default=Backend.RECORDING_JOBS.value) if question.option == "backend" else question
    for question in TARGET
)


def _run(folder: Path, target: str | None, wheel: Path, **given: str | None) -> int:
    _require_empty(folder)
    pinned = _wheel(wheel)
    answers, asking, now = answers_in(given), on_a_terminal(), SystemClock().now()
    name = _target_name(target, asking=asking)
    owners = _owners(answers, asking=asking)
    documents = tuple(_documents(name, answers, now, asking=asking))
    files = repository(shipped_files(SOURCES), Organisation(name, documents, owners, pinned))
    if findings := _errors(files, now):
        click.echo(findings_text(findings, documents), nl=False)
        click.echo("Nothing was written.", err=True)
        return ExitCode.FINDINGS
    for path, data in files.items():
        create_file(folder / path, data)
    click.echo("\n".join(_next_steps(folder, len(files), documents)))
    return ExitCode.OK


command = click.Command(
    "init",
    params=[
        click.Argument(["folder"], metavar="DIR", type=click.Path(path_type=Path)),
        click.Option(
            ["--wheel"],
            required=True,
            metavar="FILE",
            type=click.Path(path_type=Path),
            help=f"The wheel of purgectl {__version__} that the new repository pins.",
        ),
        click.Option(["--target"], metavar="NAME", help="The name of its first target, such as bank-eu."),
        *(click.Option([f"--{team}"], metavar="OWNER", help=words) for team, words in _TEAMS.items()),
        *options_of(APPROVERS),
        *options_of(_FIRST_TARGET),
    ],
    callback=_run,
    help="""Make a repository for an organisation's policies, in an empty folder DIR.

It holds the workflows of this version, which install the wheel given and everything that it needs by
their hashes, the law as data, schemas and documents, a first target, and a first policy that only
counts. A folder that holds anything but .git is left alone.

On a terminal it asks for what the options do not say, and checks every answer at once. Elsewhere every
answer that is needed is an option.""",
    epilog="""\b
Examples:
  purgectl init purge-policies --wheel purgectl-VERSION-py3-none-any.whl
  purgectl init . --wheel ../purgectl-VERSION-py3-none-any.whl \\
    --target bank-eu --region eu-central-1 \\
    --organization-id 0f6f3a52-8a0e-4a8f-9f39-3f1d4c1b7a10 \\
    --log-origin audit.example.com/acme/purges \\
    --compliance-team @acme/compliance --legal-team @acme/legal \\
    --platform-team @acme/platform
Exit codes: 0 written; 1 not written because a rule refuses it; 2 wrong
command line, a folder that is not empty, or no wheel of this version.
""",
)


def _require_empty(folder: Path) -> None:
    """Raise ``UsageError`` where anything stands already, beside a repository without files."""
    if not folder.exists() and not folder.is_symlink():
        return
    try:
        there = {path.name for path in folder.iterdir()}
    except OSError as error:
        raise UsageError(
            f"is no folder to write into: {error.strerror}",
            where=printable(str(folder)),
            hint="name a folder that does not exist yet, or an empty one",
        ) from None
    if there - {".git"}:
        raise UsageError(
            "this folder is not empty, and was left as it is",
            where=printable(str(folder)),
            hint="name a folder that does not exist yet, or an empty one",
        )


def _wheel(path: Path) -> Wheel:
    """Read the wheel, which must be of this very version: the files around it are. Raises ``UsageError``."""
    where = printable(str(path))
    if not path.is_file():
        raise UsageError(
            "there is no such file", where=where, hint="name the wheel that this purgectl was installed from"
        )
    try:
        wheel = read_wheel(path.name, read_bounded(path, LARGEST))
    except ValueError as error:
        raise UsageError(f"the file {error}", where=where, hint="take it from a release") from None
    if wheel.version != __version__:
        raise UsageError(
            f"the wheel is of version {wheel.version}, and this is {__version__}",
            where=where,
            hint="install that version, and call its purgectl init",
        )
    return wheel


def _target_name(given: str | None, *, asking: bool) -> str:
    if given is not None:
        return checked_name(given)
    require([] if asking else ["--target"])
    while True:
        answer: str = click.prompt("target: the name of the first target (such as bank-eu)").strip()
        if NAME.fullmatch(answer):
            return answer
        click.echo("  use 1 to 63 lower-case letters, digits and inner hyphens")


def _owners(answers: Mapping[str, str], *, asking: bool) -> Owners:
    require([] if asking else [f"--{team}" for team in _TEAMS if team not in answers])
    return Owners(*(_owner(team, answers.get(team)) for team in _TEAMS))


def _owner(team: str, given: str | None) -> str:
    """Return an owner as CODEOWNERS names one, asking where none is given. Raises ``UsageError``."""
    if given is not None and OWNER.fullmatch(given) is None:
        raise UsageError(
            "this is no owner",
            where=printable(f"--{team} {given}"),
            hint="write @organisation/team or @login",
        )
    while given is None:
        answer: str = click.prompt(f"{team}: {_TEAMS[team]}").strip()
        if OWNER.fullmatch(answer):
            given = answer
        else:
            click.echo("  write @organisation/team or @login")
    return given


def _documents(name: str, answers: dict[str, str], now: datetime, *, asking: bool) -> Iterator[SourceFile]:
    """Yield the first target, a policy that observes it, and the approvers where any were named."""
    packs = read_packs(())
    fields = fields_of(Blank(Kind.TARGET, name, _FIRST_TARGET, packs, now), answers, asking=asking)
    yield new_file(Kind.TARGET, name, fields)
    policy, asked = first_policy(name, now)
    yield new_file(Kind.PURGE_POLICY, policy, asked)
    roles: JsonObject = fields_of(
        Blank(Kind.APPROVERS, "approvers", APPROVERS, packs, now, optional=True), answers, asking=asking
    )
    if roles:
        yield new_file(Kind.APPROVERS, "approvers", roles)


def _errors(files: Mapping[str, bytes], now: datetime) -> tuple[Finding, ...]:
    """Judge the new repository as ``validate`` would."""
    sources = [
        SourceFile(path, EntryKind.FILE, data, len(data))
        for path, data in files.items()
        if path.startswith("policies/")
    ]
    return review(sources, now=now).errors


def _next_steps(folder: Path, count: int, documents: Iterable[SourceFile]) -> Iterator[str]:
    yield f"wrote {count} files to {printable(str(folder))}:"
    yield from (f"  {each.path}" for each in documents)
    yield "next: docs/setup.md there, from its step 2 on: push everything but policies/ to main, and"
    yield "      propose policies/ as a pull request, because nothing is purged by what nobody reviewed"
