"""``purgectl audit completeness``: the log against the history of ``main``, offline."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from runner.audit.identity import purge_id
from runner.audit.state import baseline
from runner.audit.trail import trails
from runner.cli.audit_place import LocalLog, find_log, local_ref, repo_option, verified, vkey_option
from runner.cli.clock import SystemClock
from runner.cli.console import show_result
from runner.cli.options import format_option, target_option
from runner.documents.kinds import Kind, kind_of
from runner.documents.reading import read
from runner.errors import ExitCode, NotVerified
from runner.git.contents import Content, contents
from runner.git.program import GitFailed
from runner.git.repository import READ_LIMIT, Repository
from runner.git.times import commit_times
from runner.model.source import EntryKind, SourceFile
from runner.plan.completeness import Ledger, Version, completeness
from runner.reports.completeness_json import completeness_json
from runner.reports.completeness_text import completeness_text


@click.command(
    "completeness",
    short_help="Prove that no policy merged to main was skipped.",
    epilog="""\b
Examples:
  purgectl audit completeness --target sandbox
  purgectl audit completeness --target sandbox --format json
\b
Exit codes:
  0 nothing was skipped   6 the log does not verify
  9 there is a gap, named line by line, or it could not be checked
""",
)
@target_option
@repo_option
@vkey_option
@format_option
def command(target: str, repo: Path, vkey: tuple[str, ...], form: str) -> int:
    """Account for every policy revision that was ever merged to main.

    Each has a final record in the log, or a reason: not old enough, held,
    refused, observed only, in the baseline, superseded, withdrawn, just merged,
    under way. What has neither is a gap, and so is a purge whose policy never
    stood on main. It reads this clone and nothing else: fetch main and the log
    first.
    """
    log = find_log(repo, target, vkey)
    records = verified(log).records
    main = _main(log)
    origin = log.trust.origin
    ledger = Ledger(
        target=target,
        trails=trails(origin, records),
        baseline=frozenset(baseline(records)),
        newest_at=max(record.at for record in records),
        identify=lambda name, revision: purge_id(origin, target, name, revision),
    )
    found = completeness(_versions(log.repository, main), ledger, SystemClock().now())
    report = completeness_text if form == "text" else completeness_json
    show_result(report(found, target, main, len(records)))
    return int(ExitCode.NOT_VERIFIED if found.gaps else ExitCode.OK)


def _main(log: LocalLog) -> str:
    found = local_ref(log.repository, "main")
    if found is None:
        raise NotVerified("this clone has no branch main", where=log.ref, hint="git fetch origin main")
    return found[1]


def _versions(repository: Repository, main: str) -> Iterator[Version]:
    """Yield every content that a policy's file had on ``main``. Raises ``NotVerified``."""
    try:
        commits = repository.history(main)
        if not repository.complete(commits[0].id):
            raise NotVerified(
                "the beginning of main is missing: this clone is shallow",
                where=main,
                hint="git fetch --unshallow, then ask again",
            )
        found, times = contents(commits, _is_policy), commit_times(repository.git, main)
        blobs = repository.blobs([each.blob for each in found])
    except GitFailed as error:
        raise NotVerified(
            f"main cannot be read: {error.message}", where=main, hint="git fsck; then fetch main again"
        ) from error
    for each, data in zip(found, blobs, strict=True):
        yield Version(read(_file(each, data)), times[each.since], each.since, each.until)


def _is_policy(path: str) -> bool:
    return kind_of(path) is Kind.PURGE_POLICY


def _file(content: Content, data: bytes | None) -> SourceFile:
    """Return a content as a file; one that git does not give is told as too large to read."""
    kind = EntryKind.FILE if content.mode.startswith("100") else EntryKind.OTHER
    size = READ_LIMIT + 1 if data is None else len(data)
    return SourceFile(content.path, kind, data or b"", size, content.blob)
