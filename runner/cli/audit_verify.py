"""``purgectl audit verify``: the log against its signatures, offline."""

from __future__ import annotations

from pathlib import Path

import click

from runner.audit.checkpoint import BadCheckpoint, root_from_text
from runner.audit.verify import Expectation, verify
from runner.cli.audit_place import find_log, repo_option, vkey_option
from runner.cli.console import show_result
from runner.cli.options import format_option, target_option
from runner.errors import ExitCode
from runner.reports.verification_json import verification_json
from runner.reports.verification_text import verification_text


def _expectations(
    ctx: click.Context, parameter: click.Parameter, values: tuple[str, ...]
) -> tuple[Expectation, ...]:
    del ctx, parameter
    return tuple(_expectation(value) for value in values)


def _expectation(value: str) -> Expectation:
    size, _, root = value.partition(":")
    try:
        if not (size.isascii() and size.isdigit() and len(size) < 16):
            raise BadCheckpoint("the size must be a whole number")
        return Expectation(int(size), root_from_text(root))
    except BadCheckpoint as error:
        raise click.BadParameter(f"{error}; give SIZE:ROOT as a checkpoint states them") from None


@click.command(
    "verify",
    short_help="Check records, signatures and history of a log.",
    epilog="""\b
Examples:
  purgectl audit verify --target sandbox
  purgectl audit verify --target sandbox --vkey "$(cat noted-key.txt)"
  purgectl audit verify --target sandbox --expect "$(cat noted-root.txt)"
\b
Exit codes:
  0 the log is whole   6 it is not, and where   9 it could not be checked
""",
)
@target_option
@repo_option
@vkey_option
@click.option(
    "--expect",
    multiple=True,
    metavar="SIZE:ROOT",
    callback=_expectations,
    help="What somebody outside remembers of an earlier checkpoint; it must be a prefix of the log.",
)
@format_option
def command(
    target: str, repo: Path, vkey: tuple[str, ...], expect: tuple[Expectation, ...], form: str
) -> int:
    """Verify the log of a target: every record, every signature, the whole history.

    It reads git objects of this clone and nothing else: no network, no credentials, no clock. The
    branch is origin/audit/NAME as last fetched, or a local audit/NAME.
    """
    log = find_log(repo, target, vkey)
    verification = verify(log.repository, log.commit, log.trust, expect)
    if form == "json":
        show_result(verification_json(verification, log.ref))
    else:
        show_result(verification_text(verification, log.ref, log.keys_from))
    return int(ExitCode.OK if verification.holds else ExitCode.LOG_BROKEN)
