"""What `purgectl rules` says about a rule beyond its catalogue entry, in the words of an officer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a rule asks, in one or two sentences, and what passes and fails it.

    The examples are fields of a policy as they stand in a file, or sentences where ``in_words``:
    what cannot be shown in a few lines of YAML, or is no text of a policy at all.
    """

    asks: str
    passing: str
    failing: str
    in_words: bool = False
