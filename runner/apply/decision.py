"""The decision: what the log and ``main`` say of a purge, and the next thing to do about it.

Everything here is a pure function of values, so that every state a dead machine can leave behind
is a row of a test. The promise: at most one effective job, and none only with a record that says
so. An intent whose answer is lost is never sent again on a guess. A platform that lists its jobs
is asked for the job; the article's cannot, and there a person decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from runner.model.finding import Finding
from runner.model.job import Job
from runner.model.purge import Purge, PurgeState
from runner.plan.orders import Order, Standing
from runner.ports import SUBMISSION_SECONDS
from runner.rules.execution import MAX_CLOCK_SKEW

SUBMISSION = timedelta(seconds=SUBMISSION_SECONDS)
LOOK = timedelta(seconds=60)
"""How long a run may look at the world once more between its intent and its request."""

APART = 2 * MAX_CLOCK_SKEW
"""How far the clocks of two runners may differ, each of which agrees with the platform's."""

LEASE = LOOK + SUBMISSION + APART
"""How long an intent belongs to the run that wrote it."""

SETTLE = timedelta(minutes=10)
"""How long after a lease a request that is late on the wire may still arrive."""

LOOKS_APART = timedelta(seconds=60)
"""The time between the two looks of which neither finds a job."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a platform said when it was asked for the jobs of an intent.

    ``jobs`` is ``None`` where it cannot list them. ``missing_since`` is when a look before this one
    found none although the time to settle was over.
    """

    jobs: tuple[Job, ...] | None
    missing_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Nothing:
    """There is nothing to do; ``why`` is a sentence for the summary."""

    why: str


@dataclass(frozen=True, slots=True)
class Refuse:
    """Record the findings (once) and leave the purge alone."""

    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Intend:
    """Push ``purge.intended``; it must be on the remote branch before the POST."""

    attempt: int


@dataclass(frozen=True, slots=True)
class Submit:
    """Send the one irreversible request."""


