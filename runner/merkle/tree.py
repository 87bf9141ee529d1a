"""The Merkle tree over the exact bytes of the records: hashes, proofs, and their verification.

Source: RFC 6962 section 2.1 for the tree and the proofs, RFC 9162 sections 2.1.3.2 and 2.1.4.2
for the verification, step by step. Hashes are 32 bytes of SHA-256.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

HASH_SIZE = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """Hash a leaf; the prefix 0x00 keeps leaves and nodes apart."""
    return hashlib.sha256(b"\0" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash an inner node."""
    return hashlib.sha256(b"\1" + left + right).digest()


Node: TypeAlias = tuple[int, int]
"""A complete subtree: its level ``k``, and how many subtrees of 2^k leaves stand left of it."""


class UnknownNode(LookupError):
    """A hash is asked for that a tree without its past does not know."""


class Tree:
    """A tree that grows, and that still knows every smaller tree it has been.

    Level ``k`` holds the roots of all complete subtrees of 2^k leaves, in order, so that a root
    or a proof for any size costs a number of hashes that grows with the logarithm.

    A tree may also begin at a ``size`` with nothing but some ``nodes`` of its past. Then it grows
    in the same way, and whatever needs a hash that it does not know raises ``UnknownNode``.
    """

    def __init__(
        self, leaves: Iterable[bytes] = (), *, size: int = 0, nodes: Mapping[Node, bytes] | None = None
    ) -> None:
        self.size = size
        self._start = size
        self._past = dict(nodes or {})
        self._before: Tree | None = None
        self._levels: list[list[bytes]] = [[]]
        for leaf in leaves:
            self.append(leaf)

    def append(self, leaf: bytes) -> None:
        """Add the hash of the next leaf."""
        level, place, value = 0, self.size, leaf
        self._levels[0].append(value)
        while place % 2:
            value = node_hash(self.node(level, place - 1), value)
            level, place = level + 1, place // 2
            if level == len(self._levels):
                self._levels.append([])
            self._levels[level].append(value)
        self.size += 1

    def copy(self) -> Tree:
        """Return a tree that grows on its own, and that asks this one for its past."""
        other = Tree(size=self.size)
        other._before = self
        return other

    def frontier(self, size: int | None = None) -> tuple[bytes, ...]:
        """Return the roots of the complete subtrees that make up a size, the biggest first."""
        wanted = self.size if size is None else size
        return tuple(self.node(*node) for node in subtrees(0, wanted))

    def node(self, level: int, place: int) -> bytes:
        """Return the root of a complete subtree. Raises ``UnknownNode``."""
        own = place - (self._start >> level)
        if own >= 0:
            return self._levels[level][own]
        past = self._past.get((level, place))
        if past is None and self._before is not None:
            return self._before.node(level, place)
        if past is None:
            raise UnknownNode(f"the hash over 2^{level} leaves at place {place} is not known")
        return past

    def adopt(self, frontier: Sequence[bytes]) -> None:
        """Take over the frontier of the present size from a source that is trusted more.

        What is appended afterwards has the right root, although older leaves here may be wrong.
        """
        for (level, place), value in zip(subtrees(0, self.size), frontier, strict=True):
            own = place - (self._start >> level)
            if own < 0:
                self._past[level, place] = value
            else:
                self._levels[level][own] = value

    def root(self, size: int | None = None) -> bytes:
        """Return the root of the first ``size`` leaves, by default of all."""
        return root_of(self.frontier(size))

    def inclusion(self, index: int, size: int) -> tuple[bytes, ...]:
        """Return the audit path of a leaf in the tree of ``size`` leaves, the nearest hash first.

        Raises ``ValueError`` unless ``0 <= index < size <= self.size``.
        """
        if not 0 <= index < size <= self.size:
            raise ValueError(f"no leaf {index} in a tree of {size}")
        return tuple(self._path(index, 0, size))

    def consistency(self, old: int, new: int) -> tuple[bytes, ...]:
        """Return the proof that the first ``old`` leaves begin the tree of ``new`` leaves.

        It is empty where nothing is to be proved: from no leaf at all, and between equal sizes.
        Raises ``ValueError`` unless ``0 <= old <= new <= self.size``.
        """
        if not 0 <= old <= new <= self.size:
            raise ValueError(f"no tree of {old} in a tree of {new}")
        return tuple(self._subproof(old, 0, new, known=True)) if old else ()

    def _range(self, start: int, end: int) -> bytes:
        """Return the hash over leaves ``start`` to ``end``; ``start`` is where a subtree begins."""
        return root_of([self.node(*node) for node in subtrees(start, end)])

    def _path(self, index: int, start: int, end: int) -> list[bytes]:
        if end - start == 1:
            return []
        middle = start + _split(end - start)
        if index < middle:
            return [*self._path(index, start, middle), self._range(middle, end)]
        return [*self._path(index, middle, end), self._range(start, middle)]

    def _subproof(self, old: int, start: int, end: int, *, known: bool) -> list[bytes]:
        if old == end:
            return [] if known else [self._range(start, end)]
        middle = start + _split(end - start)
        if old <= middle:
            return [*self._subproof(old, start, middle, known=known), self._range(middle, end)]
        return [*self._subproof(old, middle, end, known=False), self._range(start, middle)]


