"""The records that were read, many of them, in little room."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import overload

from runner.model.log import Record
from runner.model.strict_json import parse_object


class Leaves(Sequence[Record]):  # noqa: PLW1641 - it grows, so it has no hash
    """Records in the order in which they were taken in, kept as their bytes.

    A record that was taken apart needs ten times the room, and a log of years holds a million. So
    each is taken apart again whenever it is asked for.
    """

    def __init__(self) -> None:
        self._places: dict[int, int] = {}
        self._leaves: list[tuple[int, bytes]] = []

    def add(self, record: Record) -> None:
        """Take in a record whose index is new."""
        self._places[record.index] = len(self._leaves)
        self._leaves.append((record.index, record.data))

    def holds(self, index: int) -> bool:
        """Whether the record with a leaf index was taken in."""
        return index in self._places

    def at(self, index: int) -> Record:
        """Return the record with a leaf index. Raises ``KeyError``."""
        return self[self._places[index]]

    def copy(self) -> Leaves:
        """Return the records of this moment."""
        other = Leaves()
        other._places, other._leaves = dict(self._places), list(self._leaves)
        return other

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Leaves) and self._leaves == other._leaves

    def __len__(self) -> int:
        return len(self._leaves)

    def __iter__(self) -> Iterator[Record]:
        return (_record(*leaf) for leaf in self._leaves)

    @overload
    def __getitem__(self, place: int) -> Record: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Record, ...]: ...
    def __getitem__(self, place: int | slice) -> Record | tuple[Record, ...]:
        if isinstance(place, slice):
            return tuple(_record(*leaf) for leaf in self._leaves[place])
        return _record(*self._leaves[place])


def _record(index: int, data: bytes) -> Record:
    return Record(index, data, parse_object(data))
