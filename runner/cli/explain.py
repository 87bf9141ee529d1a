"""``purgectl explain``: one policy in plain English."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from runner.cli.clock import SystemClock
from runner.cli.console import show_result
from runner.cli.history import known_purges
from runner.cli.options import as_of_option
from runner.cli.path_arguments import Chosen, choose
from runner.documents.kinds import Kind
from runner.errors import ExitCode, UsageError
from runner.model.text import printable
from runner.plan.review import Review, ReviewedPolicy, review
from runner.reports.explain_text import Explained, explain_text
from runner.reports.findings_text import findings_text
from runner.rules.catalogue import CATALOGUE


@click.command(
    epilog="Exit codes: 0 explained, whatever stands against it; 1 cannot be read; 2 wrong command line."
)
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@as_of_option
def command(path: Path, as_of: datetime | None) -> int:
    """Explain a policy: what it deletes, since when, on which grounds, and what is missing.

    Reads the whole of policies/ and the logs that were last fetched into this clone; needs no
    credentials. A file outside policies/ is explained as if it stood in policies/purges/.

    \b
    Examples:
      purgectl explain policies/purges/billing-voice-2018.yaml
      purgectl explain docs/examples/refused-2022-hipaa.yaml --as-of 2030-02-13
    """
    chosen = choose(Path.cwd(), (path,))
    now = as_of or SystemClock().now()
    purges = tuple(known_purges(Path.cwd(), chosen.sources))
    judged = review(chosen.sources, now=now, purges=purges)
    findings = chosen.findings(judged.findings)
    found = _policy(chosen, judged, path)
    if found is None:
        show_result(findings_text(findings, chosen.files))
        return ExitCode.FINDINGS
    policy = found.policy
    known = Explained(
        file=chosen.files[0].path,
        policy=policy,
        target=judged.targets.get(policy.target),
        purge=next(
            (
                p
                for p in purges
                if (p.target, p.policy, p.revision) == (policy.target, policy.name, policy.revision)
            ),
            None,
        ),
        entries=judged.packs.governing(policy, now),
        findings=findings,
        rules=CATALOGUE,
        settings=judged.packs.settings,
        now=now,
    )
    show_result(explain_text(known))
    return ExitCode.OK


def _policy(chosen: Chosen, judged: Review, path: Path) -> ReviewedPolicy | None:
    """Return the policy that was asked about, ``None`` when it does not follow its schema."""
    (seat,) = {*chosen.inside, *chosen.guests}
    document = judged.documents.get(seat)
    if document is None or document.kind is not Kind.PURGE_POLICY:
        raise UsageError(
            "is not a policy",
            where=printable(str(path)),
            hint="name one file of policies/purges/, or a policy elsewhere",
        )
    return next((each for each in judged.policies if each.document is document), None)
