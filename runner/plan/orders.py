"""Orders: every policy of a target at one commit, and where it stands against the log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from runner.model.finding import Finding
from runner.model.policy import Mode, PurgePolicy
from runner.model.purge import Purge, PurgeKey, PurgeState
from runner.plan.review import Review
from runner.rules.evidence import certified
from runner.rules.execution import unchanged_since_opening
from runner.rules.holds import still_there


class Standing(StrEnum):
    """What would happen to a policy now, before anything has been counted."""

    READY = "ready"
    REFUSED = "refused"
    WAITING = "waiting"
    OPEN = "open"
    AMBIGUOUS = "ambiguous"
    CLOSED = "closed"
    OBSERVED = "observed"
    BASELINE = "baseline"


@dataclass(frozen=True, slots=True)
class Order:
    """A policy as it stands at one commit. ``count`` is ``None`` until it is known.

    ``population`` is how many interactions of its type its range has, ``None`` until that is known.

    ``findings`` are the errors that refuse it; ``purge`` is what the log knows of it, if anything.
    """

    policy: PurgePolicy
    path: str
    blob: str
    commit: str
    purge_id: str
    purge: Purge | None
    standing: Standing
    findings: tuple[Finding, ...]
    count: int | None = None
    population: int | None = None

    @property
    def key(self) -> PurgeKey:
        """Which purge this order would be."""
        return PurgeKey(self.policy.name, self.policy.revision, self.purge_id)

    @property
    def submittable(self) -> bool:
        """Whether a run would submit this order as far as is known."""
        return self.standing is Standing.READY


def orders_of(
    target: str,
    review: Review,
    purges: Mapping[str, Purge],
    baseline: Mapping[str, str],
    identify: Callable[[str, int], str],
    commit: str,
    now: datetime,
) -> tuple[Order, ...]:
    """Judge every policy of ``target``, sorted by path.

    ``identify`` gives the purge id of a policy's name and revision; ``baseline`` gives the
    ids, and the blobs, that stood on ``main`` when the log was opened and never run under it. Nothing
    runs while a hold that an intent names has no file any more, or a purge waits for its verdict too long.
    """
    judged = {name for purge in purges.values() for name in purge.holds}
    common = (*still_there(judged, review.files_of_holds), *certified(purges.values(), now))
    found = []
    for reviewed in review.policies:
        policy = reviewed.policy
        if policy.target != target:
            continue
        source = reviewed.document.source
        purge_id = identify(policy.name, policy.revision)
        purge = purges.get(purge_id)
        findings = review.errors_of(source.path)
        if purge is None or not purge.state.terminal:
            findings += tuple(review.locate(source.path, fault) for fault in common)
        if purge_id in baseline:
            changed = unchanged_since_opening(source.blob, baseline[purge_id])
            findings += tuple(review.locate(source.path, fault) for fault in changed)
        standing = _standing(policy, purge, findings, baseline, purge_id, now)
        found.append(Order(policy, source.path, source.blob, commit, purge_id, purge, standing, findings))
    return tuple(sorted(found, key=lambda order: order.path))


_IN_THE_LOG = {
    PurgeState.INTENDED: Standing.OPEN,
    PurgeState.SUBMITTED: Standing.OPEN,
    PurgeState.AMBIGUOUS: Standing.AMBIGUOUS,
}


def _standing(
    policy: PurgePolicy,
    purge: Purge | None,
    findings: tuple[Finding, ...],
    baseline: Mapping[str, str],
    purge_id: str,
    now: datetime,
) -> Standing:
    if purge is not None:
        if purge.state.terminal:
            return Standing.CLOSED
        if purge.state in _IN_THE_LOG:
            return _IN_THE_LOG[purge.state]
    if policy.mode is Mode.OBSERVE and not findings:
        return Standing.OBSERVED
    if purge_id in baseline:
        return Standing.BASELINE
    if findings:
        return Standing.REFUSED
    if purge is not None and purge.not_before is not None and now < purge.not_before:
        return Standing.WAITING
    return Standing.READY
