"""Guards: every rule that needs a count, a switch or a clock, asked of one order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from runner.model.finding import Fault
from runner.model.platform import Preparation, Presence, Survey
from runner.model.policy import PurgePolicy
from runner.model.settings import MAX_SHARE_PERCENT
from runner.model.target import Target
from runner.plan.orders import Order, Standing
from runner.plan.review import Review
from runner.rules import dates, execution, holds, retention, targets

_NOT_PREPARED = Preparation(ready=False)


@dataclass(frozen=True, slots=True)
class Measurement:
    """What the platform and this machine say at one moment, ``at`` by the machine's own clock.

    Where a preparation has counted what will be deleted, its count is judged.
    ``switches`` are faults that hold for every order (the kill switch).
    """

    at: datetime
    presence: Presence
    survey: Survey
    preparation: Preparation = _NOT_PREPARED
    switches: tuple[Fault, ...] = ()

    @property
    def count(self) -> int | None:
        """How many interactions would go, ``None`` when that cannot be known."""
        counted = self.preparation.job_id is not None or self.preparation.count is not None
        return self.preparation.count if counted else self.survey.count


def guard(order: Order, target: Target, review: Review, measurement: Measurement | None) -> Order:
    """Refuse an order that is ready or observed where a guard says no; any other comes back as it is.

    Without a ``measurement`` nobody has asked the platform, and only the guards that need no answer
    speak.
    """
    if order.standing not in (Standing.READY, Standing.OBSERVED):
        return order
    count = None if measurement is None else measurement.count
    faults = [
        *(execution.something(count) if order.submittable else ()),
        *execution.within_limit(count, order.policy.max_interactions),
        *_as_expected(order, measurement, target),
        *execution.not_suspended(target.suspended),
        *(() if measurement is None else _measured(order.policy, target, review, measurement)),
    ]
    findings = tuple(review.locate(order.path, fault) for fault in faults)
    return replace(
        order,
        count=count,
        population=None if measurement is None else measurement.survey.population,
        findings=order.findings + findings,
        standing=Standing.REFUSED if findings else order.standing,
    )


def _as_expected(order: Order, measured: Measurement | None, target: Target) -> Iterator[Fault]:
    """Hold the counts against the approved one. What is only observed may be there to find that figure out.

    What was approved is a survey's count. A job may count fewer, because it leaves out interactions
    of which it would delete nothing; it never takes more than was approved.
    """
    expected = order.policy.expected
    if order.submittable or expected is not None:
        surveyed = None if measured is None else measured.survey.count
        yield from execution.as_expected(surveyed, expected, target.is_sandbox)
    if measured is not None and measured.preparation.job_id is not None and expected is not None:
        yield from execution.no_more_than_expected(measured.preparation.count, expected)


def present(policy: PurgePolicy, target: Target, presence: Presence, at: datetime) -> Iterator[Fault]:
    """Yield what a platform that has answered says against a policy, before anything is counted."""
    tells, end = target.backend.tells_of_itself, policy.selection.date_range.end
    yield from execution.clock_right(at, presence.clock)
    yield from targets.same_organization(target.organization_id, presence.organization_id, tells=tells)
    yield from dates.known(end, presence.settled_until, tells=tells)


def _measured(policy: PurgePolicy, target: Target, review: Review, measured: Measurement) -> Iterator[Fault]:
    count, survey = measured.count, measured.survey
    yield from execution.counted(count, target.counts, survey.why)
    yield from execution.within_share(
        count,
        survey.population,
        review.packs.settings.number(MAX_SHARE_PERCENT),
        allow_unfiltered=policy.allow_unfiltered,
    )
    if count != 0 and (target.backend.tells_of_itself or survey.newest_end is not None):
        yield from retention.last_old_enough(
            survey.newest_end, policy.retention_days, policy.retention_trigger, measured.at
        )
    if measured.preparation.job_id is not None:
        yield from retention.every_end_seen(count, survey.count)
    if target.backend.takes_whole_conversations:
        yield from holds.not_held_later(policy.selection, survey.newest_end, review.active)
    yield from measured.switches
    yield from present(policy, target, measured.presence, measured.at)
