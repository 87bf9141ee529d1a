"""The catalogue of rules as JSON (``schemas/rules.schema.json``)."""

from __future__ import annotations

from collections.abc import Sequence

from runner.model.json import JsonObject
from runner.model.rule import Rule
from runner.reports.explanations import EXPLANATIONS
from runner.reports.json_text import json_text


def rules_json(rules: Sequence[Rule]) -> str:
    """Return one JSON document in ASCII, indented, with a final newline."""
    document = {"version": 1, "rules": [_rule(rule) for rule in rules]}
    return json_text(document)


def _rule(rule: Rule) -> JsonObject:
    explanation = EXPLANATIONS[rule.id]
    return {
        "id": rule.id,
        "title": rule.title,
        "severity": rule.severity.value,
        "phase": rule.phase.value,
        "askedBy": rule.asked_by,
        "asks": explanation.asks,
        "basis": rule.basis,
        "hint": rule.hint,
        "passing": explanation.passing,
        "failing": explanation.failing,
    }
