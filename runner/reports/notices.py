"""What the formats of a run and a status say of a notice that waits."""

from __future__ import annotations

from runner.model.notice import Notice
from runner.reports.findings import counted

_WHY = {
    "": "not tried yet",
    "no-url": "the environment has no URL for it",
    "guard": "its URL is not one that notices may go to",
    "connect": "no connection",
    "tls": "its certificate was not accepted",
    "timeout": "no answer in time",
}


def waiting_sentence(notice: Notice) -> str:
    """Return one line: which notice, for whom, and why it has not arrived."""
    result = notice.last_result
    why = f"HTTP {result.removeprefix('http-')}" if result.startswith("http-") else _WHY.get(result, result)
    return (
        f"the notice of record {notice.index} waits for endpoint {notice.endpoint}: {why} "
        f"(after {counted(notice.attempts, 'attempt')})"
    )
