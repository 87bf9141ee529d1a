"""Death at a system call: strace around a run, or around one of the git programs that it starts.

``Calls`` is learned from an unharmed run, because the ordinal of a call differs from machine to machine:
it says at which ordinals a process changes something outside itself.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

MADE_BY_A_RUN = ("openat", "write", "unlinkat", "mkdir", "rmdir", "connect", "sendto", "vfork")
MADE_BY_GIT = ("openat", "write", "unlink", "mkdir", "rmdir", "link", "rename", "connect")
GIT_EFFECTS = ("fetch", "push", "update-ref", "hash-object", "mktree", "commit-tree")
CALL = re.compile(r"(\d+) +(\w+)\((.*)")
CREATING = re.compile(r"O_(CREAT|WRONLY|RDWR)")


def missing() -> str:
    """Why system calls cannot be watched here, empty when they can."""
    if shutil.which("strace") is None:
        return "strace is not installed"
    tried = subprocess.run(["strace", "-qq", "-o", os.devnull, "true"], capture_output=True)
    return "" if tried.returncode == 0 else f"strace may not trace: {tried.stderr.decode().strip()}"


def watching(log: Path, calls: tuple[str, ...]) -> list[str]:
    """The command before a command whose calls are to be written to a log."""
    return ["strace", "-qq", "-o", str(log), "-e", f"trace={','.join(calls)}"]


def killing(call: str, ordinal: int) -> list[str]:
    """The command before a command that is to die at the n-th of a system call."""
    return ["strace", "-q", "-e", f"trace={call}", "-e", f"inject={call}:signal=KILL:when={ordinal}"]


@dataclass(frozen=True)
class Calls:
    """The ordinals of the calls that write, by name, and by git program and name for those of git."""

    by_run: Mapping[str, list[int]]
    by_git: Mapping[tuple[str, int, str], list[int]]


def of_a_run(log: Path) -> dict[str, list[int]]:
    """Read the log of a run: what it wrote once it had started its first program."""
    seen: dict[str, int] = defaultdict(int)
    ordinals: dict[str, list[int]] = defaultdict(list)
    started = False
    for line in log.read_text(errors="replace").splitlines():
        name, _, rest = line.partition("(")
        if name in MADE_BY_A_RUN:
            seen[name] += 1
            started = started or name == "vfork"
            if started and (name != "openat" or CREATING.search(rest)):
                ordinals[name].append(seen[name])
    return dict(ordinals)


def of_git(log: Path) -> dict[str, list[int]]:
    """Read the log of a git program and its helpers: what each of them wrote, by its own ordinals."""
    seen: dict[tuple[str, str], int] = defaultdict(int)
    ordinals: dict[str, set[int]] = defaultdict(set)
    for line in log.read_text(errors="replace").splitlines():
        match = CALL.match(line)
        if match and match[2] in MADE_BY_GIT:
            seen[match[1], match[2]] += 1
            if match[2] != "openat" or CREATING.search(match[3]):
                ordinals[match[2]].add(seen[match[1], match[2]])
    return {call: sorted(found) for call, found in ordinals.items()}


WRAPPER = """#!/bin/sh
# The git of a run: the program that effect and occurrence name goes through strace, once.
real={real}
for word in "$@"; do
  case " {effects} " in *" $word "*) effect=$word; break ;; esac
done
if [ -z "$effect" ]; then exec $real "$@"; fi
echo x >> {folder}/count.$effect
occurrence=$(($(wc -l < {folder}/count.$effect)))
{body}
exec $real "$@"
"""
WATCH = 'exec strace -qq -f -o {folder}/log.$effect.$occurrence -e trace={calls} $real "$@"'
KILL = """if [ "$effect.$occurrence" = "{effect}.{occurrence}" ]; then
  exec {strace} -f -o {folder}/fatal $real "$@"
fi"""


def git_that_is_watched(folder: Path) -> None:
    """Put a git into a folder that logs the calls of every program with an effect."""
    _install(folder, WATCH.format(folder=shlex.quote(str(folder)), calls=",".join(MADE_BY_GIT)))


def git_that_dies(folder: Path, effect: str, occurrence: int, call: str, ordinal: int) -> None:
    """Put a git into a folder that dies once, or lets a helper die; see ``has_died``."""
    strace = shlex.join(killing(call, ordinal))
    quoted = shlex.quote(str(folder))
    _install(folder, KILL.format(effect=effect, occurrence=occurrence, strace=strace, folder=quoted))


def has_died(folder: Path) -> bool:
    """Whether a ``git_that_dies`` did so."""
    return "+++ killed by SIGKILL +++" in (folder / "fatal").read_text(errors="replace")


def _install(folder: Path, body: str) -> None:
    folder.mkdir()
    git = folder / "git"
    real, quoted = shlex.quote(shutil.which("git") or "git"), shlex.quote(str(folder))
    git.write_text(WRAPPER.format(real=real, effects=" ".join(GIT_EFFECTS), folder=quoted, body=body))
    git.chmod(0o755)


def learned(folder: Path, log: Path) -> Calls:
    """What an unharmed run under ``watching`` with a ``git_that_is_watched`` did."""
    by_git = {}
    for file in sorted(folder.glob("log.*")):
        _, effect, occurrence = file.name.split(".")
        by_git |= {(effect, int(occurrence), call): found for call, found in of_git(file).items()}
    return Calls(of_a_run(log), by_git)
