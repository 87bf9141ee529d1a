"""``purgectl announce``: what the log says, told on the forge to those who wait for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path

import click

from runner.audit.bulletins import current, pull_request, troubles
from runner.audit.layout import record_path
from runner.audit.trail import Trail, trails
from runner.cli.audit_place import find_log, target_on_main, verified
from runner.cli.clock import SystemClock, jitter
from runner.cli.console import show_failure, show_result
from runner.cli.environment import forge_access, variable
from runner.cli.forge import writing
from runner.cli.network import route
from runner.cli.options import allow_host_option, target_option
from runner.cli.progress import watcher
from runner.errors import ExitCode, Refused, RemoteFailure, RetryLater
from runner.forge.desk import GitHubDesk
from runner.forge.github import GitHubForge
from runner.forge.postings import Pinned, Posting, for_comment, for_issues, marker, settling_prefix
from runner.model.fields import text
from runner.net.transport import Setting
from runner.reports.announcement_text import announcement_text
from runner.reports.bulletin_markdown import bulletin_markdown
from runner.reports.trouble_markdown import ticket


@click.command(
    epilog="""\b
Examples:
  purgectl announce --target bank-eu              as the workflows do
  purgectl announce --target bank-eu --days 90    after a long outage
\b
Exit codes:
  0 everything is told               3 the token is not that of a workflow
  4 GitHub did not take all of it    6 the log does not verify
  9 this clone does not have the log
"""
)
@target_option
@click.option(
    "--days",
    type=click.IntRange(min=1, max=3650),
    default=7,
    show_default=True,
    help="Tell of purges that are under way or have a record so new.",
)
@allow_host_option
def command(target: str, days: int, allow_host: tuple[str, ...]) -> int:
    """Tell pull requests what became of their purges; open an issue where a person is needed.

    Verifies the log as last fetched into this clone, and compares what it says with what stands on
    GitHub: one comment for each purge on the pull request that brought it, and one issue for each
    ambiguous purge, each failed second count, each endpoint whose notices were given up, and a log
    without a sign of life for two days. Only what differs is written, so it does not matter how
    often this runs, or what was missed.

    An issue closes when the log no longer says so; that of a failed second count is a person's to
    close. Needs GITHUB_REPOSITORY, and the GITHUB_TOKEN of a workflow that may write pull requests
    and issues: no credential of a platform and no signing key.
    """
    log = find_log(Path.cwd(), target, ())
    records = verified(log).records
    known = tuple(trails(log.trust.origin, records).values())
    chosen = target_on_main(log.repository, target)
    clock, access = SystemClock(), forge_access()
    since = clock.now() - timedelta(days=days)
    link = partial(_address, access.repository, target)
    with (
        watcher() as watching,
        writing(
            access,
            Setting(clock, jitter, route(), say=watching.say),
            allow_host,
            sandbox=chosen.is_sandbox,
        ) as github,
    ):
        clerk = _Clerk(GitHubDesk(github, access.repository))
        forge = GitHubForge(github, access.repository, log.repository, clock)
        for trail in current(known, since):
            number = partial(
                _brought_by, trail, access.repository, forge if chosen.asks_for_approval else None
            )
            clerk.carry_out(partial(_for_purge, clerk.desk, trail, number, link))
        tickets = [ticket(each, target, link) for each in troubles(known, records, clock.now(), since)]
        clerk.carry_out(lambda: for_issues(tickets, clerk.desk.issues(since), settling_prefix(target)))
    show_result(announcement_text(target, clerk.done))
    return int(ExitCode.REMOTE_FAILURE if clerk.failed else ExitCode.OK)


@dataclass(slots=True)
class _Clerk:
    """Writes what is found, one subject after the other, so that one failure hides no other."""

    desk: GitHubDesk
    done: list[Posting] = field(default_factory=list)
    failed: bool = False

    def carry_out(self, find: Callable[[], Iterable[Posting]]) -> None:
        try:
            for posting in find():
                self.desk.post(posting)
                self.done.append(posting)
        except RemoteFailure as failure:
            show_failure(failure)
            self.failed = True


def _for_purge(
    desk: GitHubDesk, trail: Trail, number: Callable[[], int | None], link: Callable[[int], str]
) -> Iterator[Posting]:
    found = number()
    if found is not None:
        purge = trail.purge
        mark = marker("purge", purge.target, purge.id)
        yield from for_comment(Pinned(found, mark, bulletin_markdown(trail, link)), desk.comments(found))


def _brought_by(trail: Trail, repository: str, forge: GitHubForge | None) -> int | None:
    """Return the pull request behind a purge; the forge tells that of one that was only refused.

    ``None`` where none brought it, or the forge does not know yet.
    """
    if trail.intent is not None or forge is None:
        return pull_request(trail, repository)
    newest = trail.refusals[-1].body
    try:
        return forge.pull_request(text(newest, "policy", "path"), text(newest, "commit"))
    except (Refused, RetryLater):
        return None


def _address(repository: str, target: str, index: int) -> str:
    server = variable("GITHUB_SERVER_URL") or "https://github.com"
    return f"{server}/{repository}/blob/audit/{target}/{record_path(index)}"
