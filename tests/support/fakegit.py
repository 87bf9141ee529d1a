"""A git on the PATH that misbehaves: it runs a shell script, which may call the real one."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

REAL = shutil.which("git") or "git"


def put_on_path(folder: Path, script: str, monkeypatch) -> None:
    """Make ``script`` the git of this process; ``$REAL`` in it is the real git."""
    folder.mkdir(exist_ok=True)
    path = folder / "git"
    path.write_text(f"#!/bin/sh\nREAL={REAL}\n{script}\n")
    path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
