"""A new organisation's repository, as ``purgectl init`` makes it around a wheel that holds nothing."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from support.commandline import Done, purgectl

from runner import __version__

WHEEL = f"purgectl-{__version__}-py3-none-any.whl"
OPTIONS = {
    "target": "bank-eu",
    "region": "eu-central-1",
    "organization-id": "0f6f3a52-8a0e-4a8f-9f39-3f1d4c1b7a10",
    "log-origin": "audit.example.com/acme/purges",
    "compliance-team": "@acme/records",
    "legal-team": "@acme/legal",
    "platform-team": "@octocat",
}


def wheel_file(
    folder: Path,
    name: str = WHEEL,
    version: str = __version__,
    inside: str | None = None,
    said: str = "purgectl",
) -> Path:
    """A wheel that holds nothing but what it says of itself."""
    place = inside or f"purgectl-{version}.dist-info/METADATA"
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr(place, f"Metadata-Version: 2.4\nName: {said}\nVersion: {version}\n\n")
    (folder / name).write_bytes(data.getvalue())
    return folder / name


def init(folder: Path, wheel: Path, *words: str, **changes: str | None) -> Done:
    """Make a repository in ``new``, with some options changed; ``None`` leaves one out."""
    options = {**OPTIONS, **{key.replace("_", "-"): value for key, value in changes.items()}}
    given = [f"--{key}={value}" for key, value in options.items() if value is not None]
    return purgectl(folder, "init", "new", f"--wheel={wheel}", *given, *words, variables={})
