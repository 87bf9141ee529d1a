"""``purgectl plan``: what ``apply`` would do and why, by a client that cannot write."""

from __future__ import annotations

import click

from runner.audit.memory import Expectation
from runner.cli.clock import SystemClock
from runner.cli.console import show_result
from runner.cli.expectations import expect_option
from runner.cli.options import allow_host_option, optional_target_name
from runner.cli.progress import watcher
from runner.cli.propose import FORMATS, plan_change
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
  purgectl plan --base origin/main               what the files on disk change
  purgectl plan --base origin/main --target sandbox --write
                                                 count, and write `expected`
  purgectl plan --base HEAD^1 --head HEAD --format markdown
                                                 for a pull request's comment
Exit codes: 0 nothing is refused, 2 wrong command line or environment,
3 something is refused, 4 the platform or git failed, 6 a log does not verify.
""",
)
@click.option(
    "--target",
    metavar="NAME",
    callback=optional_target_name,
    help="The target, as in policies/targets/NAME.yaml. Its orders are counted.",
)
@click.option("--base", metavar="REV", help="Plan a change: what differs from this commit.")
@click.option(
    "--head", metavar="REV", help="Plan this commit; else the tip of main, with --base the files on disk."
)
@click.option(
    "--pull",
    type=click.IntRange(min=1),
    metavar="NUMBER",
    help="Ask GitHub who has approved this open pull request already.",
)
@click.option("--write", is_flag=True, help="Write the counts into changed policies on disk, as `expected`.")
@expect_option
@click.option(
    "--format",
    "form",
    type=click.Choice(tuple(FORMATS)),
    default="text",
    show_default=True,
    help="For a person, for a program, or (with --base) for a pull request.",
)
@allow_host_option
def command(
    target: str | None,
    base: str | None,
    head: str | None,
    pull: int | None,
    write: bool,
    expect: tuple[Expectation, ...],
    form: str,
    allow_host: tuple[str, ...],
) -> int:
    """Show what apply would do on a target, and why; or what a change would do.

    Without --base: reads the tip of origin/main (or --head) and the target's log, counts what each policy
    selects, and asks every guard.

    With --base: compares two states of policies/, and tells of each policy that differs what it deletes,
    whether it selects more or less than before, its grounds, who must approve it, and its plan digest. It
    needs no credentials, and knows the logs that were last fetched into this clone. With --target as well
    the policies of that target are counted, by a client that may only read.

    With --pull, who has approved at the last commit of an open pull request is taken off those who must;
    GITHUB_TOKEN may read contents and pull requests.

    Nothing is purged, and nothing is written but, with --write, `expected` in files on disk. Under GitHub
    Actions the plan of a change also goes into the job's summary.
    """
    if base is not None:
        if write and (target is None or head is not None):
            raise click.UsageError("--write counts the files on disk: give --target, and no --head")
        if expect:
            raise click.UsageError("--expect is for the plan of a target, without --base")
        if pull is not None and head is None:
            raise click.UsageError("--pull is of a commit: give --head as well")
        return plan_change(base, head, target, form, allow_host, write=write, pull=pull)
    if target is None or write or pull is not None or form == "markdown":
        raise click.UsageError("give --target for what would run now, or --base for a change")
    return _plan_target(target, head, expect, form, allow_host)


def _plan_target(
    target: str, head: str | None, expect: tuple[Expectation, ...], form: str, allow_host: tuple[str, ...]
) -> int:
    place = here(head, expected=expect)
    chosen = place.target(target)
    log = log_store(place, chosen, writing=False).load()
    clock = SystemClock()
    world = see(chosen.name, place.commit, place.main.files(place.commit), log, clock.now())
    with watcher() as watching, reader(chosen, allow_host, watching) as looking:
        plan = make_plan(world, looking, clock)
    show_result(plan_text(plan) if form == "text" else plan_json(plan))
    refused = plan.unreadable or any(planned.order.findings for planned in plan.orders)
    return int(ExitCode.REFUSED if refused else ExitCode.OK)
