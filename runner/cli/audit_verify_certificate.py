"""``purgectl audit verify-certificate``: a certificate against a verifier key, and nothing else."""

from __future__ import annotations

from pathlib import Path

import click

from runner.audit.certificate import MAX_CERTIFICATE, BadCertificate, examine
from runner.cli.audit_place import given_keys
from runner.cli.console import show_result
from runner.cli.files import read_bounded
from runner.errors import LogBroken
from runner.reports.certificate_text import certificate_text


@click.command(
    "verify-certificate",
    short_help="Check a certificate, with its key alone.",
    epilog="""\b
Examples:
  purgectl audit verify-certificate certificate.json --vkey "$(cat noted-key.txt)"
\b
Exit codes:
  0 it holds   6 it does not   9 the file could not be read
""",
)
@click.option(
    "--vkey",
    multiple=True,
    required=True,
    metavar="KEY",
    help="The verifier key of the log; again for a log that had several.",
)
@click.argument("file", type=click.Path(path_type=Path))
def command(file: Path, vkey: tuple[str, ...]) -> None:
    """Check a certificate as JSON, without a clone, and show it as a page.

    Each record in it must stand under the signed checkpoint, and every field must
    follow from these records: it is computed again and compared. It cannot show
    that the log has no later record about the purge; after a second count there
    can be none.
    """
    verifiers = given_keys(vkey)
    try:
        certificate = examine(read_bounded(file, MAX_CERTIFICATE), verifiers)
    except BadCertificate as error:
        raise LogBroken(
            f"the certificate does not hold: {error}",
            where=str(file),
            hint="ask for a new one, made from the log: purgectl audit certificate --format json",
        ) from None
    page = certificate_text(certificate.content, certificate.checkpoint)
    show_result(f"{page}\nThe certificate holds: signature, records and every field were checked.\n")
