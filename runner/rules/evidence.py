"""Rules about what a purge leaves behind: while evidence is missing, nothing more is destroyed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from runner.model.finding import Fault, Severity
from runner.model.purge import Purge
from runner.model.rule import Phase, Rule
from runner.model.time import format_instant

LAG = timedelta(hours=72)
"""How long the platform's counts may lag behind a deletion, and a second count may be missing."""

EVD_001 = Rule(
    id="EVD-001",
    title="Every purge that ended was counted again",
    severity=Severity.ERROR,
    phase=Phase.PLAN,
    basis="A certificate of disposition needs a verification: NIST SP 800-88 section 4.8; "
    "45 CFR 164.316(b)(2)(i) keeps it for six years",
    hint="make the count of the target work and run apply, which counts again; or declare counts: "
    "unavailable in the target by pull request, so that the verdict is UNKNOWN",
)


def certified(purges: Iterable[Purge], now: datetime) -> Iterator[Fault]:
    """EVD-001: no purge of the target ended more than ``LAG`` ago without a verdict.

    A verdict of FAIL or UNKNOWN is one: it stands in the certificate, and a person has read it.
    """
    late = [
        (purge.changed_at, purge)
        for purge in purges
        if purge.unverified and purge.changed_at is not None and now - purge.changed_at > LAG
    ]
    if late:
        ended, purge = min(late, key=lambda each: each[0])
        others = f", and {len(late) - 1} more" if len(late) > 1 else ""
        yield EVD_001.fault(
            "/target",
            f"nobody has counted again after {purge.policy} (revision {purge.revision}), which ended at "
            f"{format_instant(ended)}{others}",
        )
