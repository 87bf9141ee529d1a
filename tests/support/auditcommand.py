"""``purgectl audit`` as people run it: a process in a folder, its exit code, and what it prints."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator
from referencing import Registry
from referencing.jsonschema import DRAFT7

from runner.documents.resources import schema


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str


def audit(folder: Path, *arguments: str, **variables: str) -> Done:
    """Run the command in a folder; variables that are not given here are not there."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-m", "runner", "audit", *arguments],
        cwd=folder,
        env=kept | variables,
        capture_output=True,
        timeout=60,
    )
    result = Done(done.returncode, done.stdout.decode(), done.stderr.decode())
    assert "Traceback" not in result.out + result.err
    assert "internal error" not in result.err
    return result


def valid(name: str, document: Any) -> Any:
    """Check a JSON output against its schema, and return it."""
    registry = Registry()
    for other in ("records", "definitions"):
        registry = registry.with_resource(f"{other}.schema.json", DRAFT7.create_resource(schema(other)))
    Draft7Validator(schema(name), registry=registry).validate(document)
    return document
