"""The board: what a run has learned so far."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from runner.apply.decision import AwaitPerson, DeclareAmbiguous, Nothing, Poll, Refuse, Step, Wait
from runner.apply.outcome import Ending, PurgeResult
from runner.apply.polling import Polling
from runner.errors import ExitCode, PurgectlError
from runner.model.purge import Purge, PurgeState
from runner.model.time import format_instant
from runner.model.verdict import Verdict
from runner.plan.orders import Order

_ENDINGS = {
    PurgeState.FAILED: Ending.FAILED,
    PurgeState.CANCELLED: Ending.CANCELLED,
    PurgeState.RESOLVED_RAN: Ending.RESOLVED,
}


@dataclass(slots=True)
class Board:
    """One result a purge, and failures that are no single purge's."""

    polling: Polling
    results: dict[str, PurgeResult] = field(default_factory=dict)
    trouble: list[tuple[ExitCode, str]] = field(default_factory=list)
    delivered: int = 0

    def add(self, results: Iterable[PurgeResult]) -> None:
        """Take newer results; what was sent, and what refuses the file, stays true."""
        for result in results:
            before = self.results.get(result.key.id)
            if before is None:
                self.results[result.key.id] = result
                continue
            self.results[result.key.id] = replace(
                result,
                submitted_now=result.submitted_now or before.submitted_now,
                findings=result.findings or before.findings,
            )

    def verified(self, purge: Purge, verdict: Verdict) -> None:
        """Add a verdict to a purge's result."""
        self.results[purge.id] = replace(self._ended(purge), verdict=verdict)

    def unverified(self, purge: Purge, not_before: datetime) -> None:
        """Say when a later run can tell what is left of a purge, and at once what its job has left."""
        result, when, trouble = self._ended(purge), format_instant(not_before), None
        detail = f"{result.detail}; what is left can be told from {when} on".removeprefix("; ")
        if purge.recordings is not None and purge.recordings.left:
            skipped, failed = purge.recordings.skipped or 0, purge.recordings.failed or 0
            detail += f"; its job has skipped {skipped:,} recordings, and {failed:,} failed"
            trouble = ExitCode.JOB_FAILED
        self.results[purge.id] = replace(result, detail=detail, trouble=result.trouble or trouble)

    def _ended(self, purge: Purge) -> PurgeResult:
        """Return the result of a purge that has ended, in this run or an earlier one."""
        result = self.results.get(purge.id)
        if result is None or result.ending is Ending.NOTHING:
            return PurgeResult(purge.key, _ENDINGS.get(purge.state, Ending.COMPLETED))
        return result

    @contextmanager
    def telling(self) -> Iterator[None]:
        """End a stage at a failure, and keep what failed for the summary."""
        try:
            yield
        except PurgectlError as failure:
            self.trouble.append((failure.exit_code, failure.message))


def settled(step: Step, purge: Purge | None, order: Order | None) -> tuple[PurgeResult, ...]:
    """Say what a step that needs no request comes to; nothing where the run goes on with it."""
    subject = order or purge
    if subject is None:
        return ()
    match step:
        case Refuse(findings):
            return (PurgeResult(subject.key, Ending.REFUSED, findings=findings),)
        case DeclareAmbiguous() | AwaitPerson():
            return (PurgeResult(subject.key, Ending.AMBIGUOUS, "only a person can tell whether it ran"),)
        case Wait(until, why):
            later = f"{why}; again after {format_instant(until)}"
            findings = () if order is None else order.findings
            return (PurgeResult(subject.key, Ending.WAITING, later, findings=findings),)
        case Nothing(why) if order is not None and order.findings:
            return (PurgeResult(subject.key, Ending.REFUSED, why, findings=order.findings),)
        case Nothing(why):
            return (PurgeResult(subject.key, Ending.NOTHING, why),)
        case Poll() if order is not None and order.findings:
            return (PurgeResult(subject.key, Ending.POLLING, findings=order.findings),)
    return ()
