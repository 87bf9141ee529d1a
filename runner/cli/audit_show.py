"""``purgectl audit show``: the records for people."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from runner.branch.verify import verify
from runner.cli.audit_place import find_log, repo_option, vkey_option
from runner.cli.console import show_result
from runner.cli.options import format_option, target_option
from runner.errors import LogBroken, UsageError
from runner.model.log import Record
from runner.reports.log_json import log_json
from runner.reports.log_text import log_text, record_text


@click.command(
    "show",
    short_help="Show the records of a log.",
    epilog="""\b
Examples: every record, one line each; record 3, whole; all about one purge
  purgectl audit show --target sandbox
  purgectl audit show --target sandbox 3
  purgectl audit show --target sandbox 67f33c6b-1015-598e-9fe1-d130bfe0a57c
""",
)
@target_option
@repo_option
@vkey_option
@format_option
@click.argument("which", metavar="[PURGE_ID|INDEX]", required=False)
def command(target: str, repo: Path, vkey: tuple[str, ...], form: str, which: str | None) -> None:
    """Show the records of a log, all of them, one, or those about one purge.

    The log is verified first. Of a log that does not verify, what can be read is shown all the
    same under a warning, the records at fault are marked with !, and the exit code is 6.
    """
    log = find_log(repo, target, vkey)
    verification = verify(log.repository, log.commit, log.trust)
    chosen = _chosen(verification.records, which)
    if form == "json":
        show_result(log_json(verification, chosen))
    elif which is not None and which.isdigit():
        show_result(record_text(chosen[0], verification))
    else:
        show_result(log_text(chosen, verification))
    if not verification.holds:
        raise LogBroken(
            f"the log of target {target} does not verify: {verification.problems[0].message}",
            where=log.ref,
            hint="purgectl audit verify, with the same options, lists all that is wrong",
        )


def _chosen(records: Sequence[Record], which: str | None) -> Sequence[Record]:
    if which is None:
        return records
    if which.isdigit():
        chosen = tuple(record for record in records if str(record.index) == which)
    else:
        chosen = tuple(record for record in records if record.body.get("purge_id") == which)
    if not chosen:
        raise UsageError(
            f"the log has no record {which}" if which.isdigit() else f"the log has no purge {which}",
            hint="leave it out to see every record",
        )
    return chosen
