"""What a run came to, for the job summary of GitHub Actions."""

from __future__ import annotations

from runner.apply.outcome import Ending, PurgeResult, RunOutcome
from runner.merkle.encoding import to_text
from runner.reports.findings_markdown import code_span
from runner.reports.findings_text import sentence
from runner.reports.notices import outlook

_HEAD = ("| Policy | Ended | Purged | Seconds | A second | Absence |", "|---|---|---:|---:|---:|---|")


def apply_markdown(outcome: RunOutcome) -> str:
    """Return a heading, a table of the purges, the findings, and where the log stands."""
    lines = [f"### purgectl apply: target {code_span(outcome.target)}", ""]
    busy = [result for result in outcome.results if result.ending is not Ending.NOTHING]
    if busy:
        lines += [*_HEAD, *(_row(result) for result in busy), ""]
    findings = [finding for result in busy for finding in result.findings]
    lines += [f"- {code_span(sentence(finding))}" for finding in (*findings, *outcome.unreadable)]
    lines += [f"- {code_span(message)}" for _, message in outcome.trouble]
    lines += [f"- {code_span(each)}" for each in outlook(outcome.waiting, outcome.given_up)]
    checkpoint = outcome.checkpoint
    closing = (
        f"{outcome.submitted} submitted by this run, {outcome.delivered} notices delivered, "
        f"{len(outcome.waiting)} waiting. Log: {checkpoint.size} records, root "
        f"{code_span(to_text(checkpoint.root))}. Exit code {int(outcome.exit_code)}."
    )
    return "\n".join([*lines, "", closing, ""])


def _row(result: PurgeResult) -> str:
    figures = result.figures
    purged = "" if figures is None or figures.purged is None else f"{figures.purged:,}"
    seconds = "" if figures is None else f"{figures.duration_ms / 1000:.1f}"
    speed = "" if figures is None or figures.throughput is None else f"{figures.throughput:,}"
    name = code_span(f"{result.key.policy} (revision {result.key.revision})")
    return f"| {name} | {result.ending.value} | {purged} | {seconds} | {speed} | {result.verdict or ''} |"
