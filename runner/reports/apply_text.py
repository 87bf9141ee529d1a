"""What a run came to, for a person at a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from runner.apply.outcome import Ending, Figures, PurgeResult, RunOutcome
from runner.errors import ExitCode
from runner.merkle.encoding import to_text
from runner.model.text import printable
from runner.reports.findings import counted
from runner.reports.findings_text import sentence
from runner.reports.notices import outlook
from runner.reports.resolving import ways_out

_NEXT = {
    ExitCode.OUTCOME_UNKNOWN: "find out on the platform what happened; nothing is sent again before",
    ExitCode.INTERRUPTED: "run apply again: the log says how far it came, and nothing is lost",
    ExitCode.JOB_FAILED: "read the reason; a new attempt needs a pull request that raises `revision`",
    ExitCode.REMOTE_FAILURE: "nothing is lost: mend what it says above, or wait; then run apply again",
    ExitCode.REFUSED: "read the findings; each says what to do",
    ExitCode.NOTICE_UNDELIVERED: "mend the receiver or its variables; see purgectl notices list",
}


def apply_text(outcome: RunOutcome) -> str:
    """Return one line a purge, the capacity figures, the log's state and the way on."""
    lines = [f"Run on target {outcome.target} at {outcome.commit[:12]}", ""]
    for result in outcome.results:
        if result.ending is not Ending.NOTHING:
            lines += _block(result, outcome.target)
    quiet = Counter(result.detail for result in outcome.results if result.ending is Ending.NOTHING)
    lines += [f"  {counted(number, 'purge')}: {printable(why)}" for why, number in sorted(quiet.items())]
    lines += [f"    {sentence(finding)}" for finding in outcome.unreadable]
    lines += [printable(f"  error: {message}") for _, message in outcome.trouble]
    lines += [f"  {each}" for each in outlook(outcome.waiting, outcome.given_up)]
    return "\n".join([*lines, "", *_capacity(outcome), *_closing(outcome)]) + "\n"


def _block(result: PurgeResult, target: str) -> Iterator[str]:
    detail = f": {printable(result.detail)}" if result.detail not in ("", result.ending.value) else ""
    yield f"  {result.key.policy} (revision {result.key.revision}) {result.ending.value}{detail}"
    if result.job_id:
        yield f"    job     {printable(result.job_id)}"
    if result.figures:
        yield f"    purged  {_figures(result.figures)}"
    if result.verdict:
        yield f"    absence {_VERDICTS[result.verdict]}"
    for finding in result.findings:
        yield f"    {sentence(finding)}"
    if result.ending is Ending.AMBIGUOUS and result.trouble is None:
        yield from (f"    {way}" for way in ways_out(result.key.id, target))


_VERDICTS = {
    "PASS": "PASS: counted again, nothing is left",
    "FAIL": "FAIL: something is left, or more was purged than the limit allowed",
    "UNKNOWN": "UNKNOWN: this target cannot count",
}


def _figures(figures: Figures) -> str:
    purged = "an unknown number" if figures.purged is None else f"{figures.purged:,} interactions"
    speed = "" if figures.throughput is None else f", {figures.throughput:,} a second"
    return f"{purged} in {figures.duration_ms / 1000:.1f} s{speed}"


def _capacity(outcome: RunOutcome) -> Iterator[str]:
    ended = [result.figures for result in outcome.results if result.figures is not None]
    if not ended:
        return
    purged = sum(figures.purged or 0 for figures in ended)
    milliseconds = sum(figures.duration_ms for figures in ended)
    speed = purged * 1000 // milliseconds if milliseconds else 0
    yield "Capacity"
    yield f"  job duration         {milliseconds / 1000:.1f} s in {counted(len(ended), 'job')}"
    yield f"  interactions purged  {purged:,}"
    yield f"  throughput           {speed:,} interactions a second of job time"
    yield ""


def _closing(outcome: RunOutcome) -> Iterator[str]:
    sent = counted(outcome.submitted, "request")
    yield f"{sent} sent by this run; {_notices(outcome)}; {_log(outcome)}."
    if outcome.exit_code in _NEXT:
        yield f"next: {_NEXT[outcome.exit_code]}"


def _notices(outcome: RunOutcome) -> str:
    waiting = f", {len(outcome.waiting)} waiting" if outcome.waiting else ""
    return f"{counted(outcome.delivered, 'notice')} delivered{waiting}"


def _log(outcome: RunOutcome) -> str:
    checkpoint = outcome.checkpoint
    return f"log at {counted(checkpoint.size, 'record')}, root {to_text(checkpoint.root)}"
