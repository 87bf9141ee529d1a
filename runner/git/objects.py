"""Objects read in bulk, by one call of git."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from runner.git.program import Git

MISSING = "missing"


def read_objects(git: Git, names: Sequence[str]) -> list[tuple[str, bytes]]:
    """Return kind and content of many objects, in order; ``MISSING`` and nothing where there is none.

    A name is an id, or a commit and a path in it. Raises ``GitFailed``.
    """
    return list(_answers(git.run("cat-file", "--batch", stdin=lines(names)))) if names else []


def lines(names: Sequence[str]) -> bytes:
    """Return names as git reads them from its standard input."""
    return "".join(f"{name}\n" for name in names).encode()


def _answers(out: bytes) -> Iterator[tuple[str, bytes]]:
    """Take answers apart: a line that ends in kind and size, then as many bytes and a line break."""
    place = 0
    while place < len(out):
        end = out.index(b"\n", place)
        words = out[place:end].decode().rsplit(" ", 2)
        place = end + 1
        if words[-1] == MISSING:
            yield MISSING, b""
        else:
            size = int(words[-1])
            yield words[-2], out[place : place + size]
            place += size + 1
