"""A process that has read all that a run needs, and forks one run after the other.

To start an interpreter, to import and to read the packs takes longer than most runs. A run that is
born here is a process like any other: it has its own folder, variables, streams and end.
"""

from __future__ import annotations

import atexit
import json
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from support.commandline import kept_variables

MORTAL = str(Path(__file__).with_name("mortal.py"))
PATIENCE = 300
"""Seconds after which a run hangs."""


def born(
    told: Mapping[str, object],
    arguments: Sequence[str],
    *,
    at: Path,
    variables: Mapping[str, str],
    said: Path,
) -> subprocess.CompletedProcess[bytes]:
    """Run ``mortal.py`` to its end, or to its death; what it prints goes through files in a new folder."""
    said.mkdir()
    streams = [said / "out", said / "err"]
    life = {
        "arguments": arguments,
        "told": told,
        "folder": str(at),
        "variables": variables,
        "streams": list(map(str, streams)),
        "patience": PATIENCE,
    }
    cradle = _cradle()
    cradle.stdin.write(json.dumps(life) + "\n")
    cradle.stdin.flush()
    code = int(cradle.stdout.readline())
    assert code != -signal.SIGALRM, "a run hangs"
    out, err = (stream.read_bytes() for stream in streams)
    return subprocess.CompletedProcess(arguments, code, out, err)


@lru_cache
def _cradle() -> subprocess.Popen[str]:
    cradle = subprocess.Popen(
        [sys.executable, MORTAL],
        env=kept_variables(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    atexit.register(cradle.__exit__, None, None, None)
    return cradle
