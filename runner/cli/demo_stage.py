"""Where the demo plays: a sandbox, repositories with a bare origin, and the public commands."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from runner.errors import ExitCode, UsageError

_START_SECONDS = 30
_TERMINAL = ("PATH", "TERM", "LANG", "LC_ALL", "NO_COLOR", "COLUMNS", "TMPDIR", "PYTHONPATH", "VIRTUAL_ENV")


class DemoError(UsageError):
    """A step of the demo did not end as it must."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One target's place: a folder with a bare ``origin.git`` and a clone, and the sandbox's journal."""

    folder: Path
    journal: Path
    target: str
    environment: dict[str, str]

    @property
    def clone(self) -> Path:
        """The working repository that a user would have."""
        return self.folder / "work"

    @property
    def policies(self) -> Path:
        """Where the documents of the repository lie."""
        return self.clone / "policies"

    def git(self, *arguments: str) -> None:
        """Run git in the clone, quietly. Raises ``DemoError``."""
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.clone,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise DemoError(f"git {arguments[0]} failed: {done.stderr.strip()}", hint="is git installed?")

    def say(self, *arguments: str, expect: ExitCode = ExitCode.OK) -> None:
        """Show a purgectl command line and run it on the user's own terminal. Raises ``DemoError``."""
        click.secho(f"\n$ purgectl {' '.join(arguments)}", fg="cyan", bold=True)
        sys.stdout.flush()
        done = subprocess.run(
            [sys.executable, "-m", "runner", *arguments], cwd=self.clone, env=self.environment, check=False
        )
        if done.returncode != expect:
            raise DemoError(
                f"purgectl {arguments[0]} ended with exit code {done.returncode}, expected {int(expect)}",
                where=str(self.folder),
            )

    def requests(self, method: str, path: str) -> int:
        """Count in the sandbox's journal the requests with an effect to a path, or to one below it."""
        entries = map(json.loads, self.journal.read_text(encoding="utf-8").splitlines())
        return sum(
            entry["effect"]
            and entry["method"] == method
            and (entry["path"] == path or entry["path"].startswith(f"{path}/"))
            for entry in entries
        )

    def open_repository(self, target: str) -> None:
        """Make the repository with one target, its text given, which trusts a log key made just now."""
        self.clone.mkdir(parents=True)
        self.git("init", "--quiet", "--initial-branch", "main")
        self.git("init", "--quiet", "--bare", "--initial-branch", "main", str(self.folder / "origin.git"))
        self.git("remote", "add", "origin", str(self.folder / "origin.git"))
        (self.policies / "targets").mkdir(parents=True)
        (self.policies / "targets" / f"{self.target}.yaml").write_text(target, encoding="utf-8")
        self.environment["AUDIT_SIGNING_KEY"] = self._new_key()
        self.git("add", "policies")
        self.git("commit", "--quiet", "-m", "The target, and the key that its log trusts")
        self.git("push", "--quiet", "origin", "main")
        click.echo("A bare origin and a clone of it; the target trusts a log key made just now.")

    def propose(self, branch: str) -> None:
        """Begin a branch, as for a pull request."""
        self.git("switch", "--quiet", "-c", branch)

    def merge(self, branch: str, message: str) -> None:
        """Merge what was written on a branch, and push ``main``."""
        self.git("add", "policies")
        self.git("commit", "--quiet", "-m", message)
        self.git("switch", "--quiet", "main")
        self.git("merge", "--quiet", "--no-ff", "-m", f"Merge {branch}", branch)
        self.git("push", "--quiet", "origin", "main")

    def _new_key(self) -> str:
        """Let ``audit keygen`` write the verifier key into the target, and return the signing key."""
        done = subprocess.run(
            [sys.executable, "-m", "runner", "audit", "keygen", "--target", self.target, "--write"],
            cwd=self.clone,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        keys = [word for word in done.stdout.replace("=", " ").split() if word.startswith("PRIVATE+KEY+")]
        if done.returncode or not keys:
            raise DemoError(f"purgectl audit keygen failed: {done.stderr.strip()}")
        return keys[0]


@dataclass(frozen=True, slots=True)
class Theatre:
    """The folder of one demo, with the sandbox that all its stages share."""

    folder: Path
    variables: Mapping[str, str]

    def stage(self, name: str, target: str) -> Stage:
        """A place of its own for one target."""
        environment = {**_plain_environment(self.folder), **self.variables}
        return Stage(self.folder / name, self.folder / "sandbox-journal.jsonl", target, environment)


@contextmanager
def theatre(size: int, seed: int) -> Iterator[Theatre]:
    """Run a sandbox beside the demo, inside the block. Raises ``DemoError`` when it does not start."""
    folder = Path(tempfile.mkdtemp(prefix="purgectl-demo-"))
    ready = folder / "sandbox.json"
    arguments = ["--port", "0", "--size", str(size), "--seed", str(seed)]
    arguments += ["--ready-file", str(ready), "--journal", str(folder / "sandbox-journal.jsonl")]
    with (folder / "sandbox.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "runner", "sandbox", *arguments],
            env=_plain_environment(folder),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        yield Theatre(folder, _wait_until_ready(process, ready))
    finally:
        process.terminate()
        process.wait(timeout=10)


def chapter(number: int, title: str) -> None:
    """Print the heading of a chapter."""
    heading = f"── {number}. {title} "
    click.secho("\n" + heading.ljust(_width(), "─"), fg="yellow", bold=True)


def part(title: str) -> None:
    """Print the heading of a part, which has chapters."""
    click.secho(f"\n{'═' * _width()}\n  {title}\n{'═' * _width()}", fg="magenta", bold=True)


def _width() -> int:
    return min(shutil.get_terminal_size().columns, 95)


def _wait_until_ready(process: subprocess.Popen[bytes], ready: Path) -> Mapping[str, str]:
    deadline = time.monotonic() + _START_SECONDS
    while not ready.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            raise DemoError("the sandbox did not start", where=str(ready.with_name("sandbox.log")))
        time.sleep(0.05)
    environment: Mapping[str, str] = json.loads(ready.read_text(encoding="utf-8"))["environment"]
    return environment


def _plain_environment(folder: Path) -> dict[str, str]:
    """Keep the user's terminal settings, and nothing that could reach a real organisation."""
    git = {"HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"}
    for role in ("AUTHOR", "COMMITTER"):
        git |= {f"GIT_{role}_NAME": "Demo", f"GIT_{role}_EMAIL": "demo@invalid"}
    return {name: os.environ[name] for name in _TERMINAL if name in os.environ} | git
