"""A file as it was found, before anything has read it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum


class EntryKind(StrEnum):
    """What stands at a path. Only a regular file can be a document."""

    FILE = "file"
    SYMLINK = "symlink"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One path below the repository's root, with ``/`` between its parts, and its exact bytes.

    ``size`` may exceed ``len(data)`` when a file over the limit was not read whole.
    ``blob`` is git's object id where the file came from a commit, else an empty text.
    """

    path: str
    kind: EntryKind
    data: bytes
    size: int
    blob: str = ""

    @property
    def git_blob(self) -> str | None:
        """Git's object id of the file, computed where it did not come from git; ``None`` if cut off."""
        if self.blob or self.size > len(self.data):
            return self.blob or None
        header = b"blob %d\0" % self.size
        return hashlib.sha1(header + self.data, usedforsecurity=False).hexdigest()
