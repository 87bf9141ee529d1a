"""Requests to one origin: bounded, retried where that is safe, and honest about what is not known."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Self
from urllib.parse import urlencode

from runner.errors import (
    Interrupted,
    OutcomeUnknown,
    PurgectlError,
    RemoteFailure,
    RequestRejected,
    RetryLater,
)
from runner.model.json import JsonObject
from runner.model.time import format_instant
from runner.net.connection import Route, never
from runner.net.masking import mask
from runner.net.origin import Origin
from runner.net.outcome import Answer, NoAnswer, Outcome
from runner.net.pace import Pace
from runner.net.retry import BUDGET_SECONDS, Effect, Ending, GiveUp, Wait, decide
from runner.net.wire import Limits, Wire
from runner.ports import Clock, Interruption, Jitter, Undisturbed


@dataclass(frozen=True, slots=True)
class Request:
    """One request. ``path`` begins with ``/``; ``secrets`` are what an answer could give away."""

    method: str
    path: str
    effect: Effect
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def with_json(self, value: JsonObject) -> Self:
        """Give the request a JSON body."""
        return self._with_body("application/json", json.dumps(value, allow_nan=False).encode())

    def with_form(self, fields: Mapping[str, str]) -> Self:
        """Give the request a form body."""
        return self._with_body("application/x-www-form-urlencoded", urlencode(fields).encode())

    def with_authorization(self, value: str, secrets: tuple[str, ...]) -> Self:
        """Give the request credentials, and say which texts nobody may ever read."""
        return replace(self, headers={**self.headers, "Authorization": value}, secrets=secrets)

    def _with_body(self, content_type: str, body: bytes) -> Self:
        return replace(self, headers={**self.headers, "Content-Type": content_type}, body=body)


class ServerClock:
    """What the server's own clock says, by its newest answer and the time since then."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._heard: tuple[datetime, float] | None = None

    def hear(self, date: datetime | None) -> None:
        """Take note of the ``Date`` header of an answer that has just come."""
        self._heard = None if date is None else (date, self._clock.monotonic())

    def now(self) -> datetime | None:
        """Return the server's present, or ``None`` when its newest answer had no date."""
        if self._heard is None:
            return None
        date, heard_at = self._heard
        return date + timedelta(seconds=self._clock.monotonic() - heard_at)


@dataclass(frozen=True, slots=True)
class Setting:
    """What every transport of a run shares.

    ``say`` is told about every pause; an ``interruption`` stops the sending of requests and cuts off
    those that only read.
    """

    clock: Clock
    jitter: Jitter
    route: Route
    limits: Limits = field(default_factory=Limits)
    say: Callable[[str], None] = lambda _: None
    interruption: Interruption = field(default_factory=Undisturbed)


def _never(answer: Answer) -> bool:
    del answer
    return False