def root_of(frontier: Sequence[bytes]) -> bytes:
    """Join complete subtrees, the biggest first, into the root of them all."""
    if not frontier:
        return EMPTY_ROOT
    root = frontier[-1]
    for left in reversed(frontier[:-1]):
        root = node_hash(left, root)
    return root


def inclusion_holds(index: int, size: int, leaf: bytes, path: Sequence[bytes], root: bytes) -> bool:
    """Whether ``path`` proves that ``leaf`` stands at ``index`` below ``root``.

    Source: RFC 9162 section 2.1.3.2.
    """
    if not 0 <= index < size or not _are_hashes(leaf, *path):
        return False
    first, last, value = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if first & 1 or first == last:
            value = node_hash(sibling, value)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            value = node_hash(value, sibling)
        first, last = first >> 1, last >> 1
    return last == 0 and value == root


def consistency_holds(old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether ``path`` proves that the tree of ``old`` leaves begins the tree of ``new``.

    Source: RFC 9162 section 2.1.4.2. Equal sizes need equal roots and an empty path. From no
    leaf at all nothing can be proved, so ``old`` must be at least 1.
    """
    if not 0 < old <= new or not _are_hashes(old_root, *path):
        return False
    if old == new:
        return not path and old_root == new_root
    steps = [old_root, *path] if old & (old - 1) == 0 else list(path)
    if not steps:
        return False
    first, last = old - 1, new - 1
    while first & 1:
        first, last = first >> 1, last >> 1
    small = large = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if first & 1 or first == last:
            small, large = node_hash(step, small), node_hash(step, large)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            large = node_hash(large, step)
        first, last = first >> 1, last >> 1
    return last == 0 and small == old_root and large == new_root


def _are_hashes(*values: bytes) -> bool:
    return all(len(value) == HASH_SIZE for value in values)


def _split(count: int) -> int:
    """Return the largest power of two that is smaller than ``count``."""
    return 1 << (count - 1).bit_length() - 1


def needed(size: int, prefixes: Iterable[int]) -> tuple[Node, ...]:
    """Return the nodes from which a tree can go on without its past, in order.

    They make up its root at ``size``, and prove that each of the ``prefixes``, which are no larger,
    begins whatever it becomes.
    """
    nodes = set(subtrees(0, size))
    for prefix in prefixes:
        nodes |= {*subtrees(0, prefix), *subtrees(prefix, size)}
    return tuple(sorted(nodes))


def subtrees(start: int, end: int) -> Iterator[Node]:
    """Yield the complete subtrees that make up leaves ``start`` to ``end``, from left to right.

    From 0 these are the frontier of a size; they are as few as can be.
    """
    while start < end:
        level = (end - start).bit_length() - 1
        if start:
            level = min(level, (start & -start).bit_length() - 1)
        yield level, start >> level
        start += 1 << level
