"""A proposal as Markdown, for the comment on a pull request and a job's summary.

Every foreign text stands in a code span, and no line begins with one. GitHub takes comments of 65,536
characters, so what does not fit is counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from runner.model.finding import Finding
from runner.model.policy import PurgeType
from runner.model.text import shorten
from runner.plan.breadth import Breadth
from runner.plan.orders import Standing
from runner.plan.proposal import Proposal, Proposed, Touch
from runner.reports.findings import counted
from runner.reports.findings_markdown import code_span
from runner.reports.orders import MEANING, filters, kind, span, types
from runner.reports.proposal import (
    BREADTH,
    MOST_LISTED,
    NOT_COUNTED,
    TOUCH,
    amounts,
    headline,
    more,
    runs,
    since,
    verdict,
    weight,
    who,
)

LARGEST = 60_000
"""Characters of the whole."""

_ROWS = 25_000
_DETAILS = 50_000
_HEAD = (
    "| Policy | What it deletes | How many | Old enough since | Must approve |",
    "|---|---|---|---|---|",
)
_DIFFERS: Mapping[Breadth | None, str] = {
    Breadth.NARROWER: ", selects less",
    Breadth.WIDER: ", **selects more**",
    Breadth.OTHER: ", **selects something else**",
}


def proposal_markdown(proposal: Proposal) -> str:
    """Return a heading, what to beware of, a table with a row a policy, then its faults and grounds."""
    orders = sorted(proposal.orders, key=weight)
    lines = [f"## Purge plan: {headline(proposal)}", ""]
    lines += [*_beware(proposal), *_errors(proposal)]
    if orders:
        lines += _HEAD
        lines += _fitting(
            (_row(proposal, each) for each in orders), len(orders), _ROWS, "| and {} more | | | | |"
        )
        lines += [""]
    used = sum(len(line) + 1 for line in lines)
    blocks = [_block(proposal, each) for each in orders]
    lines += _fitting(blocks, len(blocks), _DETAILS - used, "Grounds of {} more: `purgectl plan --base`.")
    return "\n".join([*lines, *_foot(proposal)]) + "\n"


def _fitting(parts: Iterable[str], count: int, room: int, rest: str) -> Iterator[str]:
    """Yield parts while there is room for them, then how many there are beyond."""
    for position, part in enumerate(parts):
        room -= len(part) + 1
        if room < 0:
            yield rest.format(f"{count - position:,}")
            return
        yield part


def _beware(proposal: Proposal) -> Iterator[str]:
    """What a reviewer must not overlook, as one alert."""
    running = [each for each in proposal.orders if runs(each)]
    warnings = []
    if any(each.order.policy.purge_type is PurgeType.PERMANENT for each in running):
        warnings.append("**What is deleted permanently, nobody can bring back.**")
    wider = sum(each.breadth in (Breadth.WIDER, Breadth.OTHER) for each in proposal.orders)
    if wider:
        warnings.append(
            f"{counted(wider, 'policy selects', 'policies select')} more than before, or something else."
        )
    freed = sum(each.touch is Touch.AFFECTED for each in running)
    if freed:
        warnings.append(
            f"{counted(freed, 'policy', 'policies')} that this change does not touch would run after it."
        )
    if any(each.figures.selected is None for each in running):
        warnings.append(NOT_COUNTED)
    if warnings:
        yield "> [!CAUTION]"
        yield from (f"> {warning}" for warning in warnings)
        yield ""


def _errors(proposal: Proposal) -> Iterator[str]:
    """Files that cannot be read as what they should be: nothing is known about those."""
    if proposal.unreadable:
        yield f"**{counted(len(proposal.unreadable), 'error')} in files that cannot be used:**"
        yield ""
        yield from map(_finding, proposal.unreadable[:MOST_LISTED])
        yield f"{more(len(proposal.unreadable)).strip()}\n"


def _row(proposal: Proposal, each: Proposed) -> str:
    policy = each.order.policy
    first, *rest = amounts(each)
    gone = each.touch is Touch.WITHDRAWN
    cells = (
        (f"**{policy.name}**", *_standing(each)),
        (
            f"{types(policy)} of {span(policy.selection.date_range)}",
            code_span(filters(policy)) or "**whatever it carries**",
            f"{kind(policy)}, {policy.classification.value}, on {policy.target}",
        ),
        ("–",) if gone else (f"**{first}**", *rest),
        ("–",) if gone else (since(each, proposal.made_at),),
        ("–",) if gone else tuple(who(each.quorum, each.missing)),
    )
    return f"| {' | '.join('<br>'.join(cell) for cell in cells)} |"


def _standing(each: Proposed) -> Iterator[str]:
    """What the change does to a policy, how its selection differs, and what comes of it."""
    if each.touch is Touch.WITHDRAWN:
        yield verdict(each)
        return
    yield TOUCH[each.touch] + _DIFFERS.get(each.breadth, "")
    if each.order.standing is not Standing.REFUSED:
        yield verdict(each)
        return
    rules = sorted({finding.rule for finding in each.order.findings})
    yield f"**refused** by {', '.join(rules[:MOST_LISTED])}"
    if each.touch is Touch.AFFECTED and each.before is not None:
        yield f"until now: {MEANING[each.before]}"


def _block(proposal: Proposal, each: Proposed) -> str:
    """What stands against one policy, open; its grounds, folded."""
    findings = each.order.findings if each.touch is not Touch.WITHDRAWN else ()
    lines = []
    if findings:
        lines += [f"**{each.order.policy.name}** is refused:", ""]
        lines += [*map(_finding, findings[:MOST_LISTED]), *filter(None, [more(len(findings))]), ""]
    lines += ["<details>", f"<summary>{each.order.policy.name}: grounds and digest</summary>", ""]
    lines += [f"- {line}" for line in _grounds(proposal, each)]
    return "\n".join([*lines, "", "</details>", ""])


def _grounds(proposal: Proposal, each: Proposed) -> Iterator[str]:
    policy = each.order.policy
    yield f"Reason: {code_span(policy.reason)}"
    days = counted(policy.retention_days, "day")
    yield f"File: {code_span(each.order.path)}, revision {policy.revision}, kept for {days}"
    for entry in each.entries[:MOST_LISTED]:
        yield f"{code_span(entry.id)} {code_span(entry.title)}: {code_span(entry.citation)}"
    if not each.entries:
        yield "No entry of a regulation pack applies to it."
    if len(each.entries) > MOST_LISTED:
        yield f"entries{more(len(each.entries))}"
    if each.breadth is not None:
        yield f"Compared with {code_span(proposal.base[:12])}: {BREADTH[each.breadth]}"
    if each.fields:
        yield f"Also changed: {', '.join(map(code_span, each.fields[:MOST_LISTED]))}{more(len(each.fields))}"
    if each.digest is not None:
        number = (
            "without a count"
            if each.digest_count is None
            else f"with {counted(each.digest_count, 'interaction')}"
        )
        yield f"Plan digest, {number}: `{each.digest}`"


def _finding(finding: Finding) -> str:
    hint = f". Do: {_short(finding.hint)}" if finding.hint else ""
    return f"- {finding.rule} at {_short(f'{finding.file}:{finding.line}')}: {_short(finding.message)}{hint}"


def _short(text: str) -> str:
    return code_span(shorten(text, 300))


def _foot(proposal: Proposal) -> Iterator[str]:
    if proposal.others:
        files = ", ".join(map(_short, proposal.others[:MOST_LISTED]))
        yield f"Other changed files: {files}{more(len(proposal.others))}"
        yield ""
    head = code_span(proposal.head[:12]) if proposal.head else "the files on disk"
    days = counted(proposal.settings.valid_for.days, "day")
    yield (
        f"<sub>{code_span(proposal.base[:12])} → {head}, judged at {proposal.made_at:%Y-%m-%d %H:%M} UTC. "
        f"An approval counts for {days}, and for these bytes only. "
        "The digest is recorded with the purge: an equal one proves that what ran is what stands here.</sub>"
    )
