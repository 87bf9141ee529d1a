"""The catalogue of rules for a person at a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from runner.model.rule import Rule
from runner.reports.explanations import EXPLANATIONS
from runner.reports.rules import asked_by

_WIDTH = 96


def rules_text(rules: Sequence[Rule]) -> str:
    """Return one line a rule: id, severity, who asks it and title; then how to read more."""
    rows = [(rule.id, rule.severity.value, asked_by(rule), rule.title) for rule in rules]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, [*widths, 0], strict=True)) for row in rows
    ]
    return "\n".join([*lines, "", f"{len(rules)} rules. Read one: purgectl rules RET-003", ""])


def rule_text(rule: Rule) -> str:
    """Return everything about one rule, in lines of at most 96 characters where the words allow it."""
    explanation = EXPLANATIONS[rule.id]
    lines = [
        f"{rule.id} {rule.severity}: {rule.title}",
        "",
        *textwrap.wrap(explanation.asks, _WIDTH),
        "",
        *_fact("asked by", asked_by(rule)),
        *_fact("basis", rule.basis),
        *_fact("what to do", rule.hint),
        "",
        "passes",
        textwrap.indent(explanation.passing, "  "),
        "",
        "fails",
        textwrap.indent(explanation.failing, "  "),
    ]
    return "\n".join(lines) + "\n"


def _fact(name: str, value: str) -> list[str]:
    return textwrap.wrap(value, _WIDTH, initial_indent=f"{name:<12}", subsequent_indent=" " * 12)
