"""What is wrong with a log, and where."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One place where a branch is not what was signed.

    ``first`` and ``last`` are the leaf indexes of the records at fault, the smallest range that is
    known, ``None`` when no record is. ``message`` and ``path`` may quote foreign text. ``strangers``
    are the ids of the keys that did sign, where none that is trusted has.
    """

    message: str
    first: int | None = None
    last: int | None = None
    path: str = ""
    commit: str = ""
    strangers: tuple[str, ...] = ()
