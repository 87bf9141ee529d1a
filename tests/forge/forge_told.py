"""What a forge could tell beyond what the stand-in ever does, and what must come of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from runner.forge.decision import Demand
from runner.model.change import Change, Review, ReviewState
from runner.model.settings import Quorum

BLOB, HEAD = "b" * 40, "c" * 40
MERGED = datetime(2026, 11, 23, 9, tzinfo=UTC)
NOW = MERGED + timedelta(hours=1)
DEMAND = Demand(Quorum(1), {}, timedelta(days=14))
APPROVAL = Review(
    id=10,
    person=2,
    human=True,
    may_write=True,
    state=ReviewState.APPROVED,
    commit=HEAD,
    at=MERGED - timedelta(minutes=5),
    url="https://github.com/acme/purge-policies/pull/1#pullrequestreview-10",
)
CHANGE = Change(
    repository="acme/purge-policies",
    number=1,
    url="https://github.com/acme/purge-policies/pull/1",
    path="policies/purges/old-calls.yaml",
    commit="d" * 40,
    base="e" * 40,
    head=HEAD,
    reviewed_blob=BLOB,
    arrival="pr_merge",
    merged_at=MERGED,
    author=1,
    involved=frozenset({1}),
    unknown_people=0,
    reviews=(APPROVAL,),
    read_at=NOW,
)


def _reviewed(*reviews: Review) -> Change:
    return replace(CHANGE, reviews=reviews)


OBJECTION = replace(APPROVAL, id=11, person=3, state=ReviewState.CHANGES_REQUESTED)

TOLD: dict[str, tuple[Change, frozenset[str]]] = {
    "as it should be": (CHANGE, frozenset()),
    "approved at the very moment of the merge": (_reviewed(replace(APPROVAL, at=MERGED)), frozenset()),
    "approved a moment after the merge": (
        _reviewed(replace(APPROVAL, at=MERGED + timedelta(seconds=1))),
        frozenset({"APR-001"}),
    ),
    "approved by a bot that may write": (_reviewed(replace(APPROVAL, human=False)), frozenset({"APR-001"})),
    "told in the wrong order": (
        _reviewed(replace(APPROVAL, id=9, state=ReviewState.DISMISSED, at=MERGED), APPROVAL),
        frozenset({"APR-001"}),
    ),
    "two words in one second, the later id dismissed": (
        _reviewed(replace(APPROVAL, id=12, state=ReviewState.DISMISSED), APPROVAL),
        frozenset({"APR-001"}),
    ),
    "a review that was never sent, after the approval": (
        _reviewed(APPROVAL, replace(APPROVAL, id=12, state=ReviewState.PENDING)),
        frozenset(),
    ),
    "a comment after the approval": (
        _reviewed(APPROVAL, replace(APPROVAL, id=12, state=ReviewState.COMMENTED, at=MERGED)),
        frozenset(),
    ),
    "an objection that was dismissed": (
        _reviewed(APPROVAL, replace(OBJECTION, state=ReviewState.DISMISSED)),
        frozenset(),
    ),
    "an objection by one who may write": (_reviewed(APPROVAL, OBJECTION), frozenset({"APR-001"})),
    "an objection by one who may only read": (
        _reviewed(APPROVAL, replace(OBJECTION, may_write=False)),
        frozenset(),
    ),
    "the branch was made anew": (replace(CHANGE, arrival="branch_creation"), frozenset({"APR-004"})),
    "a word for a push that nobody knows": (replace(CHANGE, arrival="teleport"), frozenset({"APR-004"})),
    "other bytes were reviewed": (
        replace(CHANGE, reviewed_blob="f" * 40),
        frozenset({"APR-001", "APR-004"}),
    ),
}
