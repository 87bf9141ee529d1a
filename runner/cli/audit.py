"""``purgectl audit``: the log of a target, for those who run it and those who check it."""

from __future__ import annotations

import click

from runner.cli import audit_keygen, audit_open, audit_show, audit_verify


@click.group(
    epilog="""\b
Examples:
  purgectl audit keygen --target sandbox --write
  purgectl audit open --target sandbox
  purgectl audit verify --target sandbox
  purgectl audit show --target sandbox
""",
)
def command() -> None:
    """Open, verify and read the log of a target.

    The log is the branch audit/NAME: one file a record, a Merkle tree over their bytes, and a
    signed checkpoint. verify and show need only a clone. See docs/audit-log.md for every byte.
    """


command.add_command(audit_keygen.command)
command.add_command(audit_open.command)
command.add_command(audit_verify.command)
command.add_command(audit_show.command)
