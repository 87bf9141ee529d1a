"""``purgectl rules``: the catalogue, and one rule explained."""

from __future__ import annotations

from difflib import get_close_matches

import click

from runner.cli.console import show_result
from runner.errors import UsageError
from runner.model.rule import Rule
from runner.model.text import shorten
from runner.reports.rules import EVERY_RULE
from runner.reports.rules_json import rules_json
from runner.reports.rules_markdown import rule_markdown, rules_markdown
from runner.reports.rules_text import rule_text, rules_text


@click.command(
    "rules",
    epilog="""\b
Examples:
  purgectl rules                       every rule, one line each
  purgectl rules RET-003               one rule, with what passes and what fails
  purgectl rules --format markdown     the page docs/rules.md
""",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown", "json"]),
    default="text",
    show_default=True,
    help="How the rules are written.",
)
@click.argument("rule_id", metavar="[ID]", required=False)
def command(form: str, rule_id: str | None) -> None:
    """List the rules by which policies, holds and targets are judged, or explain one.

    A finding names its rule. ID is that name, in capitals or not.
    """
    if rule_id is None:
        every = tuple(EVERY_RULE.values())
        text = {"text": rules_text, "markdown": rules_markdown, "json": rules_json}[form](every)
    else:
        rule = _find(rule_id)
        if form == "json":
            text = rules_json((rule,))
        else:
            text = rule_text(rule) if form == "text" else rule_markdown(rule)
    show_result(text)


def _find(rule_id: str) -> Rule:
    """Return the rule that is meant, or raise ``UsageError`` with those whose ids look alike."""
    wanted = rule_id.upper()
    if wanted in EVERY_RULE:
        return EVERY_RULE[wanted]
    near = get_close_matches(wanted, EVERY_RULE, n=5, cutoff=0.5)
    raise UsageError(
        f"there is no rule {shorten(rule_id, 40)}",
        hint=f"did you mean {', '.join(near)}?" if near else "purgectl rules lists them all",
    )
