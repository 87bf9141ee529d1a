"""Verification: a job that says completed is believed when nothing is left."""

from __future__ import annotations

from runner.model.platform import Remains
from runner.model.purge import Purge
from runner.model.verdict import Verdict


def verdict_of(purge: Purge, remains: Remains) -> Verdict:
    """Judge an ended purge by what is left, by its limit, and by what its job says of itself.

    More purged than the limit allowed is a failure whatever is left, and so are recordings that the
    job itself says it has skipped or could not delete. What nobody can count is unknown.
    """
    if purge.purged is not None and purge.purged > purge.limit:
        return Verdict.FAIL
    if purge.recordings is not None and purge.recordings.left:
        return Verdict.FAIL
    if remains.count is None:
        return Verdict.UNKNOWN
    return Verdict.PASS if remains.count == 0 else Verdict.FAIL
