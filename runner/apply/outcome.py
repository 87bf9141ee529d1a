"""What a run came to, as values: one result for each purge, and the exit code of all together."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from runner.errors import WORST_FIRST, ExitCode
from runner.model.finding import Finding
from runner.model.log import Checkpoint
from runner.model.notice import Notice
from runner.model.purge import PurgeKey


class Ending(StrEnum):
    """Where one purge stands when the run ends."""

    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    RESOLVED = "resolved"
    REFUSED = "refused"
    HALTED = "halted"
    AMBIGUOUS = "ambiguous"
    POLLING = "polling"
    WAITING = "waiting"
    NOTHING = "nothing"


_EXIT_CODES = {
    Ending.FAILED: ExitCode.JOB_FAILED,
    Ending.CANCELLED: ExitCode.JOB_FAILED,
    Ending.REFUSED: ExitCode.REFUSED,
    Ending.HALTED: ExitCode.REFUSED,
    Ending.AMBIGUOUS: ExitCode.OUTCOME_UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class Figures:
    """The article's capacity figures.

    ``duration_ms`` runs from the submission to the observed end; ``throughput`` is interactions a
    second, floored, ``None`` when it cannot be known.
    """

    purged: int | None
    duration_ms: int
    throughput: int | None


@dataclass(frozen=True, slots=True)
class PurgeResult:
    """One purge of the run. ``trouble`` is a failure beside the ending, if there was one."""

    key: PurgeKey
    ending: Ending
    detail: str = ""
    job_id: str | None = None
    submitted_now: bool = False
    figures: Figures | None = None
    verdict: str | None = None
    findings: tuple[Finding, ...] = ()
    trouble: ExitCode | None = None

    @property
    def exit_code(self) -> ExitCode:
        """What this purge alone would exit with."""
        codes = {self.trouble, _EXIT_CODES.get(self.ending)}
        if self.verdict == "FAIL":
            codes.add(ExitCode.JOB_FAILED)
        if self.findings:
            codes.add(ExitCode.REFUSED)
        return next((code for code in WORST_FIRST if code in codes), ExitCode.OK)


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """A whole run on one target.

    ``unreadable`` are errors in files that are no readable policy; ``delivered`` counts notices,
    ``waiting`` are those still in the outbox and ``given_up`` the dead ones, of endpoints that the
    target names; ``trouble`` is a failure that is no single purge's;
    ``interrupted`` says that somebody asked the run to stop before it was through.
    """

    target: str
    commit: str
    checkpoint: Checkpoint
    results: tuple[PurgeResult, ...]
    unreadable: tuple[Finding, ...] = ()
    delivered: int = 0
    waiting: tuple[Notice, ...] = ()
    given_up: tuple[Notice, ...] = ()
    trouble: tuple[tuple[ExitCode, str], ...] = field(default=())
    interrupted: bool = False

    @property
    def submitted(self) -> int:
        """How many purges this run itself submitted."""
        return sum(result.submitted_now for result in self.results)

    @property
    def exit_code(self) -> ExitCode:
        """The first of 6, 5, 8, 130, 4, 3, 7 that occurred, else 0."""
        codes = {result.exit_code for result in self.results} | {code for code, _ in self.trouble}
        if self.unreadable:
            codes.add(ExitCode.REFUSED)
        if self.waiting or self.given_up:
            codes.add(ExitCode.NOTICE_UNDELIVERED)
        if self.interrupted:
            codes.add(ExitCode.INTERRUPTED)
        return next((code for code in WORST_FIRST if code in codes), ExitCode.OK)
