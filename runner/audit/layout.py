"""Where things lie on the branch ``audit/<target>``."""

from __future__ import annotations

import re

CHECKPOINT = "checkpoint"
FRONTIER = "state/frontier"
SNAPSHOT = "state/snapshot"
ATTRIBUTES = ".gitattributes"
README = "README.md"

BESIDE_RECORDS = (CHECKPOINT, ATTRIBUTES, "state/", "outbox/", "dead/")
"""Everything that says something but the records."""

ATTRIBUTES_TEXT = b"* -text -diff merge=binary\n"
README_TEXT = b"""# The log of a target

Every purge of one Genesys Cloud organisation, written by `purgectl`. Never edit, merge or force-push
this branch: each record is a leaf of a Merkle tree whose root is signed in `checkpoint`.

| path | what |
|---|---|
| `records/000/000/003.json` | record 3, its exact bytes are the leaf |
| `checkpoint` | origin, size and root of the log, signed (C2SP signed note, Ed25519) |
| `state/` | derived from the records and unsigned |
| `outbox/`, `dead/` | notices that wait, and those that were given up |

To verify, in a clone and offline: `purgectl audit verify --target <target>`. How to do it without
purgectl stands in purgectl's `docs/audit-log.md`.
"""

_RECORD = re.compile(r"records/(\d{3})/(\d{3})/(\d{3})\.json", re.ASCII)
_OUTBOX = re.compile(r"outbox/([a-z0-9-]{1,63})/(\d{9})\.json", re.ASCII)
_DEAD = re.compile(r"dead/([a-z0-9-]{1,63})/(\d{9})\.json", re.ASCII)
_NEWEST = re.compile(r"state/notices/([a-z0-9-]{1,63})\.json", re.ASCII)


def branch(target: str) -> str:
    """Return the full name of a target's branch on the remote."""
    return f"refs/heads/audit/{target}"


def record_path(index: int) -> str:
    """Return the path of a record: three digits a level, so no folder has over 1,000 entries."""
    return f"records/{index // 1_000_000:03}/{index // 1000 % 1000:03}/{index % 1000:03}.json"


def record_index(path: str) -> int | None:
    """Return the leaf index that a path stands for, or ``None`` when it is no record's."""
    match = _RECORD.fullmatch(path)
    return int("".join(match.groups())) if match else None


def record_folders(start: int, end: int) -> tuple[str, ...]:
    """Return the folders that hold records ``start`` to ``end``, which is not among them."""
    return tuple(record_path(index)[:16] for index in range(start - start % 1000, end, 1000))


def outbox_path(endpoint: str, index: int) -> str:
    """Return the path of a pending notice."""
    return f"outbox/{endpoint}/{index:09}.json"


def outbox_key(path: str) -> tuple[str, int] | None:
    """Return the endpoint and index that a path stands for, or ``None`` when it is no pending notice's."""
    match = _OUTBOX.fullmatch(path)
    return (match[1], int(match[2])) if match else None


def dead_path(endpoint: str, index: int) -> str:
    """Return the path of a notice that was given up."""
    return f"dead/{endpoint}/{index:09}.json"


def dead_key(path: str) -> tuple[str, int] | None:
    """Return the endpoint and index that a path stands for, or ``None`` when it is no dead notice's."""
    match = _DEAD.fullmatch(path)
    return (match[1], int(match[2])) if match else None


def newest_path(endpoint: str) -> str:
    """Return the path of the checkpoint size that the newest notice to an endpoint carries."""
    return f"state/notices/{endpoint}.json"


def newest_endpoint(path: str) -> str | None:
    """Return the endpoint whose newest notice a path is about, or ``None``."""
    match = _NEWEST.fullmatch(path)
    return match[1] if match else None
