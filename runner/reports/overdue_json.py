"""What is overdue, as JSON (``schemas/overdue.schema.json``)."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from runner.model.json import JsonObject
from runner.model.regulation import Regulation
from runner.model.time import format_instant, format_milliseconds
from runner.plan.overdue import Beginning, Data, Late, Overdue, Undated
from runner.reports.json_text import json_text


def overdue_json(found: Overdue, logs: Collection[str], unread: Sequence[str]) -> str:
    """Return one JSON document in ASCII, indented, with a final newline.

    ``logs`` are the targets whose log this clone has, ``unread`` the paths of policies and holds
    with errors of form or schema.
    """
    document = {
        "version": 1,
        "asOf": format_instant(found.as_of),
        "targets": [_target(beginning, logs) for beginning in found.beginnings],
        "overdue": [_late(late, found) for late in found.late],
        "undated": [_undated(undated) for undated in found.undated],
        "unread": list(unread),
    }
    return json_text(document)


def _target(beginning: Beginning, logs: Collection[str]) -> JsonObject:
    return {
        "name": beginning.target,
        "dataFrom": format_milliseconds(beginning.start),
        "dataFromBasis": "goLive" if beginning.declared else "policies",
        "logKnown": beginning.target in logs,
    }


def _late(late: Late, found: Overdue) -> JsonObject:
    return {
        "entry": _entry(late.entry),
        "data": _data(late.data),
        "start": format_milliseconds(late.start),
        "before": format_milliseconds(late.end),
        "goneBy": format_milliseconds(late.gone_by),
        "daysLate": late.days_late(found.as_of),
        "heldBy": list(late.held_by),
    }


def _undated(undated: Undated) -> JsonObject:
    return {
        "entry": _entry(undated.entry),
        "data": _data(undated.data),
        "event": undated.entry.event,
        "policies": list(undated.policies),
    }


def _entry(entry: Regulation) -> JsonObject:
    return {
        "id": entry.id,
        "title": entry.title,
        "citation": entry.citation,
        "maximumDays": entry.maximum_days,
    }


def _data(data: Data) -> JsonObject:
    traits = data.traits
    return {
        "target": data.target,
        "interactionType": traits.interaction_type,
        "classification": traits.classification,
        "jurisdictions": None if traits.jurisdictions is None else sorted(traits.jurisdictions),
        "tags": sorted(traits.tags),
        "attributes": {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in data.attributes.items()
        },
        "dimensions": {name: list(values) for name, values in data.dimensions.items()},
    }
