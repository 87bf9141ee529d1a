"""What a person sees: errors on stderr, results on stdout, foreign text made harmless."""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from pathlib import Path

import click

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


def on_terminal() -> bool:
    """Whether a person is watching the progress."""
    return sys.stderr.isatty()
