"""What every request passes, whatever it asks for: faults, headers, the journal, error bodies."""

from __future__ import annotations

import time
from threading import Event, Lock
from uuid import uuid4

from flask import Flask, Response, g, jsonify, request
from werkzeug.exceptions import HTTPException

from runner.sandbox.faults import Faults, InjectedFault, Kind, Stage
from runner.sandbox.journal import Entry, Journal
from runner.sandbox.problems import ApiError
from runner.sandbox.wire import CUT, SKEW, STRUCK

LARGEST_BODY = 512_000
REQUESTS_A_MINUTE = 300
CONTROL = "/sandbox/"


class Door:
    """Hooks around every call of an application; control calls pass without faults or journal."""

    def __init__(self, app: Flask, faults: Faults, journal: Journal, stopping: Event) -> None:
        self._faults = faults
        self._journal = journal
        self._stopping = stopping
        self._window = RateWindow()
        app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
        app.before_request(self.enter)
        app.after_request(self.leave)
        app.register_error_handler(ApiError, answer_error)
        app.register_error_handler(HTTPException, answer_http_error)

    def enter(self) -> Response | None:
        """Note the arrival, and let the faults strike that come before any effect."""
        g.arrived = time.time()
        g.correlation_id = str(uuid4())
        g.effect = False
        g.faults = []
        if request.path.startswith(CONTROL):
            return None
        if delay := strike(self._faults, Stage.DELAY):
            self._stopping.wait(delay.seconds())
        fault = strike(self._faults, Stage.BEFORE)
        return _struck(fault) if fault else None

    def leave(self, response: Response) -> Response:
        """Add the platform's headers, let the later faults strike, and write the journal."""
        if request.path.startswith(CONTROL):
            return response
        answered = response.status_code < 400 and CUT not in request.environ
        if answered and (fault := strike(self._faults, Stage.AFTER)):
            _spoil(response, fault)
        if skew := strike(self._faults, Stage.CLOCK):
            request.environ[SKEW] = skew.seconds()
        request.environ[STRUCK] = tuple(g.faults)
        self._write_journal(response)
        response.headers["ININ-Correlation-Id"] = g.correlation_id
        count, reset = self._window.count(time.monotonic())
        response.headers["inin-ratelimit-count"] = str(count)
        response.headers["inin-ratelimit-allowed"] = str(REQUESTS_A_MINUTE)
        response.headers["inin-ratelimit-reset"] = str(reset)
        return response

    def _write_journal(self, response: Response) -> None:
        self._journal.write(
            Entry(
                time=int(g.arrived * 1000),
                method=request.method,
                path=request.path,
                status=None if CUT in request.environ else response.status_code,
                correlation_id=g.correlation_id,
                effect=g.effect,
                faults=request.environ[STRUCK],
            )
        )


def strike(faults: Faults, stage: Stage) -> InjectedFault | None:
    """The fault that strikes the current request at a stage, noted for the journal."""
    fault = faults.take(stage, request.method, request.path)
    if fault is not None:
        note(fault.kind)
    return fault


def note(kind: Kind) -> None:
    """Note for the journal that a fault shapes the answer to the current request."""
    g.faults.append(kind.value)


class RateWindow:
    """Counts requests a minute, for the headers; the sandbox never throttles by itself."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._started = 0.0
        self._count = 0

    def count(self, now: float) -> tuple[int, int]:
        """Count one request at ``now`` (seconds); return the count and the seconds to its reset."""
        with self._lock:
            if not self._count or now - self._started >= 60:
                self._started, self._count = now, 0
            self._count += 1
            return self._count, max(1, round(self._started + 60 - now))


def answer_error(error: ApiError) -> Response:
    """An ``ApiError`` as the platform's error body."""
    response = jsonify(error.body(g.correlation_id))
    response.status_code = error.status
    return response


def answer_http_error(error: HTTPException) -> Response:
    """What the framework refuses (no such path, wrong method, too large), in the same form."""
    return answer_error(ApiError(error.code or 500, error.description or error.name))


def _struck(fault: InjectedFault) -> Response:
    match fault.kind:
        case Kind.CUT_BEFORE_EFFECT:
            request.environ[CUT] = True
            return Response()
        case Kind.NO_COUNT:
            return answer_error(ApiError(404, "The requested resource was not found."))
        case Kind.TOKEN_THROTTLED:
            text = "rate limit exceeded; please try again later"
            response = jsonify({"error": "invalid_request", "description": text, "error_description": text})
            response.status_code = 400
            return response
    return _status(fault)


def _status(fault: InjectedFault) -> Response:
    body, retry_after = fault.parameters["body"], fault.parameters["retry_after"]
    status = fault.number("status")
    if body is None:
        message = f"status {status} was switched on in the sandbox"
        if status == 429:
            message = f"Rate limit exceeded the maximum. Retry the request in [{retry_after}] seconds"
        response = answer_error(ApiError(status, message))
    else:
        response = Response(body) if isinstance(body, str) else jsonify(body)
        response.status_code = status
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response


def _spoil(response: Response, fault: InjectedFault) -> None:
    if fault.kind is Kind.CUT_AFTER_EFFECT:
        request.environ[CUT] = True
    else:
        response.set_data(fault.text("body"))
