"""``purgectl validate``: schema and every rule that needs no credentials, on the work tree."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from runner.cli.base import changed_beside, policies_at
from runner.cli.clock import SystemClock
from runner.cli.history import known_purges
from runner.cli.mend import mend
from runner.cli.options import as_of_option
from runner.cli.path_arguments import choose
from runner.cli.showing import findings_format_option, show
from runner.cli.worktree import find_root
from runner.model.source import SourceFile
from runner.plan.change import review_change
from runner.plan.review import Review, review


@click.command(epilog="Exit codes: 0 no errors (warnings are allowed), 1 errors, 2 wrong command line.")
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(path_type=Path))
@findings_format_option
@as_of_option
@click.option(
    "--base",
    metavar="REV",
    help="Answer for what differs from this commit; what that causes elsewhere becomes a note.",
)
@click.option("--fix", is_flag=True, help="First mend formatting in the files, and nothing that they say.")
def command(
    paths: tuple[Path, ...], format_: str | None, as_of: datetime | None, base: str | None, fix: bool
) -> int:
    """Check policies, holds and targets against schema and rules; no credentials needed.

    The whole of policies/ is always judged together, and with the logs that were last fetched into
    this clone. With PATHs only findings in those files and folders are shown and decide. A policy
    file outside policies/ is judged as if it stood in policies/purges/.

    With --base, findings in changed files and errors of form or schema anywhere decide, and so does
    a hold whose file is deleted, and a change of policies and code at once. Policies that the change
    makes refusable are listed as notes.

    \b
    Examples:
      purgectl validate
      purgectl validate policies/purges/billing-voice-2018.yaml
      purgectl validate docs/examples/refused-2022-hipaa.yaml
      purgectl validate --as-of 2030-02-13
      purgectl validate --base origin/main
      purgectl validate --fix
      purgectl validate --format json > findings.json
      purgectl validate --format sarif > findings.sarif
    """
    chosen = choose(Path.cwd(), paths)
    if fix:
        mend(find_root(Path.cwd()), chosen.files)
        chosen = choose(Path.cwd(), paths)
    judged = _judge(chosen.sources, as_of or SystemClock().now(), base)
    return show(chosen.findings(judged.findings), chosen.files, format_)


def _judge(sources: Sequence[SourceFile], now: datetime, base: str | None) -> Review:
    purges = known_purges(Path.cwd(), sources)
    if base is None:
        return review(sources, now=now, purges=purges)
    root = find_root(Path.cwd())
    beside = changed_beside(root, base)
    return review_change(policies_at(root, base), sources, now=now, purges=purges, beside=beside)
