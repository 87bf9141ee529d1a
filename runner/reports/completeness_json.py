"""Whether the log accounts for all of ``main``, as JSON (``schemas/completeness.schema.json``)."""

from __future__ import annotations

from runner.model.json import JsonObject
from runner.model.time import format_instant
from runner.plan.completeness import Completeness, Entry
from runner.reports.json_text import json_text


def completeness_json(found: Completeness, target: str, main: str, size: int) -> str:
    """Return one JSON document in ASCII, indented, with a final newline.

    ``main`` is the commit whose history was read, ``size`` how many records the log has.
    """
    document = {
        "version": 1,
        "target": target,
        "main": main,
        "asOf": format_instant(found.as_of),
        "log": {"size": size, "newestRecordAt": format_instant(found.newest_at)},
        "complete": not found.gaps,
        "revisions": [_entry(entry) for entry in found.entries],
    }
    return json_text(document)


def _entry(entry: Entry) -> JsonObject:
    return {
        "policy": entry.policy,
        "revision": entry.revision,
        "purgeId": entry.purge_id,
        "path": entry.path,
        "account": entry.account.value,
        "gap": entry.account.gap,
        "state": None if entry.state is None else entry.state.value,
        "rules": list(entry.rules),
        "since": None if entry.since is None else format_instant(entry.since),
        "due": None if entry.due is None else format_instant(entry.due),
        "mergedIn": entry.merged or None,
        "goneIn": entry.gone,
    }
