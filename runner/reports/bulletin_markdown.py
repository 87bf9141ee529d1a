"""What became of a purge, for the comment on its pull request: the outcome first, then figures, then records.

Every foreign text stands in a code span. Nothing here changes with the clock, so a comment is
written anew only when the log has something new to say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from runner.audit.trail import Trail
from runner.model.fields import entries, member, number_or_none, text
from runner.model.log import Record, RecordType
from runner.model.purge import Purge, PurgeState
from runner.model.verdict import Verdict
from runner.reports.findings import counted
from runner.reports.findings_markdown import code_span
from runner.reports.resolving import ways_out
from runner.reports.rules import EVERY_RULE

_MOST_STEPS = 20
_NOTHING = "nothing was deleted"
_STEPS: Mapping[RecordType, str] = {
    RecordType.REFUSED: "refused",
    RecordType.INTENDED: "announced in the log, before the request",
    RecordType.SUBMITTED: "accepted by Genesys Cloud",
    RecordType.COMPLETED: "job completed",
    RecordType.FAILED: "job failed",
    RecordType.CANCELLED: "job cancelled",
    RecordType.HALTED: "halted: no request was sent",
    RecordType.AMBIGUOUS: "**no answer that anybody can rely on**",
    RecordType.RESOLVED: "decided by a person",
    RecordType.VERIFIED: "counted again",
}


def bulletin_markdown(trail: Trail, link: Callable[[int], str]) -> str:
    """Return the comment for one purge; ``link`` gives the address of a record by its index."""
    purge = trail.purge
    lines = [f"## {headline(purge)}", "", *_alert(trail)]
    lines += ["| Policy | Matched | Limit | Deleted | Left |", "|---|--:|--:|--:|--:|", _figures(trail), ""]
    lines += ["| When (UTC) | What happened | Record |", "|---|---|--:|"]
    shown = trail.records[-_MOST_STEPS:]
    lines += [f"| {each.at:%Y-%m-%d %H:%M} | {_step(each)} | {_record(each, link)} |" for each in shown]
    if len(trail.records) > len(shown):
        lines += [f"| | and {len(trail.records) - len(shown):,} earlier | |"]
    return "\n".join([*lines, "", *_foot(trail)]) + "\n"


def headline(purge: Purge) -> str:
    """Say in one line where a purge stands."""
    deleted = "an unknown number" if purge.purged is None else counted(purge.purged, "interaction")
    match purge.state:
        case PurgeState.REFUSED:
            return f"Purge refused: {_NOTHING}"
        case PurgeState.INTENDED:
            return "Purge announced: its request is about to be sent"
        case PurgeState.SUBMITTED:
            return "Purge running: Genesys Cloud is deleting"
        case PurgeState.AMBIGUOUS:
            return "A person must decide: nobody knows whether this purge ran"
        case PurgeState.HALTED | PurgeState.RESOLVED_NOT_RUN:
            return f"Purge not carried out: {_NOTHING}"
        case PurgeState.FAILED | PurgeState.CANCELLED:
            return f"Purge {purge.state.value}: {deleted} deleted as far as Genesys Cloud says"
        case PurgeState.COMPLETED | PurgeState.RESOLVED_RAN:
            return f"Purge {_COUNTED[purge.verdict]}: {deleted} deleted"


_COUNTED: Mapping[str | None, str] = {
    None: "completed, to be counted again",
    Verdict.PASS: "complete, nothing is left",
    Verdict.FAIL: "NOT complete",
    Verdict.UNKNOWN: "completed, what is left is unknown",
}


def _alert(trail: Trail) -> Iterator[str]:
    """Who must do what, where somebody must."""
    purge = trail.purge
    again = "To delete the data, raise `revision` in a new pull request."
    match purge.state, purge.verdict:
        case PurgeState.AMBIGUOUS, _:
            kind = "CAUTION"
            asked = "Nothing more is sent. Look in Genesys Cloud whether a job ran, and write it down:"
            ways = (f"> {way}" for way in ways_out(purge.id, purge.target))
            told = "\n".join([asked, "> ```text", *ways, "> ```"])
        case PurgeState.REFUSED, _:
            kind, told = "IMPORTANT", _why_refused(trail)
        case PurgeState.HALTED, _:
            kind, told = "IMPORTANT", f"Stopped right before its request{_unmet(trail)}. {again}"
        case ((PurgeState.FAILED | PurgeState.CANCELLED | PurgeState.RESOLVED_NOT_RUN), _):
            kind, told = "IMPORTANT", again
        case _, Verdict.FAIL:
            kind = "CAUTION"
            told = "Interactions that this purge selected are still there. Look into it before anything else."
        case _:
            return
    yield from (f"> [!{kind}]", f"> {told}", "")


def _why_refused(trail: Trail) -> str:
    newest = trail.refusals[-1].body
    if text(newest, "phase") == "selection":
        return (
            f"Refused{_unmet(trail)}. Every run judges it again, and begins when nothing stands against it."
        )
    later = member(newest, "not_before")
    when = "The next run" if later is None else f"The first run after {later}"
    return f"Genesys Cloud did not take the request. {when} announces it again."


def _unmet(trail: Trail) -> str:
    """The rules of the newest refusal or halt with their titles, as the end of a sentence."""
    rules = _rules(next(record for record in reversed(trail.records) if "findings" in record.body))
    titled = (f"{rule} ({EVERY_RULE[rule].title})" if rule in EVERY_RULE else rule for rule in rules)
    return f": it does not meet {'; '.join(titled)}" if rules else ""


def _rules(record: Record) -> list[str]:
    return sorted({text(finding, "rule") for finding in entries(record.body, "findings")})


def _figures(trail: Trail) -> str:
    purge, counted_again = trail.purge, trail.newest(RecordType.VERIFIED)
    left = None if counted_again is None else number_or_none(counted_again.body, "remaining")
    limit = f"{purge.limit:,}" if purge.begun else "–"
    cells = (
        f"{code_span(purge.policy)} revision {purge.revision} on {code_span(purge.target)}",
        _amount(purge.matched),
        limit,
        _amount(purge.purged),
        _amount(left),
    )
    return f"| {' | '.join(cells)} |"


def _amount(count: int | None) -> str:
    return "–" if count is None else f"{count:,}"


def _step(record: Record) -> str:
    told = _STEPS[record.type]
    if record.type is RecordType.REFUSED and text(record.body, "phase") == "selection":
        return f"{told} by {', '.join(_rules(record))}"
    if record.type is RecordType.RESOLVED:
        return f"{told}: {text(record.body, 'decision')}"
    if record.type is RecordType.VERIFIED:
        return f"{told}: {text(record.body, 'verdict')}"
    return told


def _record(record: Record, link: Callable[[int], str]) -> str:
    return f"[{record.index}]({link(record.index)})"


def _foot(trail: Trail) -> Iterator[str]:
    purge = trail.purge
    if purge.reason is not None:
        yield f"Why, in the words that the log keeps: {code_span(purge.reason)}"
        yield ""
    closing = "This comment follows the log; nobody need answer it."
    if trail.intent is None:
        yield f"<sub>{closing}</sub>"
        return
    digest = code_span(text(trail.intent.body, "plan", "digest"))
    proof = f"`purgectl audit certificate --target {purge.target} {purge.policy}`"
    yield f"<sub>Plan digest {digest}: compare it with the plan above. Proof: {proof}. {closing}</sub>"
