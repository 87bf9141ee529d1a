"""Settings: the numbers of the rule catalogue that regulation packs may state, and what holds otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number of the catalogue. ``path`` is its place below ``settings`` in a pack.

    ``default`` holds where no pack states it, and ``strictest`` picks among several. No pack can
    make a ``firm`` one laxer than its default.
    """

    path: str
    default: int
    strictest: Callable[[Iterable[int]], int]
    firm: bool = False


MAX_WINDOW_DAYS = Parameter("dates/maxWindowDays", 366, min)
SETTLE_HOURS = Parameter("dates/settleHours", 48, max, firm=True)
MAX_SHARE_PERCENT = Parameter("scope/maxShareOfPopulationPercent", 20, min)
PLAN_DRIFT_PERCENT = Parameter("scope/planDriftPercent", 2, min)
RELEASE_COOL_OFF_DAYS = Parameter("holds/releaseCoolOffDays", 30, max, firm=True)
UNFILTERED_EXTRA = Parameter("approvals/unfilteredExtra", 1, max)
VALID_FOR_DAYS = Parameter("approvals/validForDays", 14, min)

PARAMETERS = (
    MAX_WINDOW_DAYS,
    SETTLE_HOURS,
    MAX_SHARE_PERCENT,
    PLAN_DRIFT_PERCENT,
    RELEASE_COOL_OFF_DAYS,
    UNFILTERED_EXTRA,
    VALID_FOR_DAYS,
)


@dataclass(frozen=True, slots=True)
class Quorum:
    """How many different people must approve, and the roles that must be among them."""

    people: int
    roles: frozenset[str] = frozenset()

    def joined(self, other: Quorum) -> Quorum:
        """Return what both ask for: the larger number of people, and every role."""
        return Quorum(max(self.people, other.people), self.roles | other.roles)


NOBODY = Quorum(0)
"""What asks for no approval beyond what others ask for."""

QUORUMS: Mapping[str, Quorum] = MappingProxyType(
    {
        "public": Quorum(1),
        "internal": Quorum(1),
        "confidential": Quorum(2, frozenset({"records-manager"})),
        "pii": Quorum(2, frozenset({"privacy-officer"})),
        "hipaa": Quorum(3, frozenset({"privacy-officer", "records-manager"})),
    }
)
"""By classification: who approves where no pack says it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What is stated, numbers by the path of their parameter and quorums by classification.

    Whatever is not stated is as the catalogue has it, so ``Settings()`` are the built-in ones.
    """

    numbers: Mapping[str, int] = field(default_factory=dict)
    quorums: Mapping[str, Quorum] = field(default_factory=dict)

    def number(self, parameter: Parameter) -> int:
        """Return a number in the unit of its path: days, hours, percent or people."""
        stated = self.numbers.get(parameter.path, parameter.default)
        return parameter.strictest((stated, parameter.default)) if parameter.firm else stated

    def approvals(self, classification: str) -> Quorum:
        """Return who approves the purge of such data where a filter narrows it."""
        return self.quorums.get(classification, QUORUMS[classification])

    def tightened(self, other: Settings) -> Settings:
        """Return these settings where ``other`` may make each of them stricter, and none laxer."""
        return Settings(
            {
                p.path: p.strictest((self.number(p), other.numbers.get(p.path, self.number(p))))
                for p in PARAMETERS
            },
            {
                each: self.approvals(each).joined(other.quorums.get(each, self.approvals(each)))
                for each in QUORUMS
            },
        )

    @property
    def widest_range(self) -> timedelta:
        """The widest date range of a policy (DAT-003)."""
        return timedelta(days=self.number(MAX_WINDOW_DAYS))

    @property
    def settling(self) -> timedelta:
        """How long after its end a range is left alone (DAT-002)."""
        return timedelta(hours=self.number(SETTLE_HOURS))

    @property
    def cool_off(self) -> timedelta:
        """How long what was held stays, at least, after the day of its release (HLD-004)."""
        return timedelta(days=self.number(RELEASE_COOL_OFF_DAYS))

    @property
    def valid_for(self) -> timedelta:
        """How long after the last approval a purge may begin (APR-003)."""
        return timedelta(days=self.number(VALID_FOR_DAYS))


def in_force(stated: Sequence[Settings]) -> Settings:
    """Return what packs say together, from the lowest up: the first states, the others only tighten."""
    lowest, *others = stated or (Settings(),)
    for other in others:
        lowest = lowest.tightened(other)
    return lowest
