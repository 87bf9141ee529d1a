"""``purgectl audit export``: the log for a spreadsheet or another program."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from runner.audit.trail import trails
from runner.cli.audit_place import find_log, repo_option, verified, vkey_option
from runner.cli.console import show_result
from runner.cli.files import create
from runner.cli.options import instant, target_option
from runner.model.log import Record
from runner.reports.export_csv import export_csv
from runner.reports.export_json import export_json, export_jsonl


@click.command(
    "export",
    short_help="Write purges or records for other programs.",
    epilog="""\b
Examples: a spreadsheet of 2026; every record, for a SIEM
  purgectl audit export --target sandbox --format csv --from 2026-01-01 --to 2027-01-01 -o 2026.csv
  purgectl audit export --target sandbox --format jsonl
\b
Exit codes:
  0 written   6 the log does not verify   9 it could not be checked
""",
)
@target_option
@repo_option
@vkey_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "json", "jsonl"]),
    default="csv",
    show_default=True,
    help="csv and json: a row a purge. jsonl: a line a record.",
)
@click.option("--from", "start", metavar="DATE-TIME", callback=instant, help="From this day or instant on.")
@click.option("--to", "end", metavar="DATE-TIME", callback=instant, help="Before this day or instant.")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write a new file.")
def command(
    target: str,
    repo: Path,
    vkey: tuple[str, ...],
    form: str,
    start: datetime | None,
    end: datetime | None,
    output: Path | None,
) -> None:
    """Export the purges of a log, or its records, once it has been verified.

    A purge is in a period when any of its records was written in it; its row is
    whole all the same. The checkpoint in each row says which state of the log it
    was taken from. No cell of the csv can become a formula.
    """
    log = find_log(repo, target, vkey)
    verification = verified(log)
    checkpoint = verification.checkpoint
    assert checkpoint is not None, "a log that verifies has a checkpoint"

    def within(record: Record) -> bool:
        return (start is None or start <= record.at) and (end is None or record.at < end)

    every = trails(log.trust.origin, verification.records).values()
    found = [trail for trail in every if any(map(within, trail.records))]
    match form:
        case "csv":
            text = export_csv(found, checkpoint)
        case "json":
            text = export_json(target, found, checkpoint)
        case _:
            text = export_jsonl(target, filter(within, verification.records))
    if output is None:
        show_result(text)
    else:
        create(output, text.encode())
