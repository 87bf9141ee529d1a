"""What a log costs as it grows: a push, a first look, the room in a clone, and the auditor's check.

``BENCH_RECORDS=1000000`` has a log of a million records verified too: a quarter of an hour, and 3 GB.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from statistics import median

from benchmarks.measuring import PAIRS, show, timed
from support.auditdrafts import Drafting
from support.biglog import big_log
from support.gitworld import GitWorld, git

APPENDED = (100, 10_000, 100_000)
VERIFIED = (10_000, 100_000)
LARGEST = int(os.environ.get("BENCH_RECORDS", "0"))


def measure(folder):
    """Measure in an empty folder."""
    small = None
    for size in sorted({*APPENDED, *VERIFIED, LARGEST} - {0}):
        world = _world(folder / str(size), size)
        if size in APPENDED:
            _first_look(world, size)
            small = _append(world, size, small)
            _room(world, size)
        if size in VERIFIED or size == LARGEST:
            _verify(world, size)


def _world(folder, size):
    """A log on a remote that can leave out what a runner does not need, as hosts can."""
    folder.mkdir()
    world = GitWorld(folder)
    git(world.origin, "config", "uploadpack.allowFilter", "true")
    git(world.origin, "config", "uploadpack.allowAnySHA1InWant", "true")
    big_log(world.origin, world.signer, size)
    git(folder, "clone", "--quiet", "--mirror", str(world.origin), "mirror.git")
    return world


def _first_look(world, size):
    """A fresh clone reads the newest snapshot and what came since; it grows with the purges."""
    peer = ("clone", "--quiet", "--bare", "--depth=1", "--filter=blob:none", "--branch=audit/sandbox")
    pairs = []
    for number in range(3):
        fresh = world.another_clone(f"fresh-{number}")
        ours = timed(world.store(fresh).load)
        theirs = timed(lambda to=f"peer-{number}": git(world.root, *peer, f"file://{world.origin}", to))
        pairs.append((ours, theirs))
    _show(f"first look, {size:,} records", pairs, "git clone of the tip without its files")


def _append(world, size, small):
    """One record at a time, as a run writes them; the same commit is then pushed by git alone."""
    store, pairs = world.store(), []
    store.load()
    copy = world.clone / ".git/purgectl/audit/sandbox.git"
    for number in range(PAIRS):
        draft = Drafting(policy=f"new-{number}").intended()
        ours = timed(lambda added=draft: store.append([added]))
        push = ("push", "--quiet", str(world.root / "mirror.git"), f"{world.tip()}:{world.branch}")
        pairs.append((ours, timed(lambda command=push: git(copy, *command))))
    _show(f"append and push, {size:,} records", pairs, "git push of the same commit")
    beside = median(ours - theirs for ours, theirs in pairs)
    small = small or beside
    show("  beside git's own push", f"{beside * 1000:.0f} ms", f"{beside / small:.2f} x", "the shortest log")
    return small


def _room(world, size):
    git(world.root, "clone", "--quiet", "--bare", "--branch=audit/sandbox", f"file://{world.origin}", "all")
    whole, copy = _bytes(world.root / "all"), _bytes(world.root / "fresh-0/.git/purgectl")
    show(
        f"room of a runner, {size:,} records", f"{copy / 1e6:.1f} MB", f"{copy / whole:.2f} x", "a full clone"
    )


def _bytes(folder):
    return sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())


def _verify(world, size):
    """The auditor's check as a whole command, against what no check of these bytes can do without."""
    git(world.clone, "fetch", "--quiet", "origin")
    verify = (sys.executable, "-m", "runner", "audit", "verify", "--target", "sandbox")
    leaves = _leaves(world)
    pairs = []
    for _ in range(3 if size < 100_000 else 1):
        ours = timed(lambda: _run(world, *verify, "--vkey", str(world.signer.verifier)))
        hashing = timed(lambda: [hashlib.sha256(leaf).digest() for leaf in leaves])
        pairs.append((ours, hashing, timed(lambda: _leaves(world))))
    name = f"audit verify, {len(leaves):,} records"
    taken = _show(name, [(ours, hashing) for ours, hashing, _ in pairs], "hashing the same bytes in memory")
    reading = median(ours / reading for ours, _, reading in pairs)
    show("", f"{len(leaves) / taken:,.0f}/s", f"{reading:.1f} x", "reading the same bytes out of git")


def _leaves(world):
    """Every record of the log, as one call of git tells them."""
    listing = git(world.clone, "ls-tree", "-r", "origin/audit/sandbox", "records/")
    names = "".join(f"{line.split()[2]}\n" for line in listing.splitlines())
    out = subprocess.run(
        ["git", "cat-file", "--batch"], cwd=world.clone, input=names.encode(), capture_output=True, check=True
    ).stdout
    leaves, place = [], 0
    while place < len(out):
        end = out.index(b"\n", place)
        size = int(out[place:end].split()[-1])
        leaves.append(out[end + 1 : end + 1 + size])
        place = end + size + 2
    return leaves


def _run(world, *command):
    done = subprocess.run(command, cwd=world.clone, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)[:200]} failed:\n{done.stdout}{done.stderr}")


def _show(what, pairs, against):
    """Print the median ratio of pairs of seconds; return the median of the first sides."""
    taken, ratio = median(ours for ours, _ in pairs), median(ours / theirs for ours, theirs in pairs)
    show(what, f"{taken * 1000:,.0f} ms", f"{ratio:.1f} x", against)
    return taken
