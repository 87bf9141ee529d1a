"""A run, or a git program of it, dies at a system call; git speaks to a daemon that stays alive."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support.gitworld import git
from support.httppeer import closed_port
from support.journey import Journey
from support.lives import Lives
from support.sandbox import eventually, sandbox
from support.systemcalls import (
    MADE_BY_A_RUN,
    Calls,
    git_that_dies,
    git_that_is_watched,
    has_died,
    killing,
    learned,
    missing,
    watching,
)

pytestmark = pytest.mark.slow
reason = missing()
if reason:
    pytest.skip(reason, allow_module_level=True)

SHARES = {
    "vfork": 40,
    "write": 36,
    "unlinkat": 16,
    "openat": 16,
    "sendto": 13,
    "connect": 7,
    "mkdir": 5,
    "rmdir": 5,
}
"""How many deaths at each call of a run, spread evenly over its length."""
BY_A_RUN = [(call, place / share) for call, share in SHARES.items() for place in range(share)]
PLACES = {
    "push": 6,
    "fetch": 5,
    "update-ref": 3,
    "hash-object": 2,
    "mktree": 3,
    "commit-tree": 2,
}
"""How many deaths of each occurrence of a git program, spread over its calls and its helpers'."""
OCCURRENCES = {"push": 5, "fetch": 4, "update-ref": 2, "hash-object": 2, "mktree": 2, "commit-tree": 2}
BY_GIT = [
    (effect, occurrence, place)
    for effect, places in PLACES.items()
    for occurrence in range(1, OCCURRENCES.get(effect, 1) + 1)
    for place in range(places)
]
assert len(BY_A_RUN) + len(BY_GIT) >= 200


def accepts(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A git daemon over everything that this worker's tests make; its URL."""
    port, base = closed_port(), tmp_path_factory.getbasetemp()
    serving = ["git", "daemon", "--reuseaddr", "--export-all", "--enable=receive-pack"]
    process = subprocess.Popen(
        [*serving, "--listen=127.0.0.1", f"--port={port}", str(base)],
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        eventually(lambda: accepts(port), bool)
        yield f"git://127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=10)


@contextmanager
def life(folder: Path, daemon: str) -> Iterator[Lives]:
    """A target with one policy to carry out, whose clone speaks to the daemon."""
    with sandbox(job_seconds=0) as box:
        lives = Lives(Journey(folder, box.environment), box)
        world = lives.journey.world
        git(world.clone, "remote", "set-url", "origin", f"{daemon}{world.origin}")
        lives.journey.merge()
        yield lives


@pytest.fixture
def lives(tmp_path: Path, daemon: str) -> Iterator[Lives]:
    with life(tmp_path, daemon) as alive:
        yield alive


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory, daemon: str) -> Calls:
    """What an unharmed run calls, on this machine."""
    folder = tmp_path_factory.mktemp("unharmed")
    watched, log = folder / "git", folder / "log"
    git_that_is_watched(watched)
    with life(folder, daemon) as alive:
        done = alive.live(under=watching(log, MADE_BY_A_RUN), first=watched)
        assert done.code == 0, done.err
    return learned(watched, log)


@pytest.mark.parametrize(("call", "place"), BY_A_RUN, ids=lambda value: f"{value}"[:5])
def test_a_run_that_dies_at_a_system_call_is_finished(lives: Lives, calls: Calls, call: str, place: float):
    ordinals = calls.by_run[call]
    done = lives.live(under=[*killing(call, ordinals[int(place * len(ordinals))]), "-o", os.devnull])
    assert done.code == -signal.SIGKILL, done.err
    assert set(lives.finish().last_words().values()) <= {"purge.verified", "purge.ambiguous"}


@pytest.mark.parametrize(("effect", "occurrence", "place"), BY_GIT)
def test_a_git_that_dies_at_a_system_call_harms_nothing(
    lives: Lives, calls: Calls, tmp_path: Path, effect: str, occurrence: int, place: int
):
    made = [
        (call, n)
        for (program, count, call), ordinals in calls.by_git.items()
        if (program, count) == (effect, occurrence)
        for n in ordinals
    ]
    call, ordinal = made[place * len(made) // PLACES[effect]]
    mortal = tmp_path / "git"
    git_that_dies(mortal, effect, occurrence, call, ordinal)
    lives.live(first=mortal)
    assert has_died(mortal)
    assert set(lives.finish().last_words().values()) <= {"purge.verified", "purge.ambiguous"}
