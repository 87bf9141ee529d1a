"""``purgectl notices``: the messages about records that a governance system does not have yet."""

from __future__ import annotations

import click

from runner.cli import notices_list, notices_replay


@click.group(
    epilog="""\b
Examples:
  purgectl notices list --target sandbox
  purgectl notices replay --target sandbox --from 12
"""
)
def command() -> None:
    """List the notices that have not arrived, or send some again.

    apply tries each notice for thirty days, first within seconds, in the end once a day. See "The
    notice" in docs/formats.md.
    """


command.add_command(notices_list.command)
command.add_command(notices_replay.command)
