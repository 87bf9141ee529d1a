"""Recovery: what dead machines have left behind, intents without an answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from runner.apply.board import settled
from runner.apply.decision import LOOKS_APART, Adopt, DeclareAmbiguous, LookUp, Sighting, Withdraw, next_step
from runner.apply.drafts import Drafts
from runner.apply.look import Ports
from runner.apply.outcome import Ending, PurgeResult
from runner.errors import PurgectlError, Refused
from runner.model.log import Draft
from runner.model.purge import Purge
from runner.plan.world import World
from runner.rules import execution


@dataclass(slots=True)
class Recovery:
    """Looks for the jobs of intents whose answer is lost, and says what is to be recorded.

    ``missing`` remembers the intents without a job although the time to settle is over, and the
    instant of that look: one look is not believed.
    """

    ports: Ports
    drafts: Drafts
    world: World
    missing: dict[str, datetime] = field(default_factory=dict)

    def __call__(self, purge: Purge) -> tuple[PurgeResult, Draft | None]:
        """Look for the job of one intent; a failure to look is its result."""
        try:
            self._require_right_clock()
            jobs = self.ports.reader.find(purge)
        except PurgectlError as failure:
            return PurgeResult(purge.key, Ending.WAITING, failure.message, trouble=failure.exit_code), None
        now = self.ports.clock.now()
        step = next_step(purge, None, now, Sighting(jobs, self.missing.get(purge.id)))
        match step:
            case LookUp():
                self.missing.setdefault(purge.id, now)
                return PurgeResult(purge.key, Ending.WAITING, "its job is looked for once more"), None
            case Adopt(job) if any(job.id == other.job_id for other in self.world.purges.values()):
                return self._ambiguous(purge, "several-jobs")
            case Adopt(job):
                result = PurgeResult(purge.key, Ending.POLLING, job.raw_status, job_id=job.id)
                return result, self.drafts.adopted(purge, job)
            case DeclareAmbiguous(reason):
                return self._ambiguous(purge, reason)
            case Withdraw(why):
                result = PurgeResult(purge.key, Ending.WAITING, f"{why}; the next run announces it again")
                return result, self.drafts.withdrawn(purge, self.world.commit)
            case _:
                (result,) = settled(step, purge, None)
                return result, None

    def next_look(self) -> datetime:
        """When every missing job may be looked for again."""
        return max(self.missing.values()) + LOOKS_APART

    def _ambiguous(self, purge: Purge, reason: str) -> tuple[PurgeResult, Draft]:
        result = PurgeResult(purge.key, Ending.AMBIGUOUS, "only a person can tell whether it ran")
        return result, self.drafts.ambiguous(purge, reason)

    def _require_right_clock(self) -> None:
        """Refuse to call a lease over by a clock that is not the platform's (docs/decisions.md)."""
        platform = self.ports.reader.connect()
        for fault in execution.clock_right(self.ports.clock.now(), platform.clock):
            raise Refused(fault.message, hint=execution.DAT_004.hint)
