"""A change: how the bytes of one file came to ``main``, as a forge tells it.

People are the forge's numeric ids. Names and logins are personal data and have no place in a log
that nobody can erase.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

GONE = "0" * 40
"""What stands for the blob of a file that is no more."""


class ReviewState(StrEnum):
    """What a review says. Only the first three ever change what a person's word is."""

    APPROVED = "APPROVED"
    CHANGES_REQUESTED = "CHANGES_REQUESTED"
    DISMISSED = "DISMISSED"
    COMMENTED = "COMMENTED"
    PENDING = "PENDING"

    @property
    def is_word(self) -> bool:
        """Whether it says yes or no, or takes that back."""
        return self not in (ReviewState.COMMENTED, ReviewState.PENDING)


@dataclass(frozen=True, slots=True)
class Review:
    """One review of a pull request that says yes or no, or takes that back.

    ``commit`` is what was reviewed, ``None`` when the forge has lost it; ``human`` is false for a
    bot or an organisation; ``may_write`` says whether the person may push to the repository.
    """

    id: int
    person: int
    human: bool
    may_write: bool
    state: ReviewState
    commit: str | None
    at: datetime
    url: str


@dataclass(frozen=True, slots=True)
class Change:
    """The newest change of a file on ``main``, and the pull request that made it.

    ``commit`` stands on the first-parent line of ``main`` and ``base`` is its first parent. ``head``
    is the last commit of the pull request and ``reviewed_blob`` the file as it stood there, ``GONE``
    where the pull request deletes it and ``None`` where it does not touch it. ``arrival`` is the forge's
    word for the push that brought ``commit``. ``involved`` are all who wrote, committed or pushed any of
    it; ``unknown_people`` counts those of them whose account the forge cannot tell. ``read_at`` is the
    forge's own clock.
    """

    repository: str
    number: int
    url: str
    path: str
    commit: str
    base: str
    head: str
    reviewed_blob: str | None
    arrival: str
    merged_at: datetime
    author: int
    involved: frozenset[int]
    unknown_people: int
    reviews: tuple[Review, ...]
    read_at: datetime
