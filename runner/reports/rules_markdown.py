"""The catalogue of rules as Markdown: ``docs/rules.md`` is this text."""

from __future__ import annotations

from collections.abc import Sequence

from runner.model.rule import Rule
from runner.reports.explanation import Explanation
from runner.reports.explanations import EXPLANATIONS
from runner.reports.rules import asked_by

_HEAD = """\
# Rules

Every finding carries the id of a rule. An id never changes its meaning and is never used again. An error
refuses; a warning only tells. There is no way to switch a rule off.

This page is written by `purgectl rules --format markdown`, and a test fails when it is out of date.
"""


def rules_markdown(rules: Sequence[Rule]) -> str:
    """Return the page: a table of all rules, and a section on each."""
    table = ["| id | rule | asked by | |", "|---|---|---|---|", *map(_row, rules)]
    return "\n".join([_HEAD, *table, "", *map(rule_markdown, rules)]).rstrip("\n") + "\n"


def rule_markdown(rule: Rule) -> str:
    """Return the section on one rule."""
    explanation = EXPLANATIONS[rule.id]
    return "\n".join(
        [
            f"## {rule.id}",
            "",
            f"**{rule.title}.** {explanation.asks}",
            "",
            f"- {rule.severity.value.capitalize()}, asked by {asked_by(rule)}",
            f"- What to do: {_words(rule.hint)}",
            f"- Basis: {_words(rule.basis)}",
            "",
            *_example("Passes", explanation, explanation.passing),
            *_example("Fails", explanation, explanation.failing),
        ]
    )


def _row(rule: Rule) -> str:
    return f"| [{rule.id}](#{rule.id.lower()}) | {rule.title} | {asked_by(rule)} | {rule.severity} |"


def _example(verdict: str, explanation: Explanation, example: str) -> list[str]:
    if explanation.in_words:
        return [f"{verdict}: {_words(example)}", ""]
    return [f"{verdict}:", "", "```yaml", example, "```", ""]


def _words(text: str) -> str:
    """Return a text in which a placeholder such as <name> is not taken for HTML."""
    return text.replace("<", r"\<")
