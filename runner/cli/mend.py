"""Formatting mended in the work tree, for ``purgectl validate --fix``."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from runner.cli.worktree import replace_file
from runner.documents.mending import mended
from runner.documents.reading import read
from runner.model.source import SourceFile
from runner.model.text import printable


def mend(root: Path, files: Iterable[SourceFile]) -> None:
    """Write each file whose formatting can be mended, and say so on stderr.

    ``files`` are relative to ``root``, or absolute.
    """
    for file in files:
        data = mended(read(file))
        if data is not None:
            replace_file(root / file.path, data)
            click.echo(f"mended {printable(file.path)}", err=True)
