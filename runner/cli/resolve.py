"""``purgectl resolve``: a person closes a purge of which nobody could tell whether it ran."""

from __future__ import annotations

import re
import sys

import click

from runner.apply.drafts import Drafts
from runner.apply.resolution import Decision, Evidence, Resolution, resolvable
from runner.cli.clock import SystemClock
from runner.cli.console import show_result
from runner.cli.environment import variable
from runner.cli.options import target_option
from runner.cli.wiring import here, log_store, runner_identity
from runner.errors import Refused, UsageError
from runner.model.purge import Purge
from runner.reports.resolving import question, resolved_text


@click.command(
    epilog="""\b
Examples:
  purgectl resolve 0b5e… --target sandbox --decision ran \\
    --evidence job-seen --job 8f7e6d5c-4b3a-2c1d-0e9f-8a7b6c5d4e3f
  purgectl resolve 0b5e… --target sandbox --decision not-run \\
    --evidence job-absent --reference OPS-17 --yes
\b
Exit codes:
  0 recorded                         2 the decision contradicts itself
  3 not ambiguous, or too early      4 the log cannot be written
""",
)
@click.argument("purge_id", metavar="PURGE_ID")
@target_option
@click.option(
    "--decision",
    type=click.Choice([each.value for each in Decision]),
    required=True,
    help="Whether the request took effect.",
)
@click.option(
    "--evidence",
    type=click.Choice([each.value for each in Evidence]),
    required=True,
    help="What the decision rests on.",
)
@click.option("--job", metavar="ID", help="The job that was seen; goes with --evidence job-seen.")
@click.option("--reference", default="", metavar="TICKET", help="Where the reasons stand; never a name.")
@click.option("--yes", is_flag=True, help="Do not ask; needed where there is no terminal.")
def command(
    purge_id: str, target: str, decision: str, evidence: str, job: str | None, reference: str, yes: bool
) -> None:
    """Close a purge that is ambiguous, after a look at the platform.

    ran: this revision never runs again, and the next apply counts what is left. not-run: nothing
    was deleted by it; a higher revision may run, by pull request. The log keeps the decision for
    ever, with the numeric id of the forge's account (GITHUB_ACTOR_ID) and never a name. Needs
    AUDIT_SIGNING_KEY and the right to push.
    """
    resolution = Resolution(Decision(decision), Evidence(evidence), job, reference, _actor())
    place = here()
    chosen = place.target(target)
    store = log_store(place, chosen, writing=True)
    clock = SystemClock()
    purge = resolvable(store.load().purges, purge_id, resolution, clock.now())
    _confirm(purge, resolution, yes)
    draft = Drafts(chosen.log.origin, runner_identity(), clock).resolved(purge, resolution)
    appended = store.append([draft])
    store.show()
    if draft.id in appended.known:
        raise Refused("somebody else has just resolved this purge", hint=f"purgectl status --target {target}")
    show_result(resolved_text(purge, resolution, appended.log.checkpoint))


def _actor() -> str:
    """Return the forge's number of the account that runs this, empty where there is none."""
    number = variable("GITHUB_ACTOR_ID")
    return number if re.fullmatch(r"[0-9]{1,20}", number, re.ASCII) else ""


def _confirm(purge: Purge, resolution: Resolution, yes: bool) -> None:
    """Let a person at a terminal type the policy's name: what is in the log stays there."""
    click.echo(question(purge, resolution), err=True, nl=False)
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError("there is no terminal to confirm this on", hint="add --yes")
    typed = click.prompt("Type the policy's name to record this for ever", err=True)
    if typed != purge.policy:
        raise UsageError("that is not the policy's name, so nothing was recorded")
