"""What a person sees: errors on stderr, results on stdout, foreign text made harmless."""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from contextlib import suppress
from pathlib import Path
from typing import TextIO

import click

from runner.cli.environment import variable
from runner.errors import ExitCode, PurgectlError
from runner.model.text import printable


def show_failure(error: BaseException) -> int:
    """Tell why a command ended and return its exit code; a stderr that is gone changes neither."""
    with suppress(OSError):
        if isinstance(error, PurgectlError):
            _show_error(error)
        elif isinstance(error, click.ClickException):
            error.show()
        elif isinstance(error, click.exceptions.Abort | KeyboardInterrupt):
            click.echo("purgectl: interrupted", err=True)
        else:
            _show_internal_error(error)
    if isinstance(error, PurgectlError):
        return int(error.exit_code)
    if isinstance(error, click.ClickException):
        return int(ExitCode.USAGE)
    interrupted = isinstance(error, click.exceptions.Abort | KeyboardInterrupt)
    return int(ExitCode.INTERRUPTED if interrupted else ExitCode.INTERNAL)


def _show_error(error: PurgectlError) -> None:
    """Print an error as what, where and what to do next."""
    click.secho("error: ", fg="red", bold=True, nl=False, err=True)
    click.echo(printable(error.message), err=True)
    if error.where:
        click.echo(f"  where: {printable(error.where)}", err=True)
    if error.hint:
        click.echo(f"  next:  {printable(error.hint)}", err=True)


def _show_internal_error(error: BaseException) -> None:
    """Keep the traceback in a file and tell where, because it is never user output."""
    click.secho("internal error: ", fg="red", bold=True, nl=False, err=True)
    click.echo(printable(f"{type(error).__name__}; this is a fault in purgectl"), err=True)
    try:
        handle, path = tempfile.mkstemp(prefix="purgectl-", suffix=".log")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            traceback.print_exception(error, file=file)
    except OSError:
        path = "the command line, and a temporary folder that can be written,"
    click.echo(f"  next:  report it with {path} and the command line", err=True)


def show_result(text: str) -> None:
    """Write a result to stdout. A reader that has gone changes nothing about what was done."""
    try:
        click.echo(text, nl=False)
    except OSError:
        silence(sys.stdout)


def silence(stream: TextIO | None) -> None:
    """Send what a broken stream still holds nowhere, so that the interpreter's end does not fail on it."""
    if stream is None:
        return
    with suppress(OSError, ValueError), Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), stream.fileno())


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
