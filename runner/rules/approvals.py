"""Rules about who approved: enough of the right people, none of them in their own cause, not too long ago.

They are judged over evidence as a forge tells it. People are the forge's numeric ids, never names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from runner.model.finding import Fault, Severity
from runner.model.regulation import Regulation
from runner.model.rule import Phase, Rule
from runner.model.settings import UNFILTERED_EXTRA, Quorum, Settings
from runner.model.time import format_instant

APR_001 = Rule(
    id="APR-001",
    title="These bytes were approved",
    severity=Severity.ERROR,
    phase=Phase.EXECUTION,
    basis="Separation of duties: who orders a purge does not approve it",
    hint="have it approved by a pull request that raises revision, before it is merged",
)
APR_002 = Rule(
    id="APR-002",
    title="Nobody approves their own purge",
    severity=Severity.ERROR,
    phase=Phase.EXECUTION,
    basis="Separation of duties: ISO/IEC 27002:2022 control 5.3",
    hint="have somebody approve it who neither wrote nor pushed nor runs it",
)
APR_003 = Rule(
    id="APR-003",
    title="An approval is acted on in time",
    severity=Severity.ERROR,
    phase=Phase.EXECUTION,
    basis="Decision: an approval speaks for the circumstances under which it was given",
    hint="have it approved again by a pull request that raises revision",
)
APR_004 = Rule(
    id="APR-004",
    title="What runs came to main by a merge, as it was reviewed",
    severity=Severity.ERROR,
    phase=Phase.EXECUTION,
    basis="Separation of duties: an approval covers what was shown, and nobody may add to it afterwards",
    hint="change the file by a new pull request of its own, and have that approved",
)
APR_005 = Rule(
    id="APR-005",
    title="What a purge is judged by came to main by review",
    severity=Severity.ERROR,
    phase=Phase.EXECUTION,
    basis="Separation of duties: nobody alone moves the ground of an approval (ISO/IEC 27002:2022, 5.3)",
    hint="change that file by a pull request, and have somebody else approve it before the merge",
)


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


def asked(
    settings: Settings, entries: Iterable[Regulation], classification: str, *, unfiltered: bool
) -> Quorum:
    """Return who approves a policy: what its class asks for, and every entry that governs it.

    One whose filters do not narrow it needs more people.
    """
    quorum = settings.approvals(classification)
    for entry in entries:
        quorum = quorum.joined(entry.approvals)
    extra = settings.number(UNFILTERED_EXTRA) if unfiltered else 0
    return replace(quorum, people=quorum.people + extra)


def as_reviewed(*, merged: bool, same_bytes: bool, unknown_people: int) -> Iterator[Fault]:
    """APR-004: a merge brought the very bytes that were reviewed, and everybody behind them is known."""
    if not merged:
        yield APR_004.fault("", "a push brought it to main, and not the merge of a pull request")
    if not same_bytes:
        yield APR_004.fault("", "the file on main is not the file that was reviewed in the pull request")
    if unknown_people:
        yield APR_004.fault(
            "",
            f"of those who wrote or pushed it, {unknown_people} cannot be told from a reviewer",
            hint="name in commits and trailers only addresses that belong to an account on the forge",
        )


def founded(path: str, fault: Fault) -> Fault:
    """APR-005: something stands against how a file came to ``main`` that every purge rests on."""
    return APR_005.fault("", f"{path} has a say in this purge: {fault.message}")


def nobody_objects(objections: int) -> Iterator[Fault]:
    """APR-001: no reviewer's last word, not even after the merge, asks for changes."""
    if objections:
        yield APR_001.fault(
            "",
            f"{objections} of the reviewers ask for changes",
            hint="settle with them what is wrong; they approve or dismiss their review when it is",
        )


def approved(evidence: Evidence, quorum: Quorum) -> Iterator[Fault]:
    """APR-001: enough people, in the roles that are asked for, approved these bytes."""
    lacking = _lacking(quorum, evidence.valid)
    if lacking:
        yield APR_001.fault("", f"the approval of these bytes is not complete: {lacking}")


def independent(evidence: Evidence, quorum: Quorum) -> Iterator[Fault]:
    """APR-002: the quorum stands without those who wrote, pushed or run the policy."""
    lacking = _lacking(quorum, evidence.independent)
    if lacking and not _lacking(quorum, evidence.valid):
        yield APR_002.fault("", f"without those who are involved the approval is not complete: {lacking}")


def in_time(evidence: Evidence, now: datetime, *, valid_for: timedelta) -> Iterator[Fault]:
    """APR-003: the last valid approval is at most ``valid_for`` old."""
    last = max((vote.at for vote in evidence.independent), default=None)
    if last is not None and now - last > valid_for:
        yield APR_003.fault(
            "", f"the last approval was given at {format_instant(last)}, and counts for {valid_for.days} days"
        )


def _lacking(quorum: Quorum, votes: tuple[Vote, ...]) -> str:
    """Say what is missing, such as ``1 of 3 people, no privacy-officer``; empty if nothing is."""
    people = len({vote.person for vote in votes})
    absent = quorum.roles - {role for vote in votes for role in vote.roles}
    missing = [f"no {role}" for role in sorted(absent)]
    return ", ".join(([f"{people} of {quorum.people} people"] if people < quorum.people else []) + missing)
