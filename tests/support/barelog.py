"""The log's branch in a bare repository, read with plumbing and without the product."""

from __future__ import annotations

import json
import re
import subprocess
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from support.gitworld import ORIGIN, git

ROOT = r"[A-Za-z0-9+/]{43}="
NOTE = re.compile(rf"{re.escape(ORIGIN)}(?:\\n|\n)(\d+)(?:\\n|\n)({ROOT})")
"""What is signed in a checkpoint: size and root, also with its newlines escaped as in JSON."""


@dataclass(frozen=True)
class Branch:
    """The log's branch in a bare repository, read with plumbing."""

    origin: Path
    ref: str

    @cached_property
    def commits(self) -> list[list[str]]:
        """Every commit with its parents, oldest first."""
        listing = git(self.origin, "rev-list", "--parents", "--reverse", self.ref)
        return [line.split() for line in listing.splitlines()]

    @cached_property
    def files(self) -> dict[str, bytes]:
        """Every file at the tip."""
        paths = git(self.origin, "ls-tree", "-r", "--name-only", self.ref).splitlines()
        return dict(zip(paths, self._blobs(f"{self.ref}:{path}" for path in paths), strict=True))

    @cached_property
    def leaves(self) -> list[bytes]:
        """The bytes of every record, by index."""
        return [data for path, data in sorted(self.files.items()) if path.startswith("records/")]

    @cached_property
    def records(self) -> list[dict[str, Any]]:
        return [json.loads(leaf) for leaf in self.leaves]

    @cached_property
    def notes(self) -> list[str]:
        """The checkpoint of every commit, oldest first."""
        return [note.decode() for note in self._blobs(f"{ids[0]}:checkpoint" for ids in self.commits)]

    @cached_property
    def issued(self) -> set[tuple[int, str]]:
        """Size and root of every checkpoint that the branch has carried."""
        return {(int(size), root) for note in self.notes for size, root in NOTE.findall(note)}

    @cached_property
    def roots(self) -> list[str]:
        """The root over the first n leaves, for every n from 1 (RFC 6962 section 2.1)."""
        stack: list[tuple[int, bytes]] = []
        roots = []
        for leaf in self.leaves:
            stack.append((0, sha256(b"\0" + leaf).digest()))
            while len(stack) > 1 and stack[-1][0] == stack[-2][0]:
                (height, right), (_, left) = stack.pop(), stack.pop()
                stack.append((height + 1, sha256(b"\1" + left + right).digest()))
            root = stack[-1][1]
            for _, left in reversed(stack[:-1]):
                root = sha256(b"\1" + left + root).digest()
            roots.append(b64encode(root).decode())
        return roots

    def _blobs(self, names: Iterable[str]) -> list[bytes]:
        asked = "".join(f"{name}\n" for name in names).encode()
        answer = subprocess.run(
            ["git", "cat-file", "--batch"], cwd=self.origin, input=asked, capture_output=True, check=True
        ).stdout
        blobs, place = [], 0
        while place < len(answer):
            end = answer.index(b"\n", place)
            size = int(answer[place:end].split()[-1])
            blobs.append(answer[end + 1 : end + 1 + size])
            place = end + size + 2
        return blobs
