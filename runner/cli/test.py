"""``purgectl test``: the examples of the regulation packs, and the cases beside policies."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from runner.cli.clock import SystemClock
from runner.cli.options import as_of_option
from runner.cli.showing import findings_format_option, show
from runner.cli.worktree import find_root, read_files
from runner.plan.policy_tests import run_tests


@click.command(epilog="Exit codes: 0 all come out as they say, 1 something does not, 2 wrong command line.")
@findings_format_option
@as_of_option
@click.option(
    "--mutate", is_flag=True, help="Also make each number of the packs a day longer and shorter, and see."
)
def command(format_: str | None, as_of: datetime | None, mutate: bool) -> int:
    """Try the examples of the regulation packs and the cases in policies/tests; no credentials needed.

    Each example says what must be found in it, and anything else fails: a finding that is missing,
    one too many, an entry without an example, an example that its entry does not reach. Without a
    core pack in policies/regulations, the one that came with purgectl is tried.

    With --mutate, a number that could be off by a day without any example noticing fails too.

    \b
    Examples:
      purgectl test
      purgectl test --mutate
      purgectl test --as-of 2027-06-01
    """
    sources = read_files(find_root(Path.cwd()))
    tried = run_tests(sources, now=as_of or SystemClock().now(), mutate=mutate)
    figures = f"{tried.tried:,} examples and cases tried"
    if mutate:
        figures += f", {tried.mutated:,} numbers put off by a day"
    click.echo(figures, err=True)
    return show(tried.findings, tried.files, format_)
