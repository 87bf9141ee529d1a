"""How an organisation is set up, as JSON (``schemas/doctor.schema.json``)."""

from __future__ import annotations

from collections.abc import Sequence

from runner.model.json import JsonObject
from runner.reports.findings import harmless
from runner.reports.json_text import json_text
from runner.setup.check import Area, Check, exit_code


def doctor_json(checks: Sequence[Check], asked: Sequence[Area]) -> str:
    """Return one JSON document in ASCII, indented, with a final newline."""
    return json_text(
        {
            "version": 1,
            "asked": [area.value for area in asked],
            "exitCode": int(exit_code(checks)),
            "checks": [_check(check) for check in checks],
        }
    )


def _check(check: Check) -> JsonObject:
    return {
        "id": check.id,
        "area": check.area.value,
        "subject": harmless(check.subject),
        "standing": check.standing.value,
        "what": harmless(check.what),
        "why": check.why or None,
        "fix": harmless(check.fix) or None,
    }
