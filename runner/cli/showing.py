"""Findings on stdout, in the format that was asked for, and in the job's summary under GitHub Actions."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from runner.cli.console import append_to_job_summary, show_result
from runner.cli.environment import variable
from runner.errors import ExitCode
from runner.model.finding import Finding, Severity
from runner.model.source import SourceFile
from runner.reports.findings_github import findings_github
from runner.reports.findings_json import findings_json
from runner.reports.findings_junit import findings_junit
from runner.reports.findings_markdown import findings_markdown
from runner.reports.findings_sarif import findings_sarif
from runner.reports.findings_text import findings_text

_FORMATS = {
    "text": findings_text,
    "json": findings_json,
    "github": findings_github,
    "markdown": findings_markdown,
    "sarif": findings_sarif,
    "junit": findings_junit,
}

findings_format_option = click.option(
    "--format",
    "format_",
    type=click.Choice(tuple(_FORMATS)),
    help="How findings are written; text, or github when GITHUB_ACTIONS is true.",
)


def show(findings: Sequence[Finding], files: Sequence[SourceFile], format_: str | None) -> ExitCode:
    """Write findings in ``files``, which were looked at, and return what they come to."""
    on_github = variable("GITHUB_ACTIONS") == "true"
    name = format_ or ("github" if on_github else "text")
    if name == "text":
        on_terminal = sys.stdout is not None and sys.stdout.isatty()
        colour = on_terminal and not variable("NO_COLOR")
        show_result(findings_text(findings, files, colour=colour))
    else:
        show_result(_FORMATS[name](findings, files))
    append_to_job_summary(findings_markdown(findings, files))
    errors = any(finding.severity is Severity.ERROR for finding in findings)
    return ExitCode.FINDINGS if errors else ExitCode.OK
