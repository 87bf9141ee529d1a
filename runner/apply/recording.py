"""Recording: what has happened is kept on this machine first, then pushed, and only then forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from runner.apply.outcome import PurgeResult
from runner.branch.spool import LASTING
from runner.errors import ExitCode, PurgectlError, Refused, UsageError
from runner.model.log import Draft
from runner.ports import LogStore, Spool


@dataclass(frozen=True, slots=True)
class Recording:
    """What became of records: ``trouble`` is ``None`` when the log has them, else ``kept`` names a file."""

    trouble: ExitCode | None = None
    detail: str = ""
    kept: str = ""

    def upon(self, result: PurgeResult) -> PurgeResult:
        """Add the trouble to the result that could not be recorded."""
        if self.trouble is None:
            return result
        return replace(result, detail=f"{result.detail}; and {self.detail}", trouble=self.trouble)


@dataclass(frozen=True, slots=True)
class Recorder:
    """Writes down what happened.

    Between the platform's answer and the log lies a push, which may fail, and a machine, which may
    die. So what no later run could find out again goes to the spool first, and leaves it when the
    log has it; what stays there is imported by the next run. No failure is raised, because it must
    not hide what happened.
    """

    log: LogStore
    spool: Spool

    def __call__(self, drafts: Sequence[Draft]) -> Recording:
        """Write drafts in one push."""
        kept, unkept = self._keep(drafts)
        try:
            self.log.append(drafts)
        except PurgectlError as failure:
            detail = f"the log could not be written: {failure.message}{_fate(kept, unkept)}"
            return Recording(failure.exit_code, detail, kept)
        if kept:
            self.spool.drop(kept)
        return Recording()

    def each(self, drafts: Sequence[Draft]) -> tuple[Recording, ...]:
        """Write drafts in one push; where the log refuses one of them, each by itself."""
        if not drafts:
            return ()
        together = self(drafts)
        if together.trouble is not ExitCode.REFUSED or len(drafts) == 1:
            return (together,) * len(drafts)
        alone = tuple(self([draft]) for draft in drafts)
        if together.kept:
            self.spool.drop(together.kept)
        return alone

    def _keep(self, drafts: Sequence[Draft]) -> tuple[str, str]:
        """Return the name under which the lasting ones are kept, and why they could not be."""
        lasting = [draft for draft in drafts if draft.type in LASTING]
        try:
            return (self.spool.keep(lasting) if lasting else ""), ""
        except UsageError as failure:
            return "", failure.message


def _fate(kept: str, unkept: str) -> str:
    if kept:
        return f"; the record is kept in {kept}, and the next apply with this spool imports it"
    return f"; and {unkept}" if unkept else ""


def import_spool(log: LogStore, spool: Spool) -> int:
    """Bring what an earlier run could not push into the log; return how many files there were.

    Ids make it safe: what the log has already is not written again. A file is taken whole or not at
    all. Raises ``Refused`` for one that is not this log's own, or that the log does not allow any
    more, and what ``LogStore.append`` raises.
    """
    pending = spool.pending()
    for spooled in pending:
        try:
            log.append(spooled.drafts)
        except Refused as refusal:
            raise Refused(
                f"what an earlier run left to be recorded cannot be: {refusal.message}",
                where=spooled.name,
                hint="compare it with purgectl audit show; if a person has decided otherwise since, "
                "keep the file elsewhere and run again",
            ) from None
        spool.drop(spooled.name)
    return len(pending)
