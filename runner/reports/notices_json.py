"""The notices that have not arrived, as JSON (``schemas/notices.schema.json``)."""

from __future__ import annotations

from datetime import datetime

from runner.model.json import JsonObject
from runner.model.log import Log
from runner.model.notice import Notice
from runner.model.time import format_instant
from runner.notices.schedule import prospects
from runner.reports.json_text import json_text


def notices_json(target: str, log: Log) -> str:
    """Return one JSON document in ASCII, indented, with a final newline."""
    waiting = [
        {
            **_notice(prospect.notice),
            "nextAttemptNotBefore": _instant(prospect.not_before),
            "needsReplay": prospect.by_hand,
        }
        for prospect in prospects(log.outbox)
    ]
    document = {
        "version": 1,
        "target": target,
        "waiting": waiting,
        "givenUp": [_notice(notice) for notice in log.dead],
    }
    return json_text(document)


def _notice(notice: Notice) -> JsonObject:
    return {
        "endpoint": notice.endpoint,
        "index": notice.index,
        "webhookId": notice.webhook_id,
        "enqueuedAt": format_instant(notice.enqueued_at),
        "attempts": notice.attempts,
        "lastResult": notice.last_result or None,
        "lastAttemptAt": _instant(notice.last_at),
    }


def _instant(instant: datetime | None) -> str | None:
    return None if instant is None else format_instant(instant)
