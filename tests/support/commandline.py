"""``purgectl`` as people run it: words in a folder, with variables; its exit code, and what it prints.

It runs in this process, and its pauses pass quickly. What only a process of its own has, such as
signals, a stream that breaks and the start itself, is tested with one: ``command_line``.
"""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from runner.cli.clock import SystemClock
from runner.cli.main import run

KEPT = ("PATH", "HOME", "TMPDIR", "PYTHONPATH", "VIRTUAL_ENV")


@dataclass(frozen=True)
class Done:
    """What one command came to."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The result, of a command that was asked for JSON."""
        return json.loads(self.out)


def kept_variables() -> dict[str, str]:
    """What every command has of this machine's environment."""
    return {name: os.environ[name] for name in KEPT if name in os.environ}


def purgectl(folder: Path, *arguments: str, variables: Mapping[str, str]) -> Done:
    """Run one command to its end; a variable that is not given is not there."""
    out, err = _stream(), _stream()
    with (
        chdir(folder),
        patch.dict(os.environ, variables, clear=True),
        patch.object(sys, "stdin", _stream()),
        _quick_pauses(),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        code = run(list(arguments))
    done = Done(code, _written(out), _written(err))
    assert "Traceback" not in done.out + done.err
    assert "internal error" not in done.err
    return done


def command_line(*arguments: str) -> list[str]:
    """The argument list of a purgectl process."""
    return [sys.executable, "-m", "runner", *arguments]


@contextmanager
def _quick_pauses() -> Iterator[None]:
    """Let a pause take a twentieth of its time, and the command believe that all of it has passed."""
    now, monotonic, sleep = SystemClock.now, SystemClock.monotonic, SystemClock.sleep
    skipped = 0.0

    def quickly(clock: SystemClock, seconds: float) -> None:
        nonlocal skipped
        sleep(clock, seconds / 20)
        skipped += seconds * 19 / 20

    with patch.multiple(
        SystemClock,
        now=lambda clock: now(clock) + timedelta(seconds=skipped),
        monotonic=lambda clock: monotonic(clock) + skipped,
        sleep=quickly,
    ):
        yield


def _stream() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="", write_through=True)


def _written(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()
