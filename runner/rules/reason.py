"""Rules about the reason, the only human text that a record keeps."""

from __future__ import annotations

import re
from collections.abc import Iterator

from runner.model.finding import Fault, Severity
from runner.model.rule import Phase, Rule
from runner.model.text import hidden
from runner.rules.check import Check

SHORTEST_REASON = 10

_FILLER = re.compile(
    "a|all|an|asdf|be|because|clean|cleaning|cleanup|data|decided|defined|delete|deletion|do|example|fill|"
    "fixme|foo|here|in|interactions|ipsum|later|lorem|n|na|no|none|not|nothing|of|old|placeholder|please|"
    "purge|qwerty|reason|remove|some|tba|tbd|test|testing|text|the|this|to|todo|up|xxx"
)
"""A word that says nothing by itself: a reason of these alone is a placeholder."""

RSN_001 = Rule(
    id="RSN-001",
    title="The reason says why",
    severity=Severity.ERROR,
    phases=frozenset({Phase.REVIEW, Phase.EXECUTION}),
    basis="ARMA Generally Accepted Recordkeeping Principles: disposition is documented and accountable",
    hint="say which period has ended and under which ticket, in at least ten characters",
)


def meaningful(reason: str) -> Iterator[Fault]:
    """RSN-001: at least ten visible characters, and more than filler."""
    visible = "".join(" " if hidden(character) else character for character in reason).strip()
    words = re.findall(r"\w+", visible.casefold())
    if len(visible) < SHORTEST_REASON:
        yield RSN_001.fault(
            "/reason", f"the reason has {len(visible)} characters; {SHORTEST_REASON} are needed"
        )
    elif len(set(visible.replace(" ", ""))) < 3 or all(map(_FILLER.fullmatch, words)):
        yield RSN_001.fault("/reason", "the reason is a placeholder")


CHECKS = (Check(RSN_001, meaningful, reads=("/reason",)),)
