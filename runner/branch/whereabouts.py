"""Where every notice is: in the outbox, delivered, or given up; and which moves the records allow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from runner.audit import layout
from runner.audit.outbox import Occasion, told
from runner.audit.problem import Problem
from runner.git.repository import Change
from runner.model.log import Record, RecordType

Key: TypeAlias = tuple[str, int]
"""Endpoint and leaf index, which no two notices share."""


@dataclass(slots=True)
class _Moves:
    """What one commit does to the files of notices, and which its records say are to be sent again."""

    entered: set[Key] = field(default_factory=set)
    left: set[Key] = field(default_factory=set)
    buried: set[Key] = field(default_factory=set)
    raised: set[Key] = field(default_factory=set)
    replayed: set[Key] = field(default_factory=set)


class Whereabouts:
    """Follows ``outbox/`` and ``dead/`` through a replay, commit by commit.

    ``newest`` is the checkpoint size that the newest notice to each endpoint carries; ``occasions``
    are those of every notice that there ever was; ``delivered`` and ``given_up`` are the notices
    that records say so of, unless they were replayed since. All this is known of the notices about
    records from ``since`` on: 0, unless the replay began at a tip.
    """

    def __init__(self) -> None:
        self.newest: dict[str, int] = {}
        self.occasions: dict[Key, Occasion] = {}
        self.delivered: set[Key] = set()
        self.given_up: set[Key] = set()
        self.since = 0
        self._moves = _Moves()

    def begin(self) -> None:
        """Begin a commit."""
        self._moves = _Moves()

    def take(self, record: Record) -> None:
        """Take in what a record of the commit says of notices."""
        named = told(record)
        if record.type is RecordType.NOTICE_DELIVERED:
            self.delivered |= named
        elif record.type is RecordType.NOTICE_DEAD:
            self.given_up |= named
        elif record.type is RecordType.NOTICE_REPLAYED:
            self.delivered -= named
            self.given_up -= named
            self._moves.replayed |= named

    def change(self, change: Change) -> None:
        """Take in one changed path of the commit; one that is no notice's does not matter."""
        moves = self._moves
        pending, dead = layout.outbox_key(change.path), layout.dead_key(change.path)
        if pending is not None and change.status in "AD":
            (moves.entered if change.status == "A" else moves.left).add(pending)
        elif dead is not None and change.status in "AD":
            (moves.buried if change.status == "A" else moves.raised).add(dead)

    def end(self, commit: str, note: bytes, old: int, size: int) -> Iterator[Problem]:
        """Close a commit that grew the log from ``old`` to ``size`` records under ``note``."""
        moves = self._moves
        for key in sorted(moves.entered):
            endpoint, index = key
            if old <= index < size:
                self.occasions[key] = Occasion(note, size, self.newest.get(endpoint, 0))
                self.newest[endpoint] = size
            elif key not in moves.replayed or (index >= self.since and key not in self.occasions):
                message = "a notice was put into the outbox without its record"
                yield Problem(message, index, index, layout.outbox_path(*key), commit)
        for key in sorted(moves.left - self.delivered - (moves.buried & self.given_up)):
            message = "a notice left the outbox, but no record says that it was delivered or given up"
            yield Problem(message, key[1], key[1], layout.outbox_path(*key), commit)
        for key in sorted(moves.buried - (moves.left & self.given_up)):
            message = "a notice was put among the dead, but no record gave it up"
            yield Problem(message, key[1], key[1], layout.dead_path(*key), commit)
        for key in sorted(moves.raised - moves.entered - self.delivered):
            message = "a dead notice vanished, but no record says that it was delivered or replayed"
            yield Problem(message, key[1], key[1], layout.dead_path(*key), commit)
