"""What the formats of a proposal share: its headline, and the words for each of its figures."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from runner.model.policy import Classification, PurgeType
from runner.model.settings import Quorum
from runner.plan.breadth import Breadth
from runner.plan.orders import Standing
from runner.plan.proposal import Proposal, Proposed, Touch
from runner.reports.findings import counted
from runner.reports.orders import MEANING, share

TOUCH = {
    Touch.NEW: "new",
    Touch.CHANGED: "changed",
    Touch.WITHDRAWN: "withdrawn",
    Touch.AFFECTED: "same file, other outcome",
}
BREADTH = {
    Breadth.SAME: "selects the same as before",
    Breadth.NARROWER: "narrower: selects only what it selected before, and less of it",
    Breadth.WIDER: "wider: selects all that it selected before, and more",
    Breadth.OTHER: "selects something else than before",
}
NOT_COUNTED = (
    "What is unknown was not counted, for no credential may reach the check of a pull request. What binds is "
    "`expected` in the policy: a run is refused when the real count has drifted further than its tolerance."
)
MOST_LISTED = 20
"""As many files, findings and citations are listed of one thing; of more, their number."""


def headline(proposal: Proposal) -> str:
    """One line that says what comes of the change, without an end."""
    running = [each for each in proposal.orders if runs(each)]
    refused = sum(each.order.standing is Standing.REFUSED for each in proposal.orders) + bool(
        proposal.unreadable
    )
    if not proposal.orders and not proposal.unreadable:
        return "no purge changes"
    if not running:
        return "nothing would be deleted" + (f", {refused} refused" if refused else "")
    known = [each.digest_count for each in running if each.digest_count is not None]
    unknown = len(running) - len(known)
    about = "" if all(each.figures.selected is not None for each in running) else "about "
    parts = [f"{about}{counted(sum(known), 'interaction')}"] if known else []
    if unknown:
        parts.append(f"an unknown number{f' in {unknown:,} of them' if known else ' of interactions'}")
    good = all(each.order.policy.purge_type is PurgeType.PERMANENT for each in running)
    text = f"{counted(len(running), 'purge')} would delete {' and '.join(parts)}{' for good' if good else ''}"
    return text + (f", {refused} refused" if refused else "")


def runs(each: Proposed) -> bool:
    """Whether this change lets the policy run, by this plan."""
    return each.touch is not Touch.WITHDRAWN and each.order.standing is Standing.READY


def verdict(each: Proposed) -> str:
    """What comes of one policy, and what came of it before if its bytes are the same."""
    if each.touch is Touch.WITHDRAWN:
        begun = each.order.standing in (Standing.OPEN, Standing.AMBIGUOUS)
        return "withdrawn, but its purge has begun" if begun else "withdrawn: it never runs"
    now = MEANING[each.order.standing]
    if each.touch is Touch.AFFECTED and each.before is not None:
        return f"{now} (until now: {MEANING[each.before]})"
    return now


def amounts(each: Proposed) -> Iterator[str]:
    """How many interactions: selected and of how many, what was expected, the limit, what is held."""
    policy, figures = each.order.policy, each.figures
    if figures.selected is None:
        yield "unknown: not counted here"
    else:
        yield counted(figures.selected, "interaction")
        yield from filter(None, [share(figures.selected, figures.population)])
    if policy.expected is not None:
        yield f"expected {policy.expected.count:,}, tolerance {policy.expected.tolerance_percent} %"
    yield f"limit {policy.max_interactions:,}"
    if each.holds:
        most = "an unknown number" if figures.held is None else f"up to {figures.held:,}"
        yield f"held: {most}, by {', '.join(each.holds[:MOST_LISTED])}{more(len(each.holds))}"


def since(each: Proposed, now: datetime) -> str:
    """Since when all of it may go, in days from now."""
    days = (each.allowed_from.date() - now.date()).days
    distance = (
        f"in {counted(days, 'day')}" if days > 0 else f"{counted(-days, 'day')} ago" if days else "today"
    )
    return f"{each.allowed_from:%Y-%m-%d}, {distance}"


def who(quorum: Quorum, missing: Quorum | None = None) -> Iterator[str]:
    """How many people must approve, and the roles that must be among them."""
    yield counted(quorum.people, "person", "people")
    yield from sorted(quorum.roles)
    if missing is not None:
        yield _still(missing)


def _still(missing: Quorum) -> str:
    """Who of them must still approve; somebody in a role is one of the people."""
    if not (missing.people or missing.roles):
        return "all of them have approved"
    people = counted(max(missing.people, 1), "person", "people")
    roles = f", with {' and '.join(sorted(missing.roles))}" if missing.roles else ""
    return f"still to come: {people}{roles}"


def more(count: int) -> str:
    """What a list says that was cut off after ``MOST_LISTED``."""
    return f" and {count - MOST_LISTED:,} more" if count > MOST_LISTED else ""


def weight(each: Proposed) -> tuple[int, int, str]:
    """In which order policies are told: refused first, then by how well the data is protected."""
    classes = tuple(Classification)
    policy = each.order.policy
    return each.order.standing is not Standing.REFUSED, -classes.index(policy.classification), each.order.path
