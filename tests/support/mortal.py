"""Runs the real command line in a process of its own, which dies by SIGKILL at a named effect.

    python tests/support/mortal.py '{"die": ["opening: git fetch main", "before"]}' apply --target sandbox

The product knows nothing of it: effects are seen through audit events (PEP 578), and two methods of the
standard library are wrapped so that a process can also die between a request and its answer. The first
argument is a JSON object: ``die`` names an effect and a moment, ``trace`` a file that gets the name of
every effect, ``ahead`` is the number of seconds by which this process's clock is fast. Without an
argument it is a cradle (``cradle.py``): a process that does nothing but fork the runs it is told of.
"""

from __future__ import annotations

import atexit
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

sys.dont_write_bytecode = True

from runner.cli import clock  # noqa: E402 - nothing may be written by an import
from runner.cli.main import main  # noqa: E402
from runner.plan.packs import read_packs  # noqa: E402

READS = frozenset(
    {"rev-parse", "ls-tree", "cat-file", "rev-list", "diff-tree", "merge-base", "for-each-ref", "ls-remote"}
)
BUILDS = frozenset(
    {"hash-object", "read-tree", "update-index", "write-tree", "commit-tree", "mktree", "fast-import"}
)
FILES = {
    "open": "write",
    "os.remove": "remove",
    "os.rename": "rename",
    "os.mkdir": "make",
    "os.rmdir": "remove",
    "os.link": "link",
    "os.truncate": "write",
}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
PHASES = {
    "git push purge.intended": "announced",
    "POST /api/v2/interactions/purge": "sent",
    "PUT /api/v2/recording/jobs/*": "sent",
    "git push purge.submitted": "accepted",
    "git push purge.completed": "ended",
    "git push purge.verified": "verified",
    "POST /governance/governance": "told",
    "git push notice.delivered": "delivered",
    "sent: rename .git/purgectl/spool/sandbox-*.unfinished": "kept",
} | {f"git push purge.{kind}": "settled" for kind in ("refused", "failed", "ambiguous", "halted")}
"""The effects after which the story stands elsewhere, some of them only in one phase."""


