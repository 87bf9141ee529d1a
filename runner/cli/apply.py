"""``purgectl apply``: the level-triggered run."""

from __future__ import annotations

import click

from runner.apply.drafts import Drafts
from runner.apply.run import Limits, Run
from runner.cli.clock import SystemClock
from runner.cli.console import append_to_job_summary, show_result
from runner.cli.environment import kill_switch_open
from runner.cli.options import allow_host_option, format_option, target_option
from runner.cli.progress import watcher
from runner.cli.wiring import here, ports, runner_identity
from runner.reports.apply_json import apply_json
from runner.reports.apply_markdown import apply_markdown
from runner.reports.apply_text import apply_text


@click.command(
    epilog="""\b
Examples:
  purgectl apply --target sandbox                  everything not yet done
  purgectl apply --target sandbox --max-minutes 5  the next run goes on
\b
Exit codes:
  0 fine, also while still polling   3 refused by a guard
  4 remote failure, nothing sent     5 a person is needed
  6 the log does not verify          7 purged, a notice undelivered
  8 a job failed or was cancelled
""",
)
@target_option
@click.option(
    "--max-minutes",
    type=click.FloatRange(min=0, max=1440),
    default=25.0,
    show_default=True,
    help="How long to submit and poll; the next run goes on.",
)
@format_option
@allow_host_option
def command(target: str, max_minutes: float, form: str, allow_host: tuple[str, ...]) -> int:
    """Carry out every approved purge on main that has no terminal record in the log.

    It does not matter what started it, or how often: what the log says was done is not done
    again, and what it says was begun goes on. PURGE_ENABLED must be true in the environment.
    """
    clock = SystemClock()
    place = here()
    chosen = place.target(target)
    limits = Limits(clock.monotonic() + max_minutes * 60, kill_switch_open())
    drafts = Drafts(chosen.log.origin, runner_identity(), clock)
    with watcher() as watching, ports(place, chosen, allow_host, watching) as opened:
        outcome = Run(opened, drafts, limits, chosen)()
    show_result(apply_text(outcome) if form == "text" else apply_json(outcome))
    append_to_job_summary(apply_markdown(outcome))
    return int(outcome.exit_code)
