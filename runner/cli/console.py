"""What a person sees: errors on stderr, results on stdout, foreign text made harmless."""

from __future__ import annotations

import os
import tempfile
import traceback
from pathlib import Path

import click

from runner.cli.environment import variable
from runner.errors import PurgectlError
from runner.model.text import printable


def show_error(error: PurgectlError) -> None:
    """Print an error as what, where and what to do next."""
    click.secho("error: ", fg="red", bold=True, nl=False, err=True)
    click.echo(printable(error.message), err=True)
    if error.where:
        click.echo(f"  where: {printable(error.where)}", err=True)
    if error.hint:
        click.echo(f"  next:  {printable(error.hint)}", err=True)


def show_internal_error(error: Exception) -> None:
    """Keep the traceback in a file and tell where, because it is never user output."""
    handle, path = tempfile.mkstemp(prefix="purgectl-", suffix=".log")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        traceback.print_exception(error, file=file)
    click.secho("internal error: ", fg="red", bold=True, nl=False, err=True)
    click.echo(printable(f"{type(error).__name__}; this is a fault in purgectl"), err=True)
    click.echo(f"  next:  report it with {Path(path)} and the command line", err=True)


def append_to_job_summary(markdown: str) -> None:
    """Add to the page that GitHub Actions shows of a job; elsewhere, do nothing.

    The same stands on stdout already, so a summary that cannot be written is only told.
    """
    path = variable("GITHUB_STEP_SUMMARY")
    if not path:
        return
    try:
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(markdown)
    except OSError as error:
        click.echo(printable(f"the job summary cannot be written: {error}"), err=True)