class Transport:
    """Sends requests to one origin, and none with a worse effect than it is built for.

    ``pace`` and ``server_clock`` are shared with the other transports of the same target.
    """

    def __init__(
        self,
        origin: Origin,
        setting: Setting,
        *,
        pace: Pace,
        server_clock: ServerClock,
        allows: Effect = Effect.SAFE,
    ) -> None:
        self.origin = origin
        self._setting = setting
        self._pace = pace
        self._server_clock = server_clock
        self._allows = allows
        self._wire = Wire(limits=setting.limits, route=setting.route)

    def send(
        self,
        request: Request,
        *,
        start_by: float | None = None,
        throttled: Callable[[Answer], bool] = _never,
    ) -> Answer:
        """Send a request until there is an answer to hand over, whatever its status.

        ``start_by`` is the monotonic instant after which no try begins, ``throttled`` recognises
        an answer that means 429. Raises ``OutcomeUnknown`` when a request that changes something may
        have arrived, ``Interrupted`` when the run is asked to stop and nothing was sent or only read,
        ``RetryLater`` when the server asks for a longer pause than there is time for, and
        ``RemoteFailure`` (``RequestRejected`` for a request that changes something and was throttled)
        when the tries are used up. ``ValueError`` is a fault of the caller: this transport is not
        built for such a request.
        """
        if not request.effect.within(self._allows):
            raise ValueError(f"this transport is for {self._allows.value} requests only")
        clock = self._setting.clock
        started = clock.monotonic()
        budget = min(BUDGET_SECONDS, self._setting.interruption.grace())
        if start_by is not None:
            budget = min(budget, start_by - started)
        attempt = 0
        while True:
            attempt += 1
            self._pace.take()
            self._heed(request)
            if start_by is not None and clock.monotonic() > start_by:
                raise RemoteFailure(
                    f"{request} was not sent: its time is over",
                    where=self._url(request),
                    hint="run the same command again",
                )
            outcome = self._exchange(request)
            match decide(
                attempt,
                outcome,
                request.effect,
                elapsed=clock.monotonic() - started,
                budget=budget,
                throttled=isinstance(outcome, Answer) and throttled(outcome),
            ):
                case Wait(floor, spread):
                    self._heed(request)
                    self._pause(request, outcome, floor + self._setting.jitter(spread))
                case GiveUp() as end:
                    if request.effect is Effect.SAFE:
                        self._heed(request)
                    raise self._error(request, outcome, end, attempt)
                case Answer() as answer:
                    return answer

    def close(self) -> None:
        """Close the connection that is kept."""
        self._wire.close()

    def _url(self, request: Request) -> str:
        return f"{self.origin}{request.path}"

    def _heed(self, request: Request) -> None:
        """Raise ``Interrupted`` if the run was asked to stop: no try of the request has had an effect."""
        if self._setting.interruption.requested():
            raise Interrupted(
                f"{request} was given up: this run was asked to stop",
                where=self._url(request),
                hint="run again: the log says how far it came",
            )

    def _exchange(self, request: Request) -> Outcome:
        once = request.effect is not Effect.SAFE
        outcome = self._wire.exchange(
            request.method,
            self._url(request),
            headers={"Accept": "application/json", **request.headers},
            body=request.body,
            fresh=once,
            unwanted=never if once else self._setting.interruption.requested,
        )
        if isinstance(outcome, NoAnswer):
            return outcome
        self._server_clock.hear(outcome.date)
        self._pace.hear(outcome.allowed)
        correlation_id = outcome.correlation_id
        if correlation_id is not None and mask(correlation_id, request.secrets) != correlation_id:
            return replace(outcome, correlation_id=None)
        return outcome

    def _pause(self, request: Request, outcome: Outcome, seconds: float) -> None:
        self._setting.say(f"{request}: {told(outcome)}; trying again in {seconds:.0f} s")
        self._setting.clock.sleep(seconds)

    def _error(self, request: Request, outcome: Outcome, end: GiveUp, attempts: int) -> PurgectlError:
        url = self._url(request)
        if end.ending is Ending.UNKNOWN:
            return OutcomeUnknown(
                f"{request} may or may not have taken effect: {told(outcome)}",
                where=url,
                hint="find out on the platform whether it did before anything is sent again",
            )
        if end.retry_after is not None:
            not_before = self._setting.clock.now() + timedelta(seconds=end.retry_after)
            return RetryLater(
                f"{request} was put off by {end.retry_after} s; resume later: {told(outcome)}",
                not_before=not_before,
                where=url,
                hint=f"run the same command again after {format_instant(not_before)}",
            )
        tries = "one try" if attempts == 1 else f"{attempts} tries"
        message = f"{request} failed after {tries}, and nothing was submitted: {told(outcome)}"
        if request.effect is not Effect.SAFE and isinstance(outcome, Answer):
            return RequestRejected(message, status=outcome.status, where=url, hint="resume later")
        return RemoteFailure(message, where=url, hint="check the network and the platform's status page")


def told(outcome: Outcome) -> str:
    """Say in words what an exchange came to, with the correlation id that support will ask for."""
    if isinstance(outcome, NoAnswer):
        return outcome.detail
    text = f"HTTP {outcome.status}"
    if outcome.shortfall is not None:
        text += f", its body not whole ({outcome.shortfall.value})"
    if outcome.correlation_id is not None:
        text += f" (correlation id {outcome.correlation_id}, give it to Genesys support)"
    return text
