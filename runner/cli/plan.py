"""``purgectl plan``: what ``apply`` would do and why, by a client that cannot write."""

from __future__ import annotations

import click

from runner.cli.clock import SystemClock
from runner.cli.console import show_result
from runner.cli.options import allow_host_option, format_option, target_option
from runner.cli.progress import watcher
from runner.cli.wiring import here, log_store, reader
from runner.errors import ExitCode
from runner.plan.plan import make_plan
from runner.plan.world import see
from runner.reports.plan_json import plan_json
from runner.reports.plan_text import plan_text


@click.command(
    epilog="""\b
Examples:
  purgectl plan --target sandbox                 what would run now
  purgectl plan --target sandbox --head HEAD     this branch, before its merge
  purgectl plan --target sandbox --format json   the same for a program
""",
)
@target_option
@click.option("--head", metavar="REV", help="Plan as if this commit were the tip of main.")
@format_option
@allow_host_option
def command(target: str, head: str | None, form: str, allow_host: tuple[str, ...]) -> int:
    """Show what apply would do on a target, and why.

    Reads the tip of origin/main (or --head) and the target's log, counts what each policy selects, and asks
    every guard. Nothing is written, locally or remotely. Exit code 3 when something is refused.
    """
    place = here(head)
    chosen = place.target(target)
    log = log_store(place, chosen, writing=False).load()
    clock = SystemClock()
    world = see(chosen.name, place.commit, place.main.files(place.commit), log, clock.now())
    with watcher() as watching, reader(chosen, allow_host, watching) as looking:
        plan = make_plan(world, looking, clock)
    show_result(plan_text(plan) if form == "text" else plan_json(plan))
    refused = plan.unreadable or any(planned.order.findings for planned in plan.orders)
    return int(ExitCode.REFUSED if refused else ExitCode.OK)
