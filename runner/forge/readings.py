"""What the answers say, as values: pull requests, pushes, commits and reviews.

Every function raises ``Unreadable`` for an answer of another shape.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from runner.forge.answers import (
    Unreadable,
    exactly,
    instant,
    login,
    member,
    number,
    repository,
    sha,
    text,
    url,
    word,
)
from runner.model.change import GONE, ReviewState
from runner.model.json import Json

_LONGEST_REF = 255
_CO_AUTHOR = re.compile(r"^[ \t]*co-authored-by:(?P<who>.*)$", re.IGNORECASE | re.MULTILINE)
_NO_REPLY = re.compile(
    r"<(?P<id>[0-9]{1,15})\+[A-Za-z0-9_-]+(\[bot\])?@users\.noreply\.github\.com>[ \t\r]*$"
)
_PERMISSIONS = {"admin": True, "write": True, "read": False, "none": False}


@dataclass(frozen=True, slots=True)
class Brought:
    """A pull request as the list of a commit has it: whether it was merged, and where to."""

    number: int
    merged: bool
    base_branch: str
    base_repository: str


@dataclass(frozen=True, slots=True)
class Pull:
    """A merged pull request. ``head_repository`` is ``None`` when that repository is gone."""

    number: int
    url: str
    author: int
    head: str
    head_branch: str
    head_repository: str | None
    merged_at: datetime
    commits: int


@dataclass(frozen=True, slots=True)
class Push:
    """One entry of a repository's activity; ``actor`` is ``None`` when the account is gone."""

    before: str
    after: str
    kind: str
    actor: int | None


@dataclass(frozen=True, slots=True)
class GivenReview:
    """A review before anybody has asked what its author may do. The login serves one call."""

    id: int
    person: int
    login: str
    human: bool
    state: ReviewState
    commit: str | None
    at: datetime
    url: str


def brought(value: Json) -> Brought:
    """Read an entry of the pull requests of a commit."""
    return Brought(
        number(value, "number"),
        member(value, "merged_at") is not None,
        text(value, "base", "ref"),
        text(value, "base", "repo", "full_name"),
    )


def pull(value: Json) -> Pull:
    """Read one pull request that was merged."""
    return _pull(value, instant(value, "merged_at"))


def opened(value: Json, now: datetime) -> Pull:
    """Read one pull request that is open, as if it were merged now."""
    exactly(value, "open", "state")
    return _pull(value, now)


def _pull(value: Json, merged_at: datetime) -> Pull:
    branch = text(value, "head", "ref")
    if not 0 < len(branch) <= _LONGEST_REF:
        raise Unreadable("has no branch at head.ref")
    gone = member(value, "head", "repo") is None
    return Pull(
        number=number(value, "number"),
        url=url(value, "html_url"),
        author=number(value, "user", "id"),
        head=sha(value, "head", "sha"),
        head_branch=branch,
        head_repository=None if gone else repository(value, "head", "repo", "full_name"),
        merged_at=merged_at,
        commits=number(value, "commits"),
    )


def push(value: Json) -> Push:
    """Read one entry of the activity of a branch."""
    return Push(
        sha(value, "before"),
        sha(value, "after"),
        word(value, "activity_type"),
        _account(value, "actor"),
    )


def blob_of(value: Json) -> tuple[str, str]:
    """Read an entry of the files: a path, and the blob that the pull request leaves there."""
    gone = text(value, "status") == "removed"
    return text(value, "filename"), GONE if gone else sha(value, "sha")


def people_of(value: Json) -> tuple[int | None, ...]:
    """Read who made a commit: author, committer and co-authors; ``None`` for each that is not known.

    GitHub finds an account by the commit's e-mail address, so whoever is named may be innocent;
    that only ever takes a vote away. A co-author is known by a no-reply address alone.
    """
    trailers = _CO_AUTHOR.finditer(text(value, "commit", "message"))
    co_authors = (_NO_REPLY.search(trailer["who"]) for trailer in trailers)
    return (
        _account(value, "author"),
        _account(value, "committer"),
        *(None if found is None else int(found["id"]) for found in co_authors),
    )


def review(value: Json) -> GivenReview | None:
    """Read one review; ``None`` for one that says neither yes nor no: a comment, or one not sent yet."""
    said = text(value, "state")
    try:
        state = ReviewState(said)
    except ValueError:
        raise Unreadable("has a review whose state is not known") from None
    if not state.is_word:
        return None
    commit = member(value, "commit_id")
    return GivenReview(
        id=number(value, "id"),
        person=number(value, "user", "id"),
        login=login(value, "user", "login"),
        human=text(value, "user", "type") == "User",
        state=state,
        commit=None if commit is None else sha(value, "commit_id"),
        at=instant(value, "submitted_at"),
        url=url(value, "html_url"),
    )


def may_write(value: Json) -> tuple[int, bool]:
    """Read whose permission it is, and whether it allows to push."""
    permission = text(value, "permission")
    if permission not in _PERMISSIONS:
        raise Unreadable("has a permission that is not known")
    return number(value, "user", "id"), _PERMISSIONS[permission]


def _account(value: Json, key: str) -> int | None:
    """Read an account's id; GitHub writes ``null`` or ``{}`` for one that it does not know."""
    found = member(value, key)
    return None if found is None or found == {} else number(found, "id")
