"""``purgectl audit proof``: one record's place in the log, as a file that proves it anywhere."""

from __future__ import annotations

from pathlib import Path

import click

from runner.audit import layout
from runner.branch.verify import Verification
from runner.cli.audit_place import find_log, repo_option, verified, vkey_option
from runner.cli.console import show_result
from runner.cli.files import create
from runner.cli.options import target_option
from runner.errors import NotVerified, UsageError
from runner.merkle.proof import inclusion_text
from runner.merkle.tree import Tree, leaf_hash
from runner.model.log import Record


@click.command(
    "proof",
    short_help="Prove that one record is in a log.",
    epilog="""\b
Examples: record 3; the same by its id; and into files
  purgectl audit proof --target sandbox --index 3
  purgectl audit proof --target sandbox --id 10ef9ec2-ba42-58ca-bcaf-187444bec709
  purgectl audit proof --target sandbox --index 3 --record r.json -o r.proof
\b
Exit codes:
  0 proven   6 the log is not whole   9 it could not be checked
""",
)
@target_option
@repo_option
@vkey_option
@click.option("--index", type=click.IntRange(min=0), metavar="N", help="The record's number.")
@click.option("--id", "record_id", metavar="RECORD_ID", help="The record's id.")
@click.option(
    "--record", type=click.Path(path_type=Path), metavar="FILE", help="Write the bytes of the record here."
)
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write the proof here.")
def command(
    target: str,
    repo: Path,
    vkey: tuple[str, ...],
    index: int | None,
    record_id: str | None,
    record: Path | None,
    output: Path | None,
) -> None:
    """Prove that one record is in the log of a target, under its newest checkpoint.

    The log is verified first, all of it, from this clone alone. The proof is a C2SP tlog-proof.
    With the exact bytes of the record and the verifier key it is whole: audit verify-proof needs
    nothing else. No file that exists is overwritten.
    """
    if (index is None) == (record_id is None):
        raise UsageError("name one record", hint="give either --index or --id")
    log = find_log(repo, target, vkey)
    verification = verified(log)
    chosen = _chosen(verification, index, record_id)
    note = log.repository.blob(log.commit, layout.CHECKPOINT) or b""
    tree = Tree(leaf_hash(item.data) for item in verification.records)
    proof = inclusion_text(chosen.index, tree.inclusion(chosen.index, tree.size), note)
    if record is not None:
        create(record, chosen.data)
    if output is None:
        show_result(proof)
    else:
        create(output, proof.encode())


def _chosen(verification: Verification, index: int | None, record_id: str | None) -> Record:
    """Return the record that was asked for, if the log vouches for it."""
    records = verification.records
    found = next((item for item in records if index == item.index or record_id == item.id), None)
    if found is None:
        raise UsageError(
            f"the log has no record {index if record_id is None else record_id}",
            hint=f"purgectl audit show --target {verification.target}",
        )
    if not verification.vouches_for(found):
        raise NotVerified(
            f"record {found.index} is unproven: only a compromised key vouches for it",
            hint="purgectl audit verify, with an --expect from somebody outside, can tell more",
        )
    return found
