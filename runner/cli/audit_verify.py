"""``purgectl audit verify``: the log against its signatures, offline."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import click

from runner.audit.memory import Expectation
from runner.branch.verify import Verification, verify
from runner.cli.audit_place import find_log, repo_option, vkey_option
from runner.cli.console import show_result
from runner.cli.expectations import expect_option
from runner.cli.options import format_option, target_option
from runner.errors import ExitCode, NotVerified
from runner.merkle import checkpoint
from runner.reports.verification_json import verification_json
from runner.reports.verification_text import verification_text

_LARGEST_NOTE = 64 * 1024


@click.command(
    "verify",
    short_help="Check records, signatures and history of a log.",
    epilog="""\b
Examples:
  purgectl audit verify --target sandbox
  purgectl audit verify --target sandbox --vkey "$(cat noted-key.txt)"
  purgectl audit verify --target sandbox --expect "$(cat noted-root.txt)"
  purgectl audit verify --target sandbox --since last-months-checkpoint
\b
Exit codes:
  0 the log is whole   6 it is not, and where   9 it could not be checked
""",
)
@target_option
@repo_option
@vkey_option
@expect_option
@click.option(
    "--since",
    metavar="FILE|SIZE:ROOT",
    help="A checkpoint that you have verified before: only what came after it is checked.",
)
@format_option
def command(
    target: str,
    repo: Path,
    vkey: tuple[str, ...],
    expect: tuple[Expectation, ...],
    since: str | None,
    form: str,
) -> int:
    """Verify the log of a target: every record, every signature, the whole history.

    It reads git objects of this clone and nothing else: no network, no credentials, no clock. The
    branch is origin/audit/NAME as last fetched, or a local audit/NAME. Where the branch does not
    have the checkpoint that --since names, everything is checked.
    """
    log = find_log(repo, target, vkey)
    start = None if since is None else _start(since, log.trust.origin)
    verification = verify(log.repository, log.commit, log.trust, expect, start)
    if form == "json":
        show_result(verification_json(verification, log.ref))
    else:
        show_result(verification_text(verification, log.ref, log.keys_from))
    return int(_exit_code(verification))


def _start(given: str, origin: str) -> Expectation:
    """Read a checkpoint, or the file of one. Raises ``NotVerified``."""
    with suppress(ValueError):
        return Expectation.parse(given)
    try:
        with Path(given).open("rb") as file:
            stated = checkpoint.parse(file.read(_LARGEST_NOTE), origin).checkpoint
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise NotVerified(
            f"--since names no checkpoint of this log: {reason}",
            where=given,
            hint="give SIZE:ROOT, or a file with the checkpoint as the branch had it",
        ) from None
    return Expectation(stated.size, stated.root)


def _exit_code(verification: Verification) -> ExitCode:
    if verification.problems:
        return ExitCode.LOG_BROKEN
    return ExitCode.NOT_VERIFIED if verification.unproven else ExitCode.OK
