"""The decision over evidence: whether the right people approved exactly these bytes. Pure.

Every condition stands against one way around code review: a direct push, a push after the approval,
an approval of one's own work by a second identity, a dismissed or outdated word, a bot, a merge that
altered what was reviewed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from runner.model.approval import Approval
from runner.model.change import Change, Review, ReviewState
from runner.model.finding import Fault
from runner.model.json import JsonObject
from runner.model.settings import Quorum
from runner.model.time import format_instant
from runner.rules import approvals
from runner.rules.approvals import Evidence, Vote

MERGES = frozenset({"pr_merge", "merge_queue_merge"})
"""How GitHub calls a push that a merged pull request made (``activity_type`` of the activity list)."""


@dataclass(frozen=True, slots=True)
class Demand:
    """Who must approve: how many, in which roles, who has which role, and for how long it counts.

    ``valid_for`` is ``None`` for what may be acted on at any later time.
    """

    quorum: Quorum
    roles: Mapping[int, frozenset[str]]
    valid_for: timedelta | None


def faults_of(change: Change, blob: str, demand: Demand, now: datetime) -> Iterator[Fault]:
    """Yield everything that stands against acting on ``blob`` on the strength of ``change``."""
    yield from approvals.as_reviewed(
        merged=change.arrival in MERGES,
        same_bytes=change.reviewed_blob == blob,
        unknown_people=change.unknown_people,
    )
    yield from approvals.nobody_objects(sum(map(_objects, _last_words(change.reviews))))
    evidence = _evidence(change, blob, demand)
    yield from approvals.approved(evidence, demand.quorum)
    yield from approvals.independent(evidence, demand.quorum)
    if demand.valid_for is not None:
        yield from approvals.in_time(evidence, now, valid_for=demand.valid_for)


def missing(change: Change, blob: str, demand: Demand) -> Quorum:
    """Return who must still approve ``blob``, beside those whose approval counts already."""
    votes = _evidence(change, blob, demand).independent
    people = demand.quorum.people - len({vote.person for vote in votes})
    return Quorum(max(0, people), demand.quorum.roles.difference(*(vote.roles for vote in votes)))


def _evidence(change: Change, blob: str, demand: Demand) -> Evidence:
    return Evidence(blob, tuple(_votes(change, demand.roles)), change.involved | {change.author})


def approval_of(change: Change) -> Approval:
    """Return the evidence as it goes into ``purge.intended``: ids, shas, instants and URLs."""
    return Approval(
        "github",
        {
            "repository": change.repository,
            "pull_request": change.number,
            "url": change.url,
            "commit": change.commit,
            "base": change.base,
            "head": change.head,
            "reviewed_blob": change.reviewed_blob,
            "arrival": change.arrival,
            "merged_at": format_instant(change.merged_at),
            "author": change.author,
            "involved": sorted(change.involved),
            "reviews": [_told(review) for review in change.reviews],
            "read_at": format_instant(change.read_at),
        },
    )


def _told(review: Review) -> JsonObject:
    return {
        "id": review.id,
        "person": review.person,
        "state": review.state.value,
        "commit": review.commit,
        "at": format_instant(review.at),
        "url": review.url,
    }


def _objects(word: Review) -> bool:
    """Whether somebody who has a say asks for changes, be it after the merge; a bot has one here."""
    return word.state is ReviewState.CHANGES_REQUESTED and (word.may_write or not word.human)


def _votes(change: Change, roles: Mapping[int, frozenset[str]]) -> Iterator[Vote]:
    """Yield the approvals that count: a person's last word before the merge, about the merged head."""
    in_time = (review for review in change.reviews if review.at <= change.merged_at)
    for word in _last_words(in_time):
        if (
            word.state is ReviewState.APPROVED
            and word.human
            and word.may_write
            and word.commit == change.head
        ):
            yield Vote(word.person, roles.get(word.person, frozenset()), change.reviewed_blob or "", word.at)


def _last_words(reviews: Iterable[Review]) -> tuple[Review, ...]:
    """Return each person's newest review that is a word; a comment never takes one back."""
    newest: dict[int, Review] = {}
    for review in sorted(reviews, key=lambda review: (review.at, review.id)):
        if review.state.is_word:
            newest[review.person] = review
    return tuple(newest.values())
