"""What to write on the forge: what the log says, minus what comments and issues say already. Pure.

Ours is what the forge's own runner wrote with one of our markers in the first line. A marker in a
comment of anybody else is text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

_MARKER = re.compile(r"<!-- purgectl [a-z0-9. -]{1,200} -->")

AGAIN = "Opened again: the log says so again, or still does."
SETTLED = "Closed: the log no longer says so."


@dataclass(frozen=True, slots=True)
class Pinned:
    """One comment on a pull request that is kept as the log is."""

    number: int
    marker: str
    text: str


@dataclass(frozen=True, slots=True)
class Ticket:
    """One issue that is wanted."""

    marker: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment of ours, as the forge has it."""

    id: int
    body: str


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue of ours, as the forge has it."""

    number: int
    open: bool
    body: str


@dataclass(frozen=True, slots=True)
class Say:
    """Write a new comment on a pull request or an issue."""

    number: int
    body: str


@dataclass(frozen=True, slots=True)
class Edit:
    """Give a comment another text."""

    comment: int
    body: str


@dataclass(frozen=True, slots=True)
class Open:
    """Open an issue."""

    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Renew:
    """Give an issue another text, and open it if it is closed."""

    number: int
    body: str


@dataclass(frozen=True, slots=True)
class Close:
    """Close an issue as done."""

    number: int


Posting: TypeAlias = "Say | Edit | Open | Renew | Close"


def marker(*words: str) -> str:
    """Return the first line of what is about these words; nobody who reads the page sees it."""
    made = f"<!-- purgectl {' '.join(words)} -->"
    if not _MARKER.fullmatch(made):
        raise ValueError(f"{words} cannot be told apart in a marker")
    return made


def settling_marker(target: str, *words: str) -> str:
    """Return the marker of an issue that the log of a target settles."""
    return marker("trouble", target, *words)


def settling_prefix(target: str) -> str:
    """Return how the markers begin of all issues that the log of a target settles."""
    return f"<!-- purgectl trouble {target} "


def marker_of(body: str) -> str:
    """Return the marker in the first line of a text, an empty one where there is none."""
    found = _MARKER.match(body)
    return found[0] if found else ""


def for_comment(wanted: Pinned, there: Iterable[Comment]) -> Iterator[Posting]:
    """Yield what makes the comments of a pull request say what they should, once."""
    body = _body(wanted.marker, wanted.text)
    own = [each for each in there if marker_of(each.body) == wanted.marker]
    if not own:
        yield Say(wanted.number, body)
    yield from (Edit(each.id, body) for each in own if not _same(each.body, body))


def for_issues(wanted: Sequence[Ticket], there: Sequence[Issue], prefix: str) -> Iterator[Posting]:
    """Yield what makes the issues say what they should.

    ``prefix`` is how the markers begin of the issues that the log settles: such an issue is open
    exactly as long as it is wanted, whoever closes it. Any other is opened once, and whoever closes it
    has the last word. An issue changes first and is commented then, so that a run which dies in
    between says too little rather than the same again and again.
    """
    for ticket in wanted:
        own = [each for each in there if marker_of(each.body) == ticket.marker]
        yield from _for_ticket(ticket, own, settles=ticket.marker.startswith(prefix))
    markers = {ticket.marker for ticket in wanted}
    for issue in there:
        named = marker_of(issue.body)
        if issue.open and named.startswith(prefix) and named not in markers:
            yield Close(issue.number)
            yield Say(issue.number, SETTLED)


def _for_ticket(ticket: Ticket, own: Sequence[Issue], *, settles: bool) -> Iterator[Posting]:
    body = _body(ticket.marker, ticket.text)
    if not own:
        yield Open(ticket.title, body)
        return
    opened = [each for each in own if each.open]
    yield from (Renew(each.number, body) for each in opened if not _same(each.body, body))
    if settles and not opened:
        newest = max(each.number for each in own)
        yield Renew(newest, body)
        yield Say(newest, AGAIN)


def _body(mark: str, text: str) -> str:
    return f"{mark}\n{text}"


def _same(one: str, other: str) -> bool:
    """Whether two texts are the same but for line ends, which the forge may change."""
    return one.replace("\r\n", "\n").strip() == other.strip()
