"""What the formats of a run, a status and a list of notices say of those that have not arrived."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from runner.model.notice import Notice
from runner.model.text import printable
from runner.model.time import format_instant
from runner.notices.schedule import Prospect, prospects
from runner.reports.findings import counted

_WHY = {
    "": "not tried yet",
    "no-url": "the environment has no URL for it",
    "guard": "its URL is not one that notices may go to",
    "address": "its name leads to an address that notices may not go to",
    "connect": "no connection",
    "tls": "its certificate was not accepted",
    "timeout": "no answer in time",
}


def next_attempt(waiting: Sequence[Notice]) -> str | None:
    """Return the instant before which no notice is tried; ``None`` when nothing waits for an instant."""
    ahead = [each for each in prospects(waiting) if not each.by_hand]
    if not ahead or any(each.not_before is None for each in ahead):
        return None
    return format_instant(min(each.not_before for each in ahead if each.not_before is not None))


def why(notice: Notice) -> str:
    """Say in words what the last attempt came to."""
    result = notice.last_result
    if result.startswith("http-"):
        return f"HTTP {printable(result.removeprefix('http-'))}"
    return _WHY.get(result, printable(result))


def when(prospect: Prospect) -> str:
    """Say in words when a notice that waits is tried again."""
    if prospect.by_hand:
        return "not before purgectl notices replay, for the receiver wants no more"
    if prospect.not_before is None:
        return "by the next apply"
    return f"by the first apply after {format_instant(prospect.not_before)}"


def outlook(waiting: Sequence[Notice], dead: Sequence[Notice]) -> Iterator[str]:
    """Yield one sentence for each endpoint that does not have everything."""
    for endpoint, line in groupby(prospects(waiting), key=lambda prospect: prospect.notice.endpoint):
        head, *behind = line
        notice = head.notice
        number = counted(1 + len(behind), "notice")
        yield (
            f"{number} for endpoint {endpoint} waiting, the oldest of record {notice.index}: {why(notice)} "
            f"(after {counted(notice.attempts, 'attempt')}); next attempt {when(head)}"
        )
    for endpoint, given_up in groupby(dead, key=lambda notice: notice.endpoint):
        notice, *others = given_up
        yield (
            f"{counted(1 + len(others), 'notice')} for endpoint {endpoint} given up, the oldest of record "
            f"{notice.index}: {why(notice)}; purgectl notices replay sends them again"
        )