class Fate:
    """Names every effect by the phase that it falls into, and ends the process at the one it is told."""

    def __init__(self, doom: tuple[str, str] | None, trace: str | None) -> None:
        self._doom = doom
        self._trace = None if trace is None else os.open(trace, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
        self._phase = "opening"
        self._effect = ""
        self._looking = False

    def hook(self, event: str, arguments: tuple[object, ...]) -> None:
        if self._looking:
            return
        self._looking = True
        try:
            what = described(event, arguments)
        finally:
            self._looking = False
        if what is None:
            return
        self.passed()
        if what:
            self._effect = f"{self._phase}: {what}"
            if self._trace is not None:
                os.write(self._trace, f"{self._effect}\n".encode())
            self._moment("before")
            self._phase = PHASES.get(what, PHASES.get(self._effect, self._phase))

    def under_way(self) -> None:
        """The effect has left this process, and its answer has not arrived."""
        self._moment("during")

    def passed(self) -> None:
        """Something else begins, or the end of the process."""
        self._moment("after")
        self._effect = ""

    def _moment(self, moment: str) -> None:
        if self._doom == (self._effect, moment):
            os.kill(os.getpid(), signal.SIGKILL)


def described(event: str, arguments: tuple[object, ...]) -> str | None:
    """Say what an audit event does to the world: ``""`` for a look at it, ``None`` for neither."""
    if event == "subprocess.Popen":
        return _git([os.fsdecode(word) for word in arguments[1]])
    if event == "http.client.send":
        line = re.match(rb"(GET|POST|PUT|DELETE|HEAD|CONNECT) (\S+) HTTP", arguments[1])
        return (
            None if line is None else f"{line[1].decode()} {_without_ids(line[2].decode().partition('?')[0])}"
        )
    if event == "socket.connect":
        return "connect"
    if event in FILES:
        return _file(FILES[event], event, arguments)
    return None


def _file(verb: str, event: str, arguments: tuple[object, ...]) -> str | None:
    path = arguments[0]
    if isinstance(path, int):
        return None
    if event == "open":
        mode, flags = arguments[1], arguments[2] or 0
        if not (isinstance(mode, str) and set(mode) & set("wax+")) and not flags & WRITING:
            return None
    folder = arguments[-1] if event in ("os.remove", "os.rmdir", "os.mkdir") else -1
    if isinstance(folder, int) and folder >= 0:
        path = Path(f"/proc/self/fd/{folder}").readlink() / os.fsdecode(path)
    place = Path(os.fsdecode(path)).absolute()
    if place.is_relative_to(tempfile.gettempdir()):
        return "temporary files"
    return f"{verb} {_without_ids(os.path.relpath(place))}"


def _git(command: list[str]) -> str:
    words = command[1:]
    while words and words[0].startswith("-"):
        words = words[2:] if words[0] == "-c" else words[1:]
    verb = words[0] if Path(command[0]).name == "git" else f"run {command[0]}"
    if verb in READS or words[:2] == ["config", "--get"]:
        return ""
    if verb in BUILDS:
        return "git build"
    if verb == "push":
        commit, _, _ = words[-1].partition(":")
        return f"git push {_records(command[: command.index('push')], commit)}"
    if verb == "fetch":
        return f"git fetch {words[-1].partition(':')[0].removeprefix('refs/heads/')}"
    if verb == "update-ref":
        name = next(word for word in words[1:] if word.startswith("refs/"))
        return f"git update-ref {_without_ids(name)}"
    return f"git {verb}"


def _records(git: list[str], commit: str) -> str:
    """The types of the records that a commit adds."""
    listing = subprocess.run(
        [*git, "diff-tree", "-r", "--root", "--no-commit-id", "--raw", "--no-abbrev", commit],
        capture_output=True,
        check=True,
    )
    changes = [line.split() for line in listing.stdout.decode().splitlines()]
    blobs = sorted((change[5], change[3]) for change in changes if change[5].startswith("records/"))
    bodies = [
        subprocess.run([*git, "cat-file", "blob", blob], capture_output=True, check=True).stdout
        for _, blob in blobs
    ]
    return "+".join(dict.fromkeys(json.loads(body)["type"] for body in bodies)) or "outbox"


def _without_ids(text: str) -> str:
    return re.sub(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}", "*", text)


class FastClock:
    """A clock on which every pause is over at once; ``ahead`` is by how many seconds it is fast."""

    ahead = 0.0
    slept = 0.0

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.ahead + self.slept)

    def monotonic(self) -> float:
        return time.monotonic() + self.slept

    def sleep(self, seconds: float) -> None:
        FastClock.slept += seconds


def wrap(fate: Fate) -> None:
    """Let the two waits for an answer be moments at which a process can die."""
    communicate, getresponse = subprocess.Popen.communicate, http.client.HTTPConnection.getresponse

    def communicating(self, *arguments, **options):
        fate.under_way()
        return communicate(self, *arguments, **options)

    def responding(self, *arguments, **options):
        fate.under_way()
        return getresponse(self, *arguments, **options)

    subprocess.Popen.communicate = communicating
    http.client.HTTPConnection.getresponse = responding


def begin(told: Mapping[str, Any]) -> NoReturn:
    """Run the command line to its end, or to the death that it is told."""
    FastClock.ahead = float(told.get("ahead", 0))
    fate = Fate(tuple(told["die"]) if "die" in told else None, told.get("trace"))
    tempfile.gettempdir()
    wrap(fate)
    sys.addaudithook(fate.hook)
    atexit.register(fate.passed)
    main()


def rock() -> None:
    """Fork a run for every line of stdin, and answer with how it ended."""
    import_module("runner.cli.apply")
    read_packs([])
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            leave(**json.loads(line))
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def leave(
    arguments: Sequence[str],
    told: Mapping[str, Any],
    folder: str,
    variables: Mapping[str, str],
    streams: Sequence[str],
    patience: int,
) -> NoReturn:
    """Begin with a folder, variables and streams of its own, as a new process would."""
    for number, file in enumerate((os.devnull, *streams)):
        os.dup2(os.open(file, os.O_RDWR | os.O_CREAT), number)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(variables)
    sys.argv[1:] = arguments
    signal.alarm(patience)
    begin(told)


clock.SystemClock = FastClock
if __name__ == "__main__":
    if len(sys.argv) > 1:
        begin(json.loads(sys.argv.pop(1)))
    rock()
