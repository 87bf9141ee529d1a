"""``purgectl overdue``: what the packs say should be gone already."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from runner.cli.clock import SystemClock
from runner.cli.console import show_result
from runner.cli.history import known_logs
from runner.cli.options import as_of_option, format_option
from runner.cli.path_arguments import choose
from runner.documents.kinds import Kind
from runner.errors import Refused, UsageError
from runner.model.text import printable
from runner.plan.overdue import overdue
from runner.plan.review import Review, review
from runner.reports.overdue_json import overdue_json
from runner.reports.overdue_text import overdue_text


@click.command(
    epilog="""\b
Examples:
  purgectl overdue
  purgectl overdue --target sandbox --format json
  purgectl overdue --as-of 2027-06-01
Exit codes: 0 whatever is late; 2 wrong command line; 3 the packs cannot be
read; 6 a log does not verify.
"""
)
@click.option("--target", metavar="NAME", help="Only this target, as in policies/targets/NAME.yaml.")
@as_of_option
@format_option
def command(target: str | None, as_of: datetime | None, form: str) -> int:
    """Show data that a regulation wants gone and no purge has covered.

    For each kind of data in your policies, the maxima of the packs are held
    against the purges in the logs that were last fetched into this clone. What
    a legal hold keeps is late all the same, and told apart. It needs no
    credentials and no network, and being late blocks nothing.
    """
    sources = choose(Path.cwd(), ()).sources
    now = as_of or SystemClock().now()
    logs = known_logs(Path.cwd(), sources)
    judged = review(sources, now=now)
    _require(judged, target)
    found = overdue(
        [each.policy for each in judged.policies if target in (None, each.policy.target)],
        [purge for purges in logs.values() for purge in purges if target in (None, purge.target)],
        judged.packs.packs,
        judged.targets,
        [hold for _, hold in judged.holds],
        now,
    )
    report = overdue_text if form == "text" else overdue_json
    show_result(report(found, logs, _unread(judged)))
    return 0


def _require(judged: Review, target: str | None) -> None:
    """Raise ``UsageError`` for an unknown target, ``Refused`` when nobody knows what the law demands."""
    if target is not None and target not in judged.targets:
        raise UsageError(
            "there is no valid target of this name",
            where=printable(Kind.TARGET.path(target)),
            hint="check the name, and run purgectl validate",
        )
    for path in judged.packs.broken:
        raise Refused(
            "the file has errors, so nobody knows what the law demands",
            where=printable(path),
            hint="run purgectl validate, and mend the file",
        )


def _unread(judged: Review) -> tuple[str, ...]:
    """Return the files in the place of a policy or a hold that cannot be read as one."""
    read = {each.document.source.path for each in judged.policies}
    read |= {document.source.path for document, _ in judged.holds}
    return tuple(
        path
        for path, document in judged.documents.items()
        if document.kind in (Kind.PURGE_POLICY, Kind.LEGAL_HOLD) and path not in read
    )
