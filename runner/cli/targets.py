"""``purgectl targets``: the targets outside the sandbox, for a workflow to go through."""

from __future__ import annotations

import json
from pathlib import Path

import click

from runner.cli.worktree import find_root, read_files
from runner.documents.kinds import Kind
from runner.errors import ExitCode
from runner.model.finding import Severity
from runner.plan.tree import Tree, read_tree
from runner.reports.findings_text import findings_text

_PLACE = f"{Kind.TARGET.folder}/"


@click.command(
    "targets",
    epilog="""\b
Examples:
  purgectl targets                  one name a line
  purgectl targets --format json    one JSON array, for a workflow's matrix
""",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="One name a line, or one JSON array on one line.",
)
def command(form: str) -> int:
    """List the names of the targets outside the sandbox.

    A workflow runs `purgectl apply` for each of them. They are read from the files on disk. A
    file in policies/targets that is not valid fails the command, so that no target is left out
    in silence.
    """
    tree = read_tree(read_files(find_root(Path.cwd())))
    faults = _target_faults(tree)
    if faults:
        click.echo(faults, nl=False, err=True)
        return ExitCode.FINDINGS
    names = [name for name, target in sorted(tree.targets.items()) if not target.is_sandbox]
    if form == "json":
        click.echo(json.dumps(names, separators=(",", ":")))
    else:
        click.echo("".join(f"{name}\n" for name in names), nl=False)
    return ExitCode.OK


def _target_faults(tree: Tree) -> str:
    """Describe the errors of everything that is or hides a target; empty when there are none."""
    documents = [document for path, document in tree.documents.items() if _concerns_targets(path)]
    errors = [
        document.locate(fault)
        for document in documents
        for fault in tree.faults[document.source.path]
        if fault.severity is Severity.ERROR
    ]
    return findings_text(errors, [document.source for document in documents]) if errors else ""


def _concerns_targets(path: str) -> bool:
    """Whether a path is below the folder of targets, or stands where that folder should."""
    return path.startswith(_PLACE) or _PLACE.startswith(f"{path}/")
