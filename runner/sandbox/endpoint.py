"""How faults and the journal name a call: ``POST /api/v2/interactions/purge``."""

from __future__ import annotations

ANY = "*"


def covers(call: str, method: str, path: str) -> bool:
    """Whether a name such as ``GET /api/v2/interactions/purge/{purgeId}`` means this request.

    A part in braces stands for any one part of the path; ``*`` alone means every call.
    """
    if call == ANY:
        return True
    wanted_method, _, wanted_path = call.partition(" ")
    return wanted_method == method and path_covers(wanted_path, path)


def path_covers(wanted: str, path: str) -> bool:
    """Whether a path, or a path with parts in braces, means this path."""
    wanted_parts, parts = wanted.split("/"), path.split("/")
    return len(wanted_parts) == len(parts) and all(
        wanted_part == part or (wanted_part[:1] == "{" and wanted_part[-1:] == "}" and part != "")
        for wanted_part, part in zip(wanted_parts, parts, strict=True)
    )
