"""``purgectl audit key``: which keys may sign the log of a target."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import click

from runner.audit import rotation
from runner.audit.key_history import KeyHistory
from runner.audit.trust import Trust, trust_in
from runner.cli.clock import SystemClock
from runner.cli.console import show_result
from runner.cli.options import target_option
from runner.cli.wiring import here, log_store, runner_identity
from runner.errors import UsageError
from runner.merkle.keys import BadKey, Verifier
from runner.model.json import JsonObject
from runner.model.log import Draft, Log
from runner.reports.key_text import key_text


@dataclass(frozen=True, slots=True)
class _Occasion:
    """What a change of keys is drafted from."""

    trust: Trust
    keys: KeyHistory
    log: Log
    runner: JsonObject
    at: datetime


def _key(ctx: click.Context, parameter: click.Parameter, value: str) -> Verifier:
    del ctx, parameter
    try:
        return Verifier.parse(value)
    except BadKey as error:
        raise UsageError(f"--key: {error}", hint="give it as purgectl audit keygen printed it") from None


_key_option = click.option(
    "--key", required=True, metavar="VKEY", callback=_key, help="The verifier key that this is about."
)


@click.group(
    epilog="""\b
Examples:
  purgectl audit key add --target sandbox --key "$(cat new.txt)"
  purgectl audit key retire --target sandbox --key "$(cat old.txt)"
""",
)
def command() -> None:
    """Change which keys may sign the log of a target.

    A rotation takes five steps, in this order: merge the new key into log.keys; audit key add;
    put the new signing key into the environment; audit key retire; remove the old key from
    log.keys. The log says for ever which key was valid when.
    """


@command.command(
    "add",
    short_help="Let one more key sign.",
    epilog="""\b
Examples:
  AUDIT_SIGNING_KEY=<old> purgectl audit key add --target sandbox --key <new>
""",
)
@target_option
@_key_option
def add(target: str, key: Verifier) -> None:
    """Let one more key sign the log of a target, from this record on.

    It must stand in log.keys on main. The record is signed with AUDIT_SIGNING_KEY, a key that is
    valid already.
    """
    _write(target, lambda made: rotation.added(made.trust, made.keys, key, made.runner, made.at))


@command.command(
    "retire",
    short_help="End a key that was kept safe.",
    epilog="""\b
Examples:
  AUDIT_SIGNING_KEY=<new> purgectl audit key retire --target sandbox \\
    --key <old>
""",
)
@target_option
@_key_option
def retire(target: str, key: Verifier) -> None:
    """End a key: from this record on it signs no more. What it has signed stays proven.

    AUDIT_SIGNING_KEY must be another valid key, so that there is always somebody who can go on.
    Exit code 3 for the last valid key, and while a run is submitting.
    """
    _write(target, lambda made: rotation.retired(made.trust, made.keys, made.log, key, made.runner, made.at))


@command.command(
    "compromise",
    short_help="End a key that somebody else may have had.",
    epilog="""\b
Examples:
  AUDIT_SIGNING_KEY=<new> purgectl audit key compromise --target sandbox \\
    --key <old> --from-size 4
""",
)
@target_option
@_key_option
@click.option(
    "--from-size",
    type=click.IntRange(min=0, max=10**9),
    required=True,
    metavar="N",
    help="How many records there were when it was certainly still safe.",
)
def compromise(target: str, key: Verifier, from_size: int) -> None:
    """End a key, and all belief in what it alone has signed beyond the first N records.

    audit verify then names these records as unproven and exits with 9, unless an --expect from
    outside covers them. AUDIT_SIGNING_KEY must be another valid key.
    """
    _write(
        target,
        lambda made: rotation.compromised(
            made.trust, made.keys, made.log, key, from_size, made.runner, made.at
        ),
    )


def _write(target: str, draft: Callable[[_Occasion], Draft]) -> None:
    """Append one record to the log as it stands now, and tell what comes next."""
    place = here()
    chosen = place.target(target)
    store = log_store(place, chosen, writing=True)
    log = store.load()
    trust = trust_in(chosen.name, chosen.log)
    made = draft(_Occasion(trust, store.keys, log, runner_identity(), SystemClock().now()))
    appended = store.append([made])
    store.show()
    show_result(key_text(chosen.name, appended, made))
