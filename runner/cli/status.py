"""``purgectl status``: every policy and purge of a target, with its age and the next step."""

from __future__ import annotations

import click

from runner.cli.clock import SystemClock
from runner.cli.console import show_result
from runner.cli.options import format_option, target_option
from runner.cli.wiring import here, log_store
from runner.plan.world import see
from runner.reports.status_json import status_json
from runner.reports.status_text import status_text


@click.command(
    epilog="""\b
Examples:
  purgectl status --target sandbox
  purgectl status --target sandbox --format json
""",
)
@target_option
@format_option
def command(target: str, form: str) -> int:
    """Show every policy and purge of a target, with its age and the next step.

    Reads the tip of origin/main and the target's log; asks no platform and needs no credentials.
    """
    place = here()
    chosen = place.target(target)
    log = log_store(place, chosen, writing=False).load()
    now = SystemClock().now()
    world = see(chosen.name, place.commit, place.main.files(place.commit), log, now)
    show_result(status_text(world, now) if form == "text" else status_json(world, now))
    return 0
