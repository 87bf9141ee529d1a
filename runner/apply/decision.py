"""The decision: what the log and ``main`` say of a purge, and the next thing to do about it.

Everything here is a pure function of values, so that every state a dead machine can leave behind
is a row of a test. The promise: at most one effective job, and none only with a record that says
so. The article's backend cannot list its jobs, so an intent whose answer is lost is never sent
again; it waits for a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from runner.model.finding import Finding
from runner.model.purge import Purge, PurgeState
from runner.plan.orders import Order, Standing
from runner.ports import SUBMISSION_SECONDS

SUBMISSION = timedelta(seconds=SUBMISSION_SECONDS)
LEASE = SUBMISSION + timedelta(seconds=60)
"""How long an intent belongs to the run that wrote it."""


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


Step: TypeAlias = "Nothing | Refuse | Intend | DeclareAmbiguous | Poll | Verify | Wait | AwaitPerson"


def next_step(purge: Purge | None, order: Order | None, now: datetime) -> Step:
    """Decide what to do about one purge that this process has not begun itself.

    ``purge`` is the fold of the log, ``order`` the policy at the tip of ``main``; at least one of
    the two is given. An order must have been counted and guarded before it may be intended.
    """
    if purge is None or purge.state is PurgeState.REFUSED:
        return _before_intent(purge, order)
    match purge.state:
        case PurgeState.INTENDED:
            if purge.lease_until is not None and now < purge.lease_until:
                return Wait(purge.lease_until, "another run has just announced this purge")
            return DeclareAmbiguous("lease-expired")
        case PurgeState.SUBMITTED:
            return Poll(str(purge.job_id))
        case PurgeState.AMBIGUOUS:
            return AwaitPerson()
        case PurgeState.COMPLETED if purge.verdict is None:
            return Verify()
        case _ if purge.state.may_be_followed:
            return Nothing(f"{purge.state.value}; a new attempt needs a higher revision, by pull request")
        case _:
            return Nothing(f"{purge.state.value}; this revision never runs again")


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
            return Nothing("mode is observe: counted, never submitted")
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
) -> Submit | Halt | Withdraw | Nothing:
    """Decide, right before the POST, about the intent that this process has pushed.

    ``intended`` is the purge as folded when the intent landed, ``purge`` as the log says now;
    ``announced`` is the order that was intended, ``order`` the same policy at the newest tip,
    guarded afresh; ``as_announced`` says that the holds and packs are those that the intent names.
    Anything that differs means that nothing is sent.
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
    if purge.lease_until is None or now + SUBMISSION > purge.lease_until:
        return Withdraw("this run was too slow, and its lease has ended")
    return Submit()


def poll_interval(age_seconds: float, open_jobs: int, rate_per_minute: int) -> float:
    """Return the pause in seconds until a job is asked about again.

    A tenth of the job's age, at least 1 and at most 30 seconds, and never so often that all open
    jobs together would exceed half the target's requests a minute.
    """
    share = open_jobs * 60.0 / max(rate_per_minute / 2, 1)
    return max(min(max(age_seconds / 10, 1.0), 30.0), share)
