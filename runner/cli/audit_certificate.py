"""``purgectl audit certificate``: what became of one purge, with its proof."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from runner.audit import layout
from runner.audit.certificate import examine, issue
from runner.audit.disposition import NothingToCertify
from runner.audit.trail import Trail, trails
from runner.branch.verify import Verification
from runner.cli.audit_place import LocalLog, find_log, repo_option, verified, vkey_option
from runner.cli.console import show_result
from runner.cli.options import format_option, target_option
from runner.errors import NotVerified, UsageError
from runner.merkle.tree import Tree, leaf_hash
from runner.model.text import printable
from runner.reports.certificate_text import certificate_text
from runner.reports.json_text import json_text


@click.command(
    "certificate",
    short_help="Certify what became of one purge.",
    epilog="""\b
Examples: the page to read; the file to keep, which proves itself
  purgectl audit certificate --target sandbox billing-voice-2018
  purgectl audit certificate --target sandbox billing-voice-2018 --format json
\b
Exit codes:
  0 whatever the verdict is   2 there is no such purge   6 the log does not verify
  9 it could not be checked
""",
)
@target_option
@repo_option
@vkey_option
@format_option
@click.argument("which", metavar="PURGE_ID|POLICY")
def command(target: str, repo: Path, vkey: tuple[str, ...], form: str, which: str) -> None:
    """Write the certificate of disposition of one purge, whatever became of it.

    PASS means that a look after the purge found nothing. Of a policy, its
    newest revision that was announced is meant. As JSON the certificate carries
    its records and their proof under the signed checkpoint, so that anyone with
    the verifier key can check it: purgectl audit verify-certificate.
    """
    log = find_log(repo, target, vkey)
    verification = verified(log)
    trail = _chosen(trails(log.trust.origin, verification.records), which)
    _require_proven(verification, trail)
    try:
        certificate = issue(log.trust.origin, trail, _tree(verification), _note(log))
    except NothingToCertify as error:
        raise UsageError(str(error), hint="purgectl audit show tells why it was refused") from None
    if form == "json":
        show_result(json_text(certificate))
    else:
        holds = examine(json_text(certificate).encode(), log.trust.verifiers)
        show_result(certificate_text(holds.content, holds.checkpoint))


def _chosen(found: Mapping[str, Trail], which: str) -> Trail:
    """Return the purge of an id, or the newest revision of a policy that was announced."""
    if which in found:
        return found[which]
    revisions = [trail for trail in found.values() if trail.purge.policy == which]
    if not revisions:
        raise UsageError(
            f"the log has no purge and no policy {printable(which)}", hint="purgectl audit show lists them"
        )
    return max(revisions, key=lambda trail: (trail.purge.begun, trail.purge.revision))


def _require_proven(verification: Verification, trail: Trail) -> None:
    """Raise ``NotVerified`` where a record hangs on a stolen key alone: a certificate could not say so."""
    for record in trail.records:
        if not verification.vouches_for(record):
            raise NotVerified(
                f"record {record.index} is unproven: only a compromised key vouches for it",
                hint="purgectl audit verify, with an --expect from somebody outside, can tell more",
            )


def _tree(verification: Verification) -> Tree:
    return Tree(leaf_hash(record.data) for record in verification.records)


def _note(log: LocalLog) -> bytes:
    """Return the signed checkpoint, which the log that verifies has."""
    note = log.repository.blob(log.commit, layout.CHECKPOINT)
    if note is None:
        raise NotVerified("the checkpoint cannot be read", where=log.ref, hint="git fsck")
    return note
