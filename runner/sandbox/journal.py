"""The journal: every request that was seen, and what became of it. Never a token or a secret."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Lock

from runner.errors import UsageError
from runner.model.json import JsonObject
from runner.sandbox.endpoint import path_covers


@dataclass(frozen=True, slots=True)
class Entry:
    """One request.

    ``time`` is its arrival in milliseconds since 1970-01-01T00:00:00Z, ``path`` has no query,
    ``status`` is ``None`` when the connection was cut, ``effect`` tells whether a job was started, a
    notice kept, a token issued or something else changed, ``faults`` are the kinds that struck.
    """

    time: int
    method: str
    path: str
    status: int | None
    correlation_id: str
    effect: bool
    faults: tuple[str, ...]


class Journal:
    """Keeps entries in memory and, if asked, in a file. Safe to use from any thread."""

    def __init__(self, file: Path | None = None) -> None:
        """Raises ``UsageError`` when the file cannot be opened for appending."""
        self._lock = Lock()
        self._entries: list[JsonObject] = []
        try:
            self._file = file.open("a", encoding="utf-8") if file is not None else None
        except OSError as error:
            raise UsageError(
                f"the journal cannot be written: {error.strerror}",
                where=str(file),
                hint="name a file in a directory that exists and is writable",
            ) from error

    def write(self, entry: Entry) -> None:
        """Append an entry; in the file it is there when this returns, whatever happens then."""
        value = asdict(entry)
        with self._lock:
            self._entries.append(value)
            if self._file is not None and not self._file.closed:
                self._file.write(json.dumps(value) + "\n")
                self._file.flush()

    def entries(self, method: str | None = None, path: str | None = None) -> list[JsonObject]:
        """The entries so far, oldest first; a path may have parts in braces."""
        with self._lock:
            return [
                entry
                for entry in self._entries
                if (method is None or entry["method"] == method)
                and (path is None or path_covers(path, str(entry["path"])))
            ]

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            if self._file is not None:
                self._file.close()
