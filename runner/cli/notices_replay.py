"""``purgectl notices replay``: notices go out again, with the same bytes and the same id."""

from __future__ import annotations

import sys

import click

from runner.apply.drafts import Drafts
from runner.audit.layout import branch
from runner.audit.trust import trust_in
from runner.branch.resending import notices_again
from runner.cli.clock import SystemClock
from runner.cli.console import show_result
from runner.cli.options import target_option
from runner.cli.wiring import here, log_store, runner_identity
from runner.errors import UsageError
from runner.reports.notices_text import replayed_text

_TOGETHER = 500
"""Notices in one push: their record has at most 65,535 bytes."""


@click.command(
    "replay",
    short_help="Send notices again, whatever became of them.",
    epilog="""\b
Examples: everything since record 120; one record; a receiver that was down and is back
  purgectl notices replay --target sandbox --from 120
  purgectl notices replay --target sandbox --from 120 --to 120
  purgectl notices replay --target sandbox --from 120 --endpoint governance
\b
Exit codes:
  0 they wait in the outbox          2 there never was such a notice
  4 the log cannot be written        6 the log does not verify
  9 this clone has not all of the log
""",
)
@target_option
@click.option(
    "--from", "first", type=click.IntRange(min=0), required=True, metavar="INDEX", help="The first record."
)
@click.option(
    "--to",
    "last",
    type=click.IntRange(min=0),
    metavar="INDEX",
    help="The last record; the newest when left out.",
)
@click.option("--endpoint", metavar="ID", help="One endpoint; every one when left out.")
def command(target: str, first: int, last: int | None, endpoint: str | None) -> None:
    """Put notices into the outbox again, delivered, given up or waiting as they are.

    The next apply sends them, oldest first, with the bytes and the webhook-id that they have always
    had, so a receiver knows what it has already. Their thirty days begin anew, at once for those
    that waited. The bodies are made from the whole log, which is fetched. Needs AUDIT_SIGNING_KEY
    and the right to push.
    """
    clock, place = SystemClock(), here()
    chosen = place.target(target)
    store = log_store(place, chosen, writing=True)
    tip = store.load().tip
    place.repository.tip("origin", branch(target))
    records = range(first, sys.maxsize if last is None else last + 1)
    trust = trust_in(target, chosen.log)
    notices = notices_again(place.repository, tip, trust, records, endpoint, clock.now())
    if not notices:
        raise UsageError(
            "no endpoint was ever told of these records",
            hint=f"purgectl audit show --target {target} lists the records",
        )
    drafts = Drafts(chosen.log.origin, runner_identity(), clock)
    for start in range(0, len(notices), _TOGETHER):
        batch = notices[start : start + _TOGETHER]
        store.append([drafts.replayed(batch)], replayed=batch)
    store.show()
    show_result(replayed_text(notices))
