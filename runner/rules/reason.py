"""Rules about the reason, the only human text that a record keeps."""

from __future__ import annotations

import re
from collections.abc import Iterator

from runner.model.finding import Fault, Severity
from runner.model.policy import Classification
from runner.model.rule import Phase, Rule
from runner.model.text import hidden
from runner.rules.check import Check

SHORTEST_REASON = 10

_FEWEST_WORDS = 3

_WORD = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]|[^\W\d_]+")
"""A word; where a script writes no spaces (Thai, Chinese, Japanese), a character stands for one."""

_FILLER = re.compile(
    "a|all|an|asdf|be|because|clean|cleaning|cleanup|data|decided|defined|delete|deletion|do|example|fill|"
    "fixme|foo|here|in|interactions|ipsum|later|lorem|n|na|no|none|not|nothing|of|old|placeholder|please|"
    "purge|qwerty|reason|remove|some|tba|tbd|test|testing|text|the|this|to|todo|up|xxx"
)
"""A word that says nothing by itself: a reason of these alone is a placeholder."""

_TICKETED = frozenset({Classification.PII.value, Classification.HIPAA.value})

_TICKET = re.compile(r"(?<![\w-])(?:[A-Z][A-Z0-9]*-(?:\d+-)*\d+|[A-Z]{2,}\d{3,}|#\d+)(?!\w)")
"""A ticket as trackers write it: ``REC-412``, ``CHG0031245``, ``#4492``."""

_SECRET = re.compile(
    r"\b(?:suspicious[ -]activity|attorney[ -]client|(?:legally|attorney) privileged?|work[ -]product)\b"
)
"""Words that would reveal a report of suspicious activity, or waive a privilege."""

RSN_001 = Rule(
    id="RSN-001",
    title="The reason says why",
    severity=Severity.ERROR,
    phase=Phase.REVIEW,
    basis="ARMA Generally Accepted Recordkeeping Principles: disposition is documented and accountable",
    hint="say which period has ended and under which ticket, in at least ten characters",
)


def long_enough(reason: str) -> Iterator[Fault]:
    """RSN-001: at least ten visible characters."""
    length = len(_visible(reason))
    if length < SHORTEST_REASON:
        yield RSN_001.fault("/reason", f"the reason has {length} characters; {SHORTEST_REASON} are needed")


def meaningful(reason: str) -> Iterator[Fault]:
    """RSN-001: a reason that is long enough has three different words, and more than filler."""
    words = _WORD.findall(_visible(reason).casefold())
    if any(long_enough(reason)):
        return
    if len(set(words)) < _FEWEST_WORDS:
        yield RSN_001.fault("/reason", f"the reason has fewer than {_FEWEST_WORDS} different words")
    elif all(map(_FILLER.fullmatch, words)):
        yield RSN_001.fault("/reason", "the reason is a placeholder")


def ticketed(classification: str, reason: str, ticket: str | None) -> Iterator[Fault]:
    """RSN-001: the purge of ``pii`` and ``hipaa`` data names a ticket, in its reason or its own field."""
    if classification in _TICKETED and not ticket and not _TICKET.search(reason):
        yield RSN_001.fault(
            "/reason",
            f"{classification} data is purged under a ticket, and none is named",
            hint="write it into the reason, such as REC-412, or as ticket: REC-412",
        )


def discreet(reason: str) -> Iterator[Fault]:
    """RSN-001: the reason, which stands in the log for ever, reveals nothing that the law protects."""
    found = _SECRET.search(_visible(reason).casefold())
    if found:
        yield RSN_001.fault(
            "/reason",
            f"the reason speaks of {found[0]!r}, which a record that others read must not reveal "
            "(31 U.S.C. 5318(g)(2); legal privilege)",
            hint="name the ticket instead, and leave the matter to it",
        )


def _visible(reason: str) -> str:
    return "".join(" " if hidden(character) else character for character in reason).strip()


LENGTH = Check(RSN_001, long_enough, reads=("/reason",))
"""The one part of the rule that the original article's policy object answers for."""

CHECKS = (
    LENGTH,
    Check(RSN_001, meaningful, reads=("/reason",)),
    Check(RSN_001, ticketed, reads=("/classification", "/reason"), may_read=("/ticket",)),
    Check(RSN_001, discreet, reads=("/reason",)),
)
