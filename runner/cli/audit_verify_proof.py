"""``purgectl audit verify-proof``: one record, one proof, one key, and nothing else."""

from __future__ import annotations

from pathlib import Path

import click

from runner.audit.records import MAX_RECORD
from runner.cli.audit_place import given_keys
from runner.cli.console import show_result
from runner.cli.files import read_bounded
from runner.cli.options import format_option
from runner.errors import LogBroken
from runner.merkle.proof import MAX_PROOF, BadProof, prove, read_inclusion
from runner.reports.proof import Proven, proven_json, proven_text

_FILE = click.Path(path_type=Path)


@click.command(
    "verify-proof",
    short_help="Check one record against its proof.",
    epilog="""\b
Examples:
  purgectl audit verify-proof --vkey "$(cat key.txt)" --record r.json r.proof
\b
Exit codes:
  0 it is proven   6 it is not   9 a file could not be read
""",
)
@click.option("--vkey", multiple=True, required=True, metavar="KEY", help="The verifier key of the log.")
@click.option("--record", type=_FILE, required=True, metavar="FILE", help="The exact bytes of the record.")
@format_option
@click.argument("proof", type=_FILE)
def command(vkey: tuple[str, ...], record: Path, form: str, proof: Path) -> None:
    """Check that a record is in a log: from its bytes, its proof and the verifier key alone.

    No repository, no network, no clock. The key must be one that signed the checkpoint inside the
    proof: take it from your own notes, never from whoever gave you the proof.
    """
    verifiers = given_keys(vkey)
    data = read_bounded(record, MAX_RECORD)
    try:
        told = read_inclusion(read_bounded(proof, MAX_PROOF))
        checkpoint = prove(data, told, verifiers)
    except BadProof as error:
        raise LogBroken(
            f"this is not proven: {error}",
            where=str(proof),
            hint="check that record, proof and key belong together; if they do, something was changed",
        ) from None
    found = Proven(told.index, data, checkpoint)
    show_result(proven_text(found) if form == "text" else proven_json(found))
