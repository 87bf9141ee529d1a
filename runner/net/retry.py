"""The decision to send a request again, as a pure function of what the last try came to.

The question for a request that changes something is never "did it fail?" but "can it have arrived?". It
is sent again only when it certainly was not processed: no connection was made, or the server said
429. Sources: RFC 9110 section 9.2.2 (idempotency), RFC 6585 section 4 (429); that ``Retry-After``
is in whole seconds and may be hours away is the platform's own custom.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from runner.net.outcome import Answer, Failure, NoAnswer, Outcome

TRIES = 5
BUDGET_SECONDS = 180.0
LONGEST_PAUSE_SECONDS = 180
_FIRST_BACKOFF_SECONDS = 1.0
_LONGEST_BACKOFF_SECONDS = 30.0
_SPREAD_SECONDS = 1.0

_PASSING = frozenset({408, 500, 502, 503, 504})
_REFUSALS = frozenset(
    {400, 401, 403, 404, 405, 406, 409, 410, 411, 413, 414, 415, 421, 422, 426, 428, 431, 451}
)


class Effect(StrEnum):
    """What a request does at worst. One that changes nothing may be sent twice; the others may not."""

    SAFE = "safe"
    REVERSIBLE = "reversible"
    IRREVERSIBLE = "irreversible"

    def within(self, allowed: Effect) -> bool:
        """Whether this is no worse than what is allowed."""
        order = tuple(Effect)
        return order.index(self) <= order.index(allowed)


@dataclass(frozen=True, slots=True)
class Wait:
    """Try again after ``floor`` seconds and a random part of ``spread`` seconds more."""

    floor: float
    spread: float


class Ending(StrEnum):
    """Why nothing more is tried. Only ``unknown`` leaves open whether the request took effect."""

    NOT_CONNECTED = "not-connected"
    THROTTLED = "throttled"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Stop. ``retry_after`` is the pause in seconds that the server asked for, if it did."""

    ending: Ending
    retry_after: int | None = None


Decision: TypeAlias = "Answer | Wait | GiveUp"


def decide(
    attempt: int,
    outcome: Outcome,
    effect: Effect,
    *,
    elapsed: float,
    budget: float = BUDGET_SECONDS,
    throttled: bool = False,
) -> Decision:
    """Decide after try number ``attempt`` (from 1): hand the answer over, wait, or give up.

    ``elapsed`` and ``budget`` are in seconds from the first try; no try begins past the budget.
    ``throttled`` says that this answer means 429 whatever its status is.
    """
    pace = _Pace(attempt, elapsed, budget)
    if isinstance(outcome, Answer) and (throttled or outcome.status == 429):
        return pace.again(Ending.THROTTLED, outcome.retry_after)
    return _safe(outcome, pace) if effect is Effect.SAFE else _once(outcome, effect, pace)


def _once(outcome: Outcome, effect: Effect, pace: _Pace) -> Decision:
    """Decide about a request that changes something. A 501 is believed where a mistake can be undone."""
    if isinstance(outcome, NoAnswer):
        return GiveUp(Ending.UNKNOWN) if outcome.sent else pace.again(Ending.NOT_CONNECTED)
    accepted = outcome.successful and outcome.shortfall is None
    refused = outcome.status in _REFUSALS or (outcome.status == 501 and effect is Effect.REVERSIBLE)
    return outcome if accepted or refused else GiveUp(Ending.UNKNOWN)


def _safe(outcome: Outcome, pace: _Pace) -> Decision:
    if isinstance(outcome, NoAnswer):
        return pace.again(Ending.FAILED if outcome.sent else Ending.NOT_CONNECTED)
    if outcome.status in _PASSING:
        return pace.again(Ending.FAILED, outcome.retry_after if outcome.status == 503 else None)
    if outcome.successful and outcome.shortfall is Failure.TOO_LARGE:
        return GiveUp(Ending.FAILED)
    if outcome.successful and outcome.shortfall is not None:
        return pace.again(Ending.FAILED)
    return outcome


@dataclass(frozen=True, slots=True)
class _Pace:
    """How far the tries of one request have come."""

    attempt: int
    elapsed: float
    budget: float

    def again(self, ending: Ending, retry_after: int | None = None) -> Wait | GiveUp:
        """Wait as long as the server asks, else with exponential back-off and full jitter."""
        floor = float(retry_after or 0)
        room = self.budget - self.elapsed - floor
        if self.attempt >= TRIES or floor > LONGEST_PAUSE_SECONDS or room < 0:
            return GiveUp(ending, retry_after)
        if retry_after is not None:
            return Wait(floor, min(_SPREAD_SECONDS, room))
        backoff = min(_FIRST_BACKOFF_SECONDS * 2 ** (self.attempt - 1), _LONGEST_BACKOFF_SECONDS)
        return Wait(0.0, min(backoff, room))
