"""``purgectl doctor``: whether everything around a purge is set up, and how to mend what is not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from runner.cli.audit_key import VARIABLE
from runner.cli.backend import connected
from runner.cli.clock import SystemClock, jitter
from runner.cli.console import show_result
from runner.cli.environment import forge_access, variable
from runner.cli.files import read_bounded
from runner.cli.forge import reading
from runner.cli.history import known_purges
from runner.cli.network import route
from runner.cli.options import allow_host_option, format_option, optional_target_name
from runner.cli.worktree import LONGEST_READ, find_root, read_files
from runner.documents.kinds import Kind
from runner.errors import Refused, RemoteFailure, UsageError
from runner.forge.setup import read_setup
from runner.genesys.inspection import inspect
from runner.merkle.keys import BadKey, Signer, Verifier
from runner.model.json import JsonObject
from runner.model.strict_json import parse_object
from runner.model.target import Target
from runner.model.text import printable
from runner.net.retry import Effect
from runner.net.transport import Setting
from runner.plan.review import Review, review
from runner.reports.doctor_json import doctor_json
from runner.reports.doctor_text import doctor_text
from runner.setup import requirements as must
from runner.setup.check import Area, Check, exit_code
from runner.setup.file_checks import SCHEMAS, Files, file_checks
from runner.setup.github_checks import github_checks
from runner.setup.platform_checks import entries_in_use, platform_checks
from runner.setup.wanted import Wanted

RULESETS = ".github/rulesets"


@click.command(
    epilog="""\b
Examples:
  purgectl doctor
  purgectl doctor --only files --only github
  purgectl doctor --target bank-eu --format json
Exit codes: 0 all is well; 2 wrong command line; 3 something is wrong; 6 a log
does not verify; 9 something could not be checked, and nothing is known to be
wrong.
"""
)
@click.option(
    "--target",
    metavar="NAME",
    callback=optional_target_name,
    help="Only this target, as in policies/targets/NAME.yaml; else all outside the sandbox.",
)
@click.option(
    "--only",
    multiple=True,
    type=click.Choice([area.value for area in Area]),
    help="Ask about this alone; may be given more than once.",
)
@format_option
@allow_host_option
def command(target: str | None, only: tuple[str, ...], form: str, allow_host: tuple[str, ...]) -> int:
    """Look at the files, at GitHub's settings and at the platform, and say what is missing.

    It only reads. GitHub is asked with GITHUB_TOKEN and GITHUB_REPOSITORY; of secrets
    it is told the names alone. The files are those on disk. Each thing that is wrong
    comes with the setting or the call that mends it, and what could not be looked at
    is never called well.
    """
    asked = tuple(area for area in Area if not only or area.value in only)
    root = find_root(Path.cwd())
    sources = read_files(root)
    judged = review(sources, now=SystemClock().now(), purges=known_purges(root, sources))
    targets = _targets(judged, target)
    looking = {
        Area.FILES: lambda: file_checks(_files(root, judged, targets), SystemClock().now()),
        Area.GITHUB: lambda: _github(Wanted(targets, _rulesets(root)), allow_host),
        Area.PLATFORM: lambda: _platforms(judged, targets, allow_host),
    }
    checks = [check for area in asked for check in looking[area]()]
    show_result(doctor_text(checks, asked) if form == "text" else doctor_json(checks, asked))
    return exit_code(checks)


def _targets(judged: Review, name: str | None) -> tuple[Target, ...]:
    """Return the target that was named, or all outside the sandbox. Raises ``UsageError``."""
    if name is None:
        return tuple(target for _, target in sorted(judged.targets.items()) if not target.is_sandbox)
    if name not in judged.targets:
        raise UsageError(
            "there is no valid target of this name",
            where=printable(Kind.TARGET.path(name)),
            hint="check the name, and run purgectl validate",
        )
    return (judged.targets[name],)


def _files(root: Path, judged: Review, targets: tuple[Target, ...]) -> Files:
    copies = {name: _copy(root / "schemas" / f"{name}.schema.json") for name in SCHEMAS}
    return Files(judged, targets, copies, _signing_key())


def _copy(path: Path) -> bytes | None:
    return read_bounded(path, LONGEST_READ) if path.is_file() else None


def _signing_key() -> Verifier | str | None:
    text = variable(VARIABLE)
    try:
        return Signer.parse(text).verifier if text else None
    except BadKey as error:
        return str(error)


def _rulesets(root: Path) -> Mapping[str, JsonObject]:
    """Read the files that say what the rulesets must be. Raises ``UsageError`` for a broken one."""
    found = {}
    for path in sorted((root / RULESETS).glob("*.json")):
        shown = f"{RULESETS}/{path.name}"
        try:
            found[shown] = parse_object(read_bounded(path, LONGEST_READ))
        except ValueError as error:
            raise UsageError(
                f"the file {error}", where=printable(shown), hint="put it back as it was"
            ) from None
    return found


def _github(wanted: Wanted, allow_host: tuple[str, ...]) -> Iterator[Check]:
    """Ask GitHub; where that cannot be, say so in one check."""
    try:
        access, setting = forge_access(), Setting(SystemClock(), jitter, route())
        # Nothing is purged on what is heard here, so a stand-in on loopback may speak as well.
        with reading(access, setting, allow_host, sandbox=True) as github:
            facts = read_setup(github, access.repository, {each.name for each in wanted.environments})
    except (UsageError, RemoteFailure) as error:
        yield must.GITHUB.not_checked("GitHub", error.message, error.hint)
        return
    yield from github_checks(facts, wanted)


def _platforms(judged: Review, targets: tuple[Target, ...], allow_host: tuple[str, ...]) -> Iterator[Check]:
    if not targets:
        yield must.CREDENTIALS.not_checked(
            "platforms", "there is no target to ask", "purgectl new target NAME"
        )
    for target in targets:
        yield from _platform(judged, target, allow_host)


def _platform(judged: Review, target: Target, allow_host: tuple[str, ...]) -> Iterator[Check]:
    """Ask the platform of a target; where that cannot be, say so in one check."""
    clock, subject = SystemClock(), f"client of {target.name}"
    setting = Setting(clock, jitter, route())
    try:
        with connected(target, allow_host, setting, Effect.SAFE) as connection:
            facts = inspect(connection)
    except Refused as error:
        yield must.CREDENTIALS.wrong(subject, error.message, error.hint)
    except (UsageError, RemoteFailure) as error:
        yield must.CREDENTIALS.not_checked(subject, error.message, error.hint)
    else:
        now = clock.now()
        yield from platform_checks(target, facts, entries_in_use(judged, target.name, now), now)
