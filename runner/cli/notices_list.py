"""``purgectl notices list``: what waits, what was given up, and when the next attempt is due."""

from __future__ import annotations

import click

from runner.cli.console import show_result
from runner.cli.options import format_option, target_option
from runner.cli.wiring import here, log_store
from runner.reports.notices_json import notices_json
from runner.reports.notices_text import notices_text


@click.command(
    "list",
    short_help="List the notices that wait or were given up.",
    epilog="""\b
Examples:
  purgectl notices list --target sandbox
  purgectl notices list --target sandbox --format json
\b
Exit codes:
  0 listed, also when some wait      4 git did not answer
  6 the log does not verify
""",
)
@target_option
@format_option
def command(target: str, form: str) -> None:
    """List the notices of a target that wait or were given up.

    Each with endpoint, record, attempts, what the last one came to, and when the next is due. Reads
    the target's log; needs no credentials and calls no receiver.
    """
    place = here()
    log = log_store(place, place.target(target), writing=False).load()
    show_result(notices_text(target, log) if form == "text" else notices_json(target, log))
