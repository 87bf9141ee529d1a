"""``purgectl apply``: the level-triggered run."""

from __future__ import annotations

from pathlib import Path

import click

from runner.apply.drafts import Drafts
from runner.apply.outcome import RunOutcome
from runner.apply.run import Limits, Run
from runner.apply.term import Term
from runner.audit.memory import Expectation
from runner.cli.clock import SystemClock
from runner.cli.console import append_to_job_summary, show_result
from runner.cli.environment import kill_switch_open
from runner.cli.expectations import expect_option
from runner.cli.options import allow_host_option, format_option, target_option
from runner.cli.progress import watcher
from runner.cli.signals import heeding
from runner.cli.wiring import Doing, here, ports, runner_identity
from runner.errors import Interrupted, RemoteFailure
from runner.reports.apply_json import apply_json
from runner.reports.apply_markdown import apply_markdown
from runner.reports.apply_text import apply_text


@click.command(
    epilog="""\b
Examples:
  purgectl apply --target sandbox                  everything not yet done
  purgectl apply --target sandbox --max-minutes 5  the next run goes on
  purgectl apply --target sandbox --import-spool sandbox-1a2b.spool
\b
Exit codes:
  0 fine, also while still polling   3 refused by a guard
  4 remote failure, nothing sent     5 a person is needed
  6 the log does not verify          7 purged, a notice undelivered
  8 a job failed or was cancelled    130 stopped by a signal
""",
)
@target_option
@click.option(
    "--max-minutes",
    type=click.FloatRange(min=0, max=1440),
    default=25.0,
    show_default=True,
    help="How long to submit and poll, and at most a minute more; the next run goes on.",
)
@click.option(
    "--spool",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Where records wait that could not be pushed.  [default: PURGECTL_SPOOL, else in the clone]",
)
@click.option(
    "--import-spool",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Bring such a file of another machine into the log first.",
)
@expect_option
@format_option
@allow_host_option
def command(
    target: str,
    max_minutes: float,
    spool: Path | None,
    import_spool: tuple[Path, ...],
    expect: tuple[Expectation, ...],
    form: str,
    allow_host: tuple[str, ...],
) -> int:
    """Carry out every approved purge on main that has no terminal record in the log.

    It does not matter what started it, or how often: what the log says was done is not done
    again, and what it says was begun goes on. PURGE_ENABLED must be true in the environment.

    SIGINT and SIGTERM end a run in good order: nothing new is sent, what is known is written down
    within five seconds, and the next run goes on from there.
    """
    term = Term(SystemClock(), max_minutes * 60)
    with heeding(term):
        outcome = _run(target, allow_host, Doing(term, spool, import_spool, expect))
        show_result(apply_text(outcome) if form == "text" else apply_json(outcome))
        append_to_job_summary(apply_markdown(outcome))
    return int(outcome.exit_code)


def _run(target: str, allow_host: tuple[str, ...], doing: Doing) -> RunOutcome:
    """Run, and tell a failure that came of being asked to stop as what it is."""
    try:
        place = here(interruption=doing.term, expected=doing.expected)
        chosen = place.target(target)
        drafts = Drafts(chosen.log.origin, runner_identity(), SystemClock())
        limits = Limits(doing.term, kill_switch_open)
        with watcher() as watching, ports(place, chosen, allow_host, watching, doing) as opened:
            return Run(opened, drafts, limits, chosen)()
    except RemoteFailure as failure:
        if not doing.term.requested():
            raise
        raise Interrupted(
            f"stopped before anything was begun: {failure.message}", hint="run again, nothing is lost"
        ) from failure
