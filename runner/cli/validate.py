"""``purgectl validate``: schema and every rule that needs no credentials, on the work tree."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click

from runner.cli.chosen import choose
from runner.cli.clock import SystemClock
from runner.cli.console import append_to_job_summary
from runner.cli.environment import variable
from runner.cli.history import known_purges
from runner.errors import ExitCode
from runner.model.finding import Severity
from runner.model.time import parse_instant
from runner.plan.review import review
from runner.reports.findings_github import findings_github
from runner.reports.findings_json import findings_json
from runner.reports.findings_markdown import findings_markdown
from runner.reports.findings_text import findings_text

_FORMATS = {
    "text": findings_text,
    "json": findings_json,
    "github": findings_github,
    "markdown": findings_markdown,
}


def _instant(ctx: click.Context, parameter: click.Parameter, value: str | None) -> datetime | None:
    """Read ``--as-of``; a day alone means its first instant in UTC."""
    del ctx, parameter
    if value is None:
        return None
    try:
        return parse_instant(value if "T" in value else f"{value}T00:00:00Z")
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


@click.command(epilog="Exit codes: 0 no errors (warnings are allowed), 1 errors, 2 wrong command line.")
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--format",
    "format_",
    type=click.Choice(tuple(_FORMATS)),
    help="How findings are written; text, or github when GITHUB_ACTIONS is true.",
)
@click.option(
    "--as-of", metavar="DATE-TIME", callback=_instant, help="Judge as if it were this day or instant."
)
def command(paths: tuple[Path, ...], format_: str | None, as_of: datetime | None) -> int:
    """Check policies, holds and targets against schema and rules; no credentials needed.

    The whole of policies/ is always judged together, and with the logs that were last fetched into
    this clone. With PATHs only findings in those files and folders are shown and decide. A policy
    file outside policies/ is judged as if it stood in policies/purges/.

    \b
    Examples:
      purgectl validate
      purgectl validate policies/purges/billing-voice-2018.yaml
      purgectl validate docs/examples/refused-2022-hipaa.yaml
      purgectl validate --as-of 2030-02-13
      purgectl validate --format json > findings.json
    """
    chosen = choose(Path.cwd(), paths)
    purges = known_purges(Path.cwd(), chosen.sources)
    judged = review(chosen.sources, now=as_of or SystemClock().now(), purges=purges)
    findings = chosen.findings(judged.findings)
    files = chosen.files
    on_github = variable("GITHUB_ACTIONS") == "true"
    name = format_ or ("github" if on_github else "text")
    if name == "text":
        colour = sys.stdout.isatty() and not variable("NO_COLOR")
        click.echo(findings_text(findings, files, colour=colour), nl=False)
    else:
        click.echo(_FORMATS[name](findings, files), nl=False)
    append_to_job_summary(findings_markdown(findings, files))
    errors = any(finding.severity is Severity.ERROR for finding in findings)
    return ExitCode.FINDINGS if errors else ExitCode.OK
