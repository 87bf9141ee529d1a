"""``purgectl audit``: the log of a target, for those who run it and those who check it."""

from __future__ import annotations

import click

from runner.cli import (
    audit_certificate,
    audit_completeness,
    audit_export,
    audit_keygen,
    audit_open,
    audit_proof,
    audit_rotation,
    audit_show,
    audit_verify,
    audit_verify_certificate,
    audit_verify_proof,
)


class _InOrder(click.Group):
    """A group that lists its commands as a reader meets them: make, check, read, prove."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order in which they were added."""
        del ctx
        return list(self.commands)


@click.group(
    cls=_InOrder,
    epilog="""\b
Examples:
  purgectl audit keygen --target sandbox --write
  purgectl audit open --target sandbox
  purgectl audit verify --target sandbox
  purgectl audit show --target sandbox
  purgectl audit completeness --target sandbox
  purgectl audit certificate --target sandbox billing-voice-2018
""",
)
def command() -> None:
    """Open, verify and read the log of a target.

    The log is the branch audit/NAME: one file a record, a Merkle tree over their bytes, and a
    signed checkpoint. What checks and proves needs only a clone, verify-proof and
    verify-certificate not even that.

    Every byte of it: docs/audit-log.md.
    """


command.add_command(audit_keygen.command)
command.add_command(audit_open.command)
command.add_command(audit_rotation.command, "key")
command.add_command(audit_verify.command)
command.add_command(audit_show.command)
command.add_command(audit_proof.command)
command.add_command(audit_verify_proof.command)
command.add_command(audit_completeness.command)
command.add_command(audit_certificate.command)
command.add_command(audit_verify_certificate.command)
command.add_command(audit_export.command)
