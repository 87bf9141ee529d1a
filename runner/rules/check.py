"""A check: a rule that reads one document, with the function that decides it and the values it reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from runner.model.finding import Fault
from runner.model.rule import Rule


@dataclass(frozen=True, slots=True)
class Check:
    """What ``plan`` needs to run a rule on a document.

    ``reads`` are JSON pointers of values that must be there and valid, or the rule does not run.
    ``may_read`` are pointers of top-level values that may be absent (``None`` then) but not
    invalid. ``decide`` gets the values in this order, and the present instant last if ``clock``.
    """

    rule: Rule
    decide: Callable[..., Iterator[Fault]]
    reads: tuple[str, ...] = ()
    may_read: tuple[str, ...] = ()
    clock: bool = False
