"""Faults on demand: what to do wrong, on which call, how often."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, StrEnum, auto
from threading import Lock
from typing import cast

from runner.model.json import Json, JsonObject
from runner.sandbox.endpoint import ANY, covers
from runner.sandbox.problems import malformed

PURGE = "POST /api/v2/interactions/purge"
COUNT = "POST /api/v2/interactions/purge/count"
TOKEN = "POST /oauth/token"  # noqa: S105 - a path
RECORDING_JOBS = "POST /api/v2/recording/jobs"


class Stage(Enum):
    """When a fault strikes. At most one fault strikes a request at each stage."""

    DELAY = auto()
    BEFORE = auto()
    BEARER = auto()
    JOB = auto()
    AFTER = auto()
    CLOCK = auto()


class Kind(StrEnum):
    """What can go wrong."""

    SLOW = "slow"
    STATUS = "status"
    CUT_BEFORE_EFFECT = "cut-before-effect"
    NO_COUNT = "no-count"
    TOKEN_THROTTLED = "token-throttled"  # noqa: S105 - the name of a fault
    EXPIRED_TOKEN = "expired-token"  # noqa: S105 - the name of a fault
    JOB_FAILED = "job-failed"
    JOB_CANCELLED = "job-cancelled"
    JOB_VANISHED = "job-vanished"
    JOB_UNKNOWN_STATUS = "job-unknown-status"
    JOB_STUCK = "job-stuck"
    NO_TOTALS = "no-totals"
    RECORDINGS_FAIL = "recordings-fail"
    CUT_AFTER_EFFECT = "cut-after-effect"
    WRONG_JSON = "wrong-json"
    DATE_SKEW = "date-skew"


@dataclass(frozen=True, slots=True)
class _Parameter:
    """The default of a parameter, the check of a given value, and the words for what is allowed."""

    default: Json
    sound: Callable[[object], bool]
    rule: str


@dataclass(frozen=True, slots=True)
class _Form:
    """What the description of one kind looks like; an empty ``on`` means that it must be given."""

    stage: Stage
    on: str = ""
    parameters: Mapping[str, _Parameter] = field(default_factory=dict)


def _seconds(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= 10**9


def _whole(least: int, most: int) -> Callable[[object], bool]:
    return lambda value: type(value) is int and least <= value <= most


def _text(value: object) -> bool:
    return isinstance(value, str)


_SECONDS = _Parameter(1, _seconds, "a number of seconds")
_POLLS = _Parameter(2, _whole(0, 10**6), "a whole number of polls")
_FORMS: Mapping[Kind, _Form] = {
    Kind.SLOW: _Form(Stage.DELAY, parameters={"seconds": _SECONDS}),
    Kind.STATUS: _Form(
        Stage.BEFORE,
        parameters={
            "status": _Parameter(503, _whole(200, 599), "a status from 200 to 599"),
            "retry_after": _Parameter(
                None, lambda value: value is None or _whole(0, 10**9)(value), "whole seconds, or null"
            ),
            "body": _Parameter(None, lambda _: True, "any JSON"),
        },
    ),
    Kind.CUT_BEFORE_EFFECT: _Form(Stage.BEFORE),
    Kind.NO_COUNT: _Form(Stage.BEFORE, COUNT),
    Kind.TOKEN_THROTTLED: _Form(Stage.BEFORE, TOKEN),
    Kind.EXPIRED_TOKEN: _Form(Stage.BEARER, ANY),
    Kind.JOB_FAILED: _Form(
        Stage.JOB, PURGE, {"reason": _Parameter("Backend storage corruption", _text, "a text")}
    ),
    Kind.JOB_CANCELLED: _Form(
        Stage.JOB, PURGE, {"reason": _Parameter("Cancelled by an administrator", _text, "a text")}
    ),
    Kind.JOB_VANISHED: _Form(Stage.JOB, PURGE, {"polls": _POLLS}),
    Kind.JOB_UNKNOWN_STATUS: _Form(
        Stage.JOB, PURGE, {"polls": _POLLS, "word": _Parameter("reconciling", _text, "a text")}
    ),
    Kind.JOB_STUCK: _Form(Stage.JOB, PURGE),
    Kind.NO_TOTALS: _Form(Stage.JOB, RECORDING_JOBS),
    Kind.RECORDINGS_FAIL: _Form(
        Stage.JOB, RECORDING_JOBS, {"count": _Parameter(1, _whole(1, 10**6), "a whole number from 1")}
    ),
    Kind.CUT_AFTER_EFFECT: _Form(Stage.AFTER),
    Kind.WRONG_JSON: _Form(
        Stage.AFTER,
        parameters={"body": _Parameter('{"purgeId": ', _text, "a text, which is sent as it stands")},
    ),
    Kind.DATE_SKEW: _Form(Stage.CLOCK, ANY, {"seconds": _SECONDS}),
}


@dataclass(frozen=True, slots=True)
class InjectedFault:
    """One fault. ``parameters`` are complete and checked for its ``kind``; ``times`` None is for ever."""

    on: str
    kind: Kind
    times: int | None
    parameters: JsonObject

    @property
    def stage(self) -> Stage:
        """When it strikes."""
        return _FORMS[self.kind].stage

    def number(self, name: str) -> int:
        """A parameter that is a whole number."""
        return cast("int", self.parameters[name])

    def seconds(self) -> float:
        """The parameter ``seconds``."""
        return cast("float", self.parameters["seconds"])

    def text(self, name: str) -> str:
        """A parameter that is a text."""
        return cast("str", self.parameters[name])

    def describe(self) -> JsonObject:
        """The fault as JSON, as it could be sent again."""
        return {"on": self.on, "kind": self.kind.value, "times": self.times, **self.parameters}


def parse(value: object) -> InjectedFault:
    """Read the description of a fault. Raises ``ApiError`` 400 that says what is wrong with it."""
    if not isinstance(value, dict):
        raise malformed("a fault is an object with on and kind")
    given = dict(value)
    kind = given.pop("kind", None)
    if not isinstance(kind, str) or kind not in list(Kind):
        raise malformed(f"kind must be one of {', '.join(Kind)}")
    form = _FORMS[Kind(kind)]
    on = given.pop("on", form.on)
    if not isinstance(on, str) or not (on == ANY or " /" in on):
        raise malformed(f'on must be a method and a path, such as "{PURGE}", or "*"')
    times = given.pop("times", 1)
    if times is not None and not _whole(1, 10**9)(times):
        raise malformed("times must be a whole number from 1, or null for ever")
    if unknown := given.keys() - form.parameters.keys():
        raise malformed(f"{kind} does not know {', '.join(sorted(unknown))}")
    return InjectedFault(on, Kind(kind), times, _parameters(form.parameters, given))


def _parameters(known: Mapping[str, _Parameter], given: Mapping[str, Json]) -> JsonObject:
    complete = {name: given.get(name, parameter.default) for name, parameter in known.items()}
    for name, parameter in known.items():
        if not parameter.sound(complete[name]):
            raise malformed(f"{name} must be {parameter.rule}")
    return complete


class Faults:
    """The faults that are switched on, oldest first. Safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._armed: list[InjectedFault] = []

    def arm(self, fault: InjectedFault) -> None:
        """Switch a fault on, behind those that are on already."""
        with self._lock:
            self._armed.append(fault)

    def clear(self, on: str | None = None) -> None:
        """Switch off every fault, or those described with exactly this ``on``."""
        with self._lock:
            self._armed = [fault for fault in self._armed if on is not None and fault.on != on]

    def armed(self) -> tuple[InjectedFault, ...]:
        """Those still on, with the number of times left."""
        with self._lock:
            return tuple(self._armed)

    def take(self, stage: Stage, method: str, path: str) -> InjectedFault | None:
        """The fault that strikes this request at this stage, counted down, or ``None``."""
        with self._lock:
            for index, fault in enumerate(self._armed):
                if fault.stage is stage and covers(fault.on, method, path):
                    self._armed[index : index + 1] = _left(fault)
                    return fault
        return None


def _left(fault: InjectedFault) -> list[InjectedFault]:
    if fault.times is None:
        return [fault]
    if fault.times == 1:
        return []
    return [replace(fault, times=fault.times - 1)]
