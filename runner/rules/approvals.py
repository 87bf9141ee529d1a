"""Rules about who approved: enough of the right people, none of them in their own cause, not too long ago.

They are judged over evidence as a forge tells it. People are the forge's numeric ids, never names.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from runner.model.finding import Fault, Severity
from runner.model.rule import Phase, Rule
from runner.model.time import format_instant
from runner.rules.execution import APR_001

APR_002 = Rule(
    id="APR-002",
    title="Nobody approves their own purge",
    severity=Severity.ERROR,
    phases=frozenset({Phase.EXECUTION}),
    basis="Separation of duties: ISO/IEC 27002:2022 control 5.3",
    hint="have somebody approve it who neither wrote nor pushed nor runs it",
)
APR_003 = Rule(
    id="APR-003",
    title="An approval is acted on in time",
    severity=Severity.ERROR,
    phases=frozenset({Phase.EXECUTION}),
    basis="Decision: an approval speaks for the circumstances under which it was given",
    hint="have it approved again by a pull request that raises revision",
)

VALID_FOR = timedelta(days=14)
"""How long after the last approval a purge may begin."""


@dataclass(frozen=True, slots=True)
class Vote:
    """One approval: whose, in which roles, of which bytes (a git blob id), and when."""

    person: int
    roles: frozenset[str]
    blob: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a forge tells of one policy. ``involved`` wrote it, pushed it last, or runs it."""

    blob: str
    votes: tuple[Vote, ...]
    involved: frozenset[int]

    @property
    def valid(self) -> tuple[Vote, ...]:
        """The votes for the very bytes that are to run; any change makes an earlier vote void."""
        return tuple(vote for vote in self.votes if vote.blob == self.blob)

    @property
    def independent(self) -> tuple[Vote, ...]:
        """The valid votes of people who are not involved."""
        return tuple(vote for vote in self.valid if vote.person not in self.involved)


@dataclass(frozen=True, slots=True)
class Quorum:
    """How many different people must approve, and the roles that must be among them."""

    people: int
    roles: frozenset[str]

    def lacks(self, votes: tuple[Vote, ...]) -> str:
        """Say what is missing, such as ``1 of 3 people, no privacy-officer``; empty if nothing is."""
        people = len({vote.person for vote in votes})
        absent = self.roles - {role for vote in votes for role in vote.roles}
        missing = [f"no {role}" for role in sorted(absent)]
        return ", ".join(([f"{people} of {self.people} people"] if people < self.people else []) + missing)


def approved(evidence: Evidence, quorum: Quorum) -> Iterator[Fault]:
    """APR-001: enough people, in the roles that are asked for, approved these bytes."""
    lacking = quorum.lacks(evidence.valid)
    if lacking:
        yield APR_001.fault("", f"the approval of these bytes is not complete: {lacking}")


def independent(evidence: Evidence, quorum: Quorum) -> Iterator[Fault]:
    """APR-002: the quorum stands without those who wrote, pushed or run the policy."""
    lacking = quorum.lacks(evidence.independent)
    if lacking and not quorum.lacks(evidence.valid):
        yield APR_002.fault("", f"without those who are involved the approval is not complete: {lacking}")


def in_time(evidence: Evidence, now: datetime) -> Iterator[Fault]:
    """APR-003: the last valid approval is at most ``VALID_FOR`` old."""
    last = max((vote.at for vote in evidence.independent), default=None)
    if last is not None and now - last > VALID_FOR:
        yield APR_003.fault(
            "", f"the last approval was given at {format_instant(last)}, and counts for {VALID_FOR.days} days"
        )
