"""Resolution: what a person decides about a purge of which nobody could tell whether it ran."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from runner.apply.decision import SETTLE
from runner.errors import Refused, UsageError
from runner.model.purge import Purge, PurgeState
from runner.model.time import format_instant

_JOB_ID = re.compile(r"[!-~]{1,200}", re.ASCII)
_REFERENCE = re.compile(r"[A-Za-z0-9#/._-]{0,64}", re.ASCII)


class Decision(StrEnum):
    """Whether the request took effect."""

    RAN = "ran"
    NOT_RUN = "not-run"


class Evidence(StrEnum):
    """What the decision rests on: the job was seen or is certainly absent, a count, the platform's word."""

    JOB_SEEN = "job-seen"
    JOB_ABSENT = "job-absent"
    COUNT = "count"
    PLATFORM_OPERATOR = "platform-operator"


MEANING: Mapping[Decision, str] = {
    Decision.RAN: "this revision never runs again, and the next apply counts what is left",
    Decision.NOT_RUN: "nothing was deleted by this revision; a higher one may run, by pull request",
}
_CONTRARY = {Decision.RAN: Evidence.JOB_ABSENT, Decision.NOT_RUN: Evidence.JOB_SEEN}


@dataclass(frozen=True, slots=True)
class Resolution:
    """A decision with its evidence. ``actor_id`` is the forge's number of a person, never a name."""

    decision: Decision
    evidence: Evidence
    job_id: str | None = None
    reference: str = ""
    actor_id: str = ""

    def __post_init__(self) -> None:
        """Raise ``UsageError`` for a decision that contradicts itself or lacks its evidence."""
        if self.evidence is _CONTRARY[self.decision]:
            raise UsageError(
                f"the decision {self.decision.value} cannot rest on the evidence {self.evidence.value}"
            )
        seen = self.evidence is Evidence.JOB_SEEN
        if seen and self.job_id is None:
            raise UsageError(
                "the evidence job-seen needs the job", hint="add --job ID, as the platform shows it"
            )
        if self.job_id is not None and not seen:
            raise UsageError(
                "a job is named, but the evidence is not that it was seen", hint="leave --job out"
            )
        if self.job_id is not None and not _JOB_ID.fullmatch(self.job_id):
            raise UsageError("the id of a job is 1 to 200 visible ASCII characters")
        if not _REFERENCE.fullmatch(self.reference):
            raise UsageError(
                "a reference is at most 64 letters, digits and #/._-",
                hint="name the ticket, never a person: what is in the log stays there",
            )


def resolvable(purges: Mapping[str, Purge], purge_id: str, resolution: Resolution, now: datetime) -> Purge:
    """Return the purge that a resolution closes.

    Raises ``UsageError`` for an unknown purge, and ``Refused`` for one that is not ambiguous, whose
    request may still arrive, or whose job is another one.
    """
    purge = purges.get(purge_id)
    if purge is None:
        raise UsageError(
            f"the log knows no purge {purge_id}", hint="purgectl status lists them with their ids"
        )
    if purge.state is not PurgeState.AMBIGUOUS:
        raise Refused(
            f"purge {purge_id} is {purge.state.value}: there is nothing to decide",
            hint=f"purgectl status --target {purge.target}",
        )
    settled = now if purge.lease_until is None else purge.lease_until + SETTLE
    if now < settled:
        raise Refused(
            f"the answer of purge {purge_id} may still arrive, and it would be a fact",
            hint=f"decide after {format_instant(settled)}",
        )
    _require_own_job(purges, purge, resolution.job_id)
    return purge


def _require_own_job(purges: Mapping[str, Purge], purge: Purge, job_id: str | None) -> None:
    if job_id is None:
        return
    if purge.job_id is not None and purge.job_id != job_id:
        raise Refused(f"the platform accepted this purge as job {purge.job_id}, and {job_id} is another")
    for other in purges.values():
        if other.id != purge.id and other.job_id == job_id:
            raise Refused(
                f"job {job_id} belongs to {other.policy} (revision {other.revision}) already",
                hint="look for the job of this purge: its range, its filters, the time of its intent",
            )
