"""What purgectl brings along: policies, workflows and documents, from the wheel or from a checkout."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import runner
from runner.errors import UsageError


def shipped_folder(name: str) -> Path:
    """Return the folder ``policies`` or ``docs/examples`` that came with this installation."""
    return _place(name)


def shipped_files(names: Collection[str]) -> Mapping[str, bytes]:
    """Return what files, and all files below folders, of this installation hold, by their paths."""
    found = {}
    for name in names:
        place = _place(name)
        for path in sorted(place.rglob("*")) if place.is_dir() else (place,):
            if path.is_file():
                inside = path.relative_to(place).as_posix()
                found[name if place == path else f"{name}/{inside}"] = path.read_bytes()
    return found


def _place(name: str) -> Path:
    package = Path(runner.__file__).parent
    for root in (package / "shipped", package, package.parent):
        if (root / name).exists():
            return root / name
    raise UsageError(f"this installation carries no {name}", hint="install purgectl again")
