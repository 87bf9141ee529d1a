"""Breadth: whether a policy selects more or less than it did before."""

from __future__ import annotations

from enum import StrEnum

from runner.model.policy import Selection
from runner.rules.overlap import covers


class Breadth(StrEnum):
    """How one selection compares with an earlier one. In doubt they are ``OTHER``."""

    SAME = "same"
    NARROWER = "narrower"
    WIDER = "wider"
    OTHER = "other"


def breadth(before: Selection, after: Selection) -> Breadth:
    """Compare two selections by what certainly matches them.

    ``NARROWER`` and ``WIDER`` are claimed only where each interaction that one matches is matched by
    the other too. Attribute values are compared as they were written, because nobody knows how a
    platform compares them.
    """
    if before == after or (_covers(before, after) and _covers(after, before)):
        return Breadth.SAME
    if _covers(before, after):
        return Breadth.NARROWER
    return Breadth.WIDER if _covers(after, before) else Breadth.OTHER


def _covers(wider: Selection, narrower: Selection) -> bool:
    """Whether whatever matches ``narrower`` certainly matches ``wider``."""
    outer, inner = wider.date_range, narrower.date_range
    return (
        wider.target == narrower.target
        and outer.start <= inner.start
        and inner.end <= outer.end
        and covers(wider, narrower)
    )
