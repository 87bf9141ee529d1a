"""Outside memory: what somebody beyond the repository remembers of a log, and whether it still is so.

Nothing inside a repository can show that its log was cut, or written anew by whoever has the key.
A size and a root that were noted elsewhere can.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from runner.audit.problem import Problem
from runner.merkle.checkpoint import BadCheckpoint, root_from_text
from runner.merkle.encoding import to_text
from runner.merkle.tree import Tree

_SIZE = re.compile(r"0|[1-9][0-9]{0,14}")


@dataclass(frozen=True, slots=True, order=True)
class Expectation:
    """The log once had ``size`` records under ``root`` (32 bytes)."""

    size: int
    root: bytes

    @classmethod
    def parse(cls, text: str) -> Expectation:
        """Read ``SIZE:ROOT``, as a checkpoint states them. Raises ``ValueError``."""
        size, _, root = text.partition(":")
        if not _SIZE.fullmatch(size):
            raise BadCheckpoint("the size must be a whole number")
        return cls(int(size), root_from_text(root))

    def __str__(self) -> str:
        return f"{self.size}:{to_text(self.root)}"


def compare(tree: Tree, expectations: Iterable[Expectation]) -> Iterator[Problem]:
    """Hold a log against outside memory: each expectation must be a prefix of it.

    Raises ``UnknownNode`` where a tree without its past cannot tell.
    """
    have = tree.size
    for expected in expectations:
        if expected.size > have:
            message = f"the log once had {expected.size} records and now has {have}: it was cut"
            yield Problem(message, have, expected.size - 1)
        elif tree.root(expected.size) != expected.root:
            root = to_text(expected.root)
            message = f"the first {expected.size} records are not those of the expected root {root}"
            yield Problem(message, 0, max(expected.size - 1, 0))
