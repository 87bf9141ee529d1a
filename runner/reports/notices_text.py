"""The notices that have not arrived, for a person at a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from runner.model.log import Log
from runner.model.notice import Notice
from runner.model.time import format_instant
from runner.notices.schedule import prospects
from runner.reports.findings import counted
from runner.reports.notices import when, why


def notices_text(target: str, log: Log) -> str:
    """Return two lines a notice, what waits before what was given up, and a closing line."""
    lines = [f"Notices of target {target}", ""]
    for prospect in prospects(log.outbox):
        lines += [f"  waiting  {_facts(prospect.notice)}", f"    next: {when(prospect)}"]
    for notice in log.dead:
        lines += [f"  given up {_facts(notice)}", f"    next: {_again(notice)}"]
    if log.outbox or log.dead:
        lines.append("")
    closing = f"{counted(len(log.outbox), 'notice')} waiting, {len(log.dead)} given up."
    return "\n".join([*lines, closing]) + "\n"


def replayed_text(notices: Sequence[Notice]) -> str:
    """Return a line an endpoint, and who sends them."""
    lines = []
    for endpoint, each in groupby(notices, key=lambda notice: notice.endpoint):
        indexes = [notice.index for notice in each]
        span = f"record {indexes[0]}" if len(indexes) == 1 else f"records {indexes[0]} to {indexes[-1]}"
        lines.append(
            f"{counted(len(indexes), 'notice')} for endpoint {endpoint} in the outbox again, of {span}"
        )
    return "\n".join([*lines, "The next apply sends them, oldest first."]) + "\n"


def _facts(notice: Notice) -> str:
    tried = "" if notice.last_at is None else f", last at {format_instant(notice.last_at)}"
    attempts = counted(notice.attempts, "attempt")
    return f"{notice.endpoint}, record {notice.index}: {why(notice)} ({attempts}{tried})"


def _again(notice: Notice) -> str:
    index = notice.index
    return f"purgectl notices replay --from {index} --to {index} --endpoint {notice.endpoint}"
