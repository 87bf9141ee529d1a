"""``purgectl audit open``: the birth of a log."""

from __future__ import annotations

import click

from runner.audit import records
from runner.audit.trust import trust_in
from runner.branch.opening import baseline_of, open_log
from runner.cli.audit_key import signing_key
from runner.cli.clock import SystemClock
from runner.cli.console import show_result
from runner.cli.options import target_option
from runner.cli.wiring import here, runner_identity
from runner.reports.log_text import opened_text


@click.command(
    "open",
    short_help="Create the log of a target, once.",
    epilog="""\b
Examples:
  AUDIT_SIGNING_KEY=... purgectl audit open --target sandbox
""",
)
@target_option
def command(target: str) -> None:
    """Create the log of a target: the branch audit/NAME on origin.

    It is signed with AUDIT_SIGNING_KEY, whose verifier key must stand in the target's file on
    main. Policies of the target that are on main already are named in the first record, and never
    run under this log. Nothing else creates such a branch, so that a log which vanished never
    looks like one that is empty. Exit code 3 when there is one.
    """
    place, clock = here(), SystemClock()
    chosen = place.target(target)
    trust = trust_in(chosen.name, chosen.log)
    baseline = baseline_of(place.main.files(place.commit), chosen.name, chosen.log.origin)
    draft = records.opened(
        chosen.log.origin, chosen.name, chosen.log.keys, baseline, runner_identity(), clock.now()
    )
    signer = signing_key()
    log = open_log(place.repository, trust, draft, signer=signer, clock=clock)
    show_result(opened_text(chosen.name, log, signer.verifier))
