"""Branches that nobody should believe: made by hand, past the product's own writer."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from support.faketime import START
from support.gitworld import GitWorld

from runner.audit import layout
from runner.branch.derived import frontier_file
from runner.merkle import checkpoint
from runner.merkle.keys import Signer
from runner.merkle.tree import Tree, leaf_hash
from runner.model.log import Checkpoint

Files = dict[str, bytes | None]


def on_top(world: GitWorld, changes: Files) -> str:
    """A commit on the honest tip that somebody with push rights made."""
    return world.repository().commit(world.tip(), changes, "tamper", START)


def rewritten(world: GitWorld, tamper: Callable[[int, Files], None]) -> str:
    """The whole branch made anew; ``tamper(number, changes)`` alters what each commit changes."""
    repository, parent = world.repository(), None
    for number, commit in enumerate(repository.history(world.tip())):
        blobs = repository.blobs([change.blob or "0" * 40 for change in commit.changes])
        changes = {change.path: blob for change, blob in zip(commit.changes, blobs, strict=True)}
        tamper(number, changes)
        parent = repository.commit(parent, changes, "again", START)
    assert parent is not None
    return parent


def record_bytes(world: GitWorld, index: int) -> bytes:
    """The leaf of a record that is there."""
    data = world.repository().blob(world.tip(), layout.record_path(index))
    assert data is not None
    return data


def size(world: GitWorld) -> int:
    """How many records the honest tip has."""
    note = world.repository().blob(world.tip(), layout.CHECKPOINT)
    assert note is not None
    return int(note.split(b"\n")[1])


def flipped(data: bytes, place: int | None = None, bit: int = 1) -> bytes:
    """The same with one byte changed, the middle one by default."""
    place = len(data) // 2 if place is None else place
    return data[:place] + bytes([data[place] ^ bit]) + data[place + 1 :]


def extended(
    world: GitWorld,
    leaves: Sequence[bytes],
    signer: Signer | None = None,
    *,
    stated: int | None = None,
    root: bytes | None = None,
    files: Files | None = None,
) -> str:
    """A commit on the honest tip by somebody with a key; ``stated`` and ``root`` make it sign a lie."""
    signer, count = signer or world.signer, size(world)
    tree = Tree(leaf_hash(record_bytes(world, index)) for index in range(count))
    for data in leaves:
        tree.append(leaf_hash(data))
    note = checkpoint.sign(
        Checkpoint(signer.name, tree.size if stated is None else stated, root or tree.root()), signer
    )
    changes: Files = {layout.record_path(count + number): data for number, data in enumerate(leaves)}
    changes |= {layout.CHECKPOINT: note, layout.FRONTIER: frontier_file(tree), **(files or {})}
    return on_top(world, changes)
