"""The plan of a change, for ``purgectl plan --base``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from runner.cli.approvals_so_far import with_approvals
from runner.cli.base import snapshot_at
from runner.cli.clock import SystemClock
from runner.cli.console import append_to_job_summary, show_result
from runner.cli.history import histories
from runner.cli.path_arguments import choose
from runner.cli.progress import watcher
from runner.cli.wiring import reader
from runner.cli.worktree import find_root, replace_file
from runner.documents.figures import with_expected
from runner.documents.kinds import Kind
from runner.documents.reading import read
from runner.errors import ExitCode, UsageError
from runner.model.policy import Expected
from runner.model.settings import PLAN_DRIFT_PERCENT
from runner.plan.figures import Count, counting, not_asked
from runner.plan.proposal import Proposal, Proposed, Snapshot, Touch, propose
from runner.plan.tree import read_tree
from runner.reports.proposal_json import proposal_json
from runner.reports.proposal_markdown import proposal_markdown
from runner.reports.proposal_text import proposal_text
from runner.rules.execution import SCP_004

FORMATS = {"text": proposal_text, "json": proposal_json, "markdown": proposal_markdown}


def plan_change(
    base: str,
    head: str | None,
    target: str | None,
    form: str,
    allow_host: tuple[str, ...],
    *,
    write: bool,
    pull: int | None = None,
) -> ExitCode:
    """Show what the change from ``base`` to ``head`` (``None``: the files on disk) would make run.

    With a ``target`` its orders are counted, by the credentials in the environment, under the file
    that it has at ``base``: a change must not say where its own credential goes. ``write`` puts the
    counts into the files on disk. ``pull`` is the pull request whose approvals count already.
    """
    root = find_root(Path.cwd())
    before = snapshot_at(root, base)
    after = _on_disk() if head is None else snapshot_at(root, head, "--head")
    known = histories(Path.cwd(), before.files)
    clock = SystemClock()
    now = clock.now()
    with _counting(before, target, allow_host) as count:
        proposal = propose(before, after, known, now, count)
        if write and _write(root, proposal, target):
            proposal = propose(before, _on_disk(), known, now, count)
    if pull is not None:
        proposal = with_approvals(proposal, before, pull, allow_host)
    show_result(FORMATS[form](proposal))
    append_to_job_summary(proposal_markdown(proposal))
    return ExitCode.REFUSED if proposal.refused else ExitCode.OK


def _on_disk() -> Snapshot:
    return Snapshot("", choose(Path.cwd(), ()).sources)


@contextmanager
def _counting(before: Snapshot, target: str | None, allow_host: tuple[str, ...]) -> Iterator[Count]:
    if target is None:
        yield not_asked
        return
    chosen = read_tree(before.files).targets.get(target)
    if chosen is None:
        raise UsageError(
            f"there is no valid target {target} at --base, so nobody has approved where to count",
            where=Kind.TARGET.path(target),
            hint="merge the target first, or leave --target out",
        )
    with watcher() as watching, reader(chosen, allow_host, watching) as looking:
        yield counting(chosen.name, looking, SystemClock())


def _write(root: Path, proposal: Proposal, target: str | None) -> bool:
    """Write each figure that is not there yet and say so; return whether any file has changed."""
    changed = False
    for each in proposal.orders:
        if each.order.policy.target != target or each.touch not in (Touch.NEW, Touch.CHANGED):
            continue
        expected = _expected(each, proposal)
        if expected is None:
            click.echo(f"{each.order.path}: no figure written, see what stands against it", err=True)
        elif expected != each.order.policy.expected:
            _replace(root, each.order.path, expected)
            click.echo(f"{each.order.path}: wrote expected.count {expected.count:,}", err=True)
            changed = True
    return changed


def _expected(each: Proposed, proposal: Proposal) -> Expected | None:
    """Return the figure to write: only where it is known, and nothing but the figure is wrong."""
    wrong = any(finding.rule != SCP_004.id for finding in each.order.findings)
    if each.figures.selected is None or wrong:
        return None
    stated = each.order.policy.expected
    most = proposal.settings.number(PLAN_DRIFT_PERCENT)
    return Expected(each.figures.selected, most if stated is None else stated.tolerance_percent)


def _replace(root: Path, path: str, expected: Expected) -> None:
    (source,) = choose(root, (root / path,)).files
    data = with_expected(read(source), expected)
    if data is None:
        raise UsageError(
            "is written in a way in which no figure can be put into it safely",
            where=path,
            hint=f"write expected: {{count: {expected.count}, "
            f"tolerancePercent: {expected.tolerance_percent}}} yourself",
        )
    replace_file(root / path, data)
