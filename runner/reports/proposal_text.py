"""A proposal for a person at a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from runner.plan.proposal import Proposal, Proposed, Touch
from runner.reports.findings import counted, harmless
from runner.reports.findings_text import sentence
from runner.reports.orders import filters, kind, span, types
from runner.reports.proposal import (
    BREADTH,
    MOST_LISTED,
    TOUCH,
    amounts,
    headline,
    more,
    since,
    verdict,
    weight,
    who,
)


def proposal_text(proposal: Proposal) -> str:
    """Return one block a policy, refused ones first, and what else the change touches."""
    head = proposal.head[:12] or "the files on disk"
    lines = [f"Plan of {proposal.base[:12]} to {head}: {headline(proposal)}", ""]
    for each in sorted(proposal.orders, key=weight):
        lines += [*_block(proposal, each), ""]
    for finding in proposal.unreadable:
        lines += [f"    {sentence(finding)}", ""]
    if proposal.others:
        files = ", ".join(map(harmless, proposal.others[:MOST_LISTED]))
        lines += [f"Other changed files: {files}{more(len(proposal.others))}", ""]
    days = counted(proposal.settings.valid_for.days, "day")
    return "\n".join([*lines, f"An approval counts for {days} and for these bytes only."]) + "\n"


def _block(proposal: Proposal, each: Proposed) -> Iterator[str]:
    order = each.order
    policy = order.policy
    yield f"  {policy.name} (revision {policy.revision}) {_standing(each)}"
    yield (
        f"    what    {types(policy)} of {span(policy.selection.date_range)}, "
        f"{policy.classification.value}, {kind(policy)}, on {policy.target}"
    )
    yield f"    where   {filters(policy) or 'everything of this type in the range'}"
    if each.touch is Touch.WITHDRAWN:
        return
    yield f"    count   {', '.join(amounts(each))}"
    yield f"    since   {since(each, proposal.made_at)}"
    yield f"    who     {', '.join(who(each.quorum, each.missing))}"
    if each.breadth is not None:
        yield f"    before  {BREADTH[each.breadth]}"
    if each.fields:
        yield f"    changed {harmless(', '.join(each.fields))}"
    for entry in each.entries:
        yield f"    cites   {harmless(entry.id)}: {harmless(entry.citation)}"
    if each.digest is not None:
        number = "without a count" if each.digest_count is None else f"for {each.digest_count:,}"
        yield f"    digest  {each.digest} {number}"
    yield from (f"    {sentence(finding)}" for finding in order.findings)


def _standing(each: Proposed) -> str:
    return verdict(each) if each.touch is Touch.WITHDRAWN else f"{TOUCH[each.touch]}: {verdict(each)}"
