"""Verification: a job that says completed is believed when nothing is left to count."""

from __future__ import annotations

from runner.model.purge import Purge
from runner.model.verdict import Verdict


def verdict_of(purge: Purge, remaining: int | None) -> Verdict:
    """Judge a completed purge by what is left and by its limit.

    ``remaining`` is a count made after the job ended, ``None`` where the target cannot count.
    More purged than the limit allowed is a failure whatever is left.
    """
    if purge.purged is not None and purge.purged > purge.limit:
        return Verdict.FAIL
    if remaining is None:
        return Verdict.UNKNOWN
    return Verdict.PASS if remaining == 0 else Verdict.FAIL