@dataclass(frozen=True, slots=True)
class Halt:
    """The order changed between its intent and its POST: record that nothing was sent."""

    findings: tuple[Finding, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Record that this intent was never sent; the purge may be announced again."""

    why: str


@dataclass(frozen=True, slots=True)
class DeclareAmbiguous:
    """Nobody can tell whether the request was sent: record that, and leave it to a person."""

    reason: str


@dataclass(frozen=True, slots=True)
class LookUp:
    """Ask the platform which jobs the intent has begun, at ``not_before`` or later."""

    not_before: datetime


@dataclass(frozen=True, slots=True)
class Adopt:
    """The job of an intent whose answer was lost has been found: record it as submitted."""

    job: Job


@dataclass(frozen=True, slots=True)
class Poll:
    """Ask how the job stands."""

    job_id: str


@dataclass(frozen=True, slots=True)
class Verify:
    """Count again, and record whether anything is left."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Come back at ``until`` or later."""

    until: datetime
    why: str


@dataclass(frozen=True, slots=True)
class AwaitPerson:
    """Only a person can tell what happened."""


Recovery: TypeAlias = "Wait | LookUp | Adopt | Withdraw | DeclareAmbiguous"
Step: TypeAlias = "Nothing | Refuse | Intend | Recovery | Poll | Verify | AwaitPerson"


def next_step(
    purge: Purge | None, order: Order | None, now: datetime, sighting: Sighting | None = None
) -> Step:
    """Decide what to do about one purge that this process has not begun itself.

    ``purge`` is the fold of the log, ``order`` the policy at the tip of ``main``; at least one of
    the two is given. ``sighting`` is there once the platform has been asked as ``LookUp`` says. An
    order must have been counted and guarded before it may be intended.
    """
    if purge is None or purge.state is PurgeState.REFUSED:
        return _before_intent(purge, order)
    match purge.state:
        case PurgeState.INTENDED:
            return _unanswered(purge.lease_until or now, now, sighting)
        case PurgeState.SUBMITTED:
            return Poll(str(purge.job_id))
        case PurgeState.AMBIGUOUS:
            return AwaitPerson()
        case _ if purge.unverified:
            return Verify()
        case _ if purge.state.may_be_followed:
            return Nothing(f"{purge.state.value}; a new attempt needs a higher revision, by pull request")
        case _:
            return Nothing(f"{purge.state.value}; this revision never runs again")


def _unanswered(lease: datetime, now: datetime, sighting: Sighting | None) -> Recovery:
    """Decide about an intent without an answer, whose ``lease`` ends or has ended."""
    if now < lease:
        return Wait(lease, "another run has just announced this purge")
    if sighting is None:
        return LookUp(now)
    match sighting.jobs:
        case None:
            return DeclareAmbiguous("lease-expired")
        case (job,):
            return Adopt(job)
        case ():
            return _absent(lease + SETTLE, now, sighting.missing_since)
        case _:
            return DeclareAmbiguous("several-jobs")


def _absent(settled: datetime, now: datetime, missing_since: datetime | None) -> Recovery:
    """Decide about an intent of which the platform shows no job."""
    if now < settled:
        return Wait(settled, "the platform shows no job, and a late request may still arrive")
    if missing_since is None:
        return LookUp(now + LOOKS_APART)
    if now < missing_since + LOOKS_APART:
        return LookUp(missing_since + LOOKS_APART)
    return Withdraw("the platform was asked twice and never saw its request")


def _before_intent(purge: Purge | None, order: Order | None) -> Step:
    if order is None:
        return Nothing("its policy is no longer on main")
    match order.standing:
        case Standing.READY:
            return Intend(attempt=1 if purge is None else purge.attempt + 1)
        case Standing.REFUSED:
            return Refuse(order.findings)
        case Standing.WAITING if purge is not None and purge.not_before is not None:
            return Wait(purge.not_before, "the platform asked for a pause")
        case Standing.OBSERVED:
            return Nothing("mode is observe: never submitted; plan counts it")
        case Standing.BASELINE:
            return Nothing("it stood on main when the log was opened; raise its revision to run it")
        case _:
            return Nothing(order.standing.value)


def before_submission(
    intended: Purge,
    purge: Purge | None,
    announced: Order,
    order: Order | None,
    now: datetime,
    *,
    as_announced: bool = True,
    over: bool = False,
) -> Submit | Halt | Withdraw | Nothing:
    """Decide, right before the POST, about the intent that this process has pushed.

    ``intended`` is the purge as folded when the intent landed, ``purge`` as the log says now;
    ``announced`` is the order that was intended, ``order`` the same policy at the newest tip,
    guarded afresh; ``as_announced`` says that the holds and packs are those that the intent names,
    ``over`` that this run has no time left, or was asked to stop. Anything that differs means that
    nothing is sent.
    """
    if purge is None or purge.state is not PurgeState.INTENDED or purge.intent != intended.intent:
        return Nothing("the log moved on while this run was busy")
    if order is None:
        return Halt((), "the policy is no longer on main")
    if order.blob != announced.blob:
        return Halt((), "the policy changed on main")
    if order.findings:
        return Halt(order.findings, "a guard says no")
    if not as_announced:
        return Withdraw("holds or packs changed on main, so the intent names what is no longer true")
    if over:
        return Withdraw("this run ended before it was sent; the next one announces it again")
    if purge.lease_until is None or now + SUBMISSION + APART > purge.lease_until:
        return Withdraw("this run was too slow, and its lease has ended")
    return Submit()


def poll_interval(age_seconds: float, requests: int, per_minute: float) -> float:
    """Return the pause in seconds until a job is asked about again.

    A tenth of the job's age, at least 1 and at most 15 seconds, and never so often that the
    ``requests`` which it takes to ask about every open job would exceed a budget of ``per_minute``.
    """
    share = requests * 60.0 / max(per_minute, 1.0)
    return max(min(max(age_seconds / 10, 1.0), 15.0), share)
