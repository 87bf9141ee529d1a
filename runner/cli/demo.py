"""``purgectl demo``: the whole story on this machine, by the public commands alone."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from runner.cli.shipped import shipped
from runner.errors import ExitCode, UsageError

TARGET = "sandbox"
REFUSED_EXAMPLE = "refused-2022-hipaa.yaml"
_PURGE_CALL = "POST /api/v2/interactions/purge"
_NOTICE_CALL = "POST /governance/governance"
_START_SECONDS = 30


class DemoError(UsageError):
    """A step of the demo did not end as it must."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the demo plays: a folder with a bare ``origin.git``, a clone, and the sandbox's journal."""

    folder: Path
    environment: dict[str, str]

    @property
    def clone(self) -> Path:
        """The working repository that a user would have."""
        return self.folder / "work"

    @property
    def journal(self) -> Path:
        """The sandbox's own list of every request that it saw."""
        return self.folder / "sandbox-journal.jsonl"

    def git(self, *arguments: str) -> None:
        """Run git in the clone, quietly."""
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
        """Show a purgectl command line and run it on the user's own terminal."""
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

    def requests(self, call: str) -> int:
        """Count the requests of a call, such as ``POST /path``, in the sandbox's journal."""
        entries = map(json.loads, self.journal.read_text(encoding="utf-8").splitlines())
        return sum(f"{entry['method']} {entry['path']}" == call for entry in entries)


@click.command(
    epilog="The repository is left in a temporary folder, so that you can look around afterwards.",
)
@click.option("--size", default=20_000, show_default=True, help="How many interactions the sandbox holds.")
@click.option("--seed", default=7, show_default=True, help="The seed of the sandbox's synthetic data.")
def command(size: int, seed: int) -> int:
    """Tell the whole story on this machine, in under a minute.

    A repository with a bare origin is made, the log opened, policies merged, one policy refused;
    then plan, apply, verify, and apply again to show that nothing happens twice. It runs the
    public commands as you would, against the embedded sandbox on loopback.
    """
    folder = Path(tempfile.mkdtemp(prefix="purgectl-demo-"))
    with _sandbox(folder, size, seed) as environment:
        _play(Stage(folder, environment))
    return 0


def _play(stage: Stage) -> None:
    _chapter("1", "A repository with one target, and a log that only this repository can sign")
    _make_repository(stage)
    stage.say("audit", "open", "--target", TARGET)

    _chapter("2", "A compliance officer proposes policies; the pull request is checked, then merged")
    stage.git("switch", "--quiet", "-c", "first-policies")
    _copy_policies(stage)
    stage.say("validate")
    _merge(stage, "first-policies")

    _chapter("3", "The original article's sample policy is proposed, and refused")
    stage.git("switch", "--quiet", "-c", "too-young")
    shutil.copy(shipped("docs/examples") / REFUSED_EXAMPLE, stage.clone / "policies/purges")
    stage.say("validate", expect=ExitCode.FINDINGS)
    (stage.clone / "policies/purges" / REFUSED_EXAMPLE).unlink()
    stage.git("switch", "--quiet", "main")

    _chapter("4", "What would run, and how much: a client that cannot write")
    stage.say("plan", "--target", TARGET)

    _chapter("5", "What was merged runs: intent, request, polling, verification, notice")
    stage.say("apply", "--target", TARGET)
    first = stage.requests(_PURGE_CALL)

    _chapter("6", "The log verifies from a clone, offline")
    stage.say("audit", "verify", "--target", TARGET)

    _chapter("7", "Once more: nothing happens twice")
    stage.say("apply", "--target", TARGET)
    second = stage.requests(_PURGE_CALL) - first
    click.echo("\nBy the sandbox's own journal:")
    click.echo(f"  purge requests   {first} by the first run, {second} by the second")
    click.echo(f"  notices arrived  {stage.requests(_NOTICE_CALL)}")
    if first == 0 or second != 0:
        raise DemoError("the second run submitted again, or the first did not", where=str(stage.journal))
    _farewell(stage)


def _chapter(number: str, title: str) -> None:
    heading = f"── {number}. {title} "
    width = min(shutil.get_terminal_size().columns, 95)
    click.secho("\n" + heading.ljust(width, "─"), fg="yellow", bold=True)


def _make_repository(stage: Stage) -> None:
    stage.clone.mkdir()
    stage.git("init", "--quiet", "--initial-branch", "main")
    stage.git("init", "--quiet", "--bare", "--initial-branch", "main", str(stage.folder / "origin.git"))
    stage.git("remote", "add", "origin", str(stage.folder / "origin.git"))
    target = stage.clone / "policies/targets" / f"{TARGET}.yaml"
    target.parent.mkdir(parents=True)
    shutil.copy(shipped("policies") / "targets" / target.name, target)
    stage.environment["AUDIT_SIGNING_KEY"] = _new_key(stage)
    stage.git("add", "policies")
    stage.git("commit", "--quiet", "-m", "The sandbox target, and the key that its log trusts")
    stage.git("push", "--quiet", "origin", "main")
    click.echo("A bare origin and a clone of it; the target trusts a log key made just now.")


def _new_key(stage: Stage) -> str:
    """Let ``audit keygen`` write the verifier key into the target, and return the signing key."""
    done = subprocess.run(
        [sys.executable, "-m", "runner", "audit", "keygen", "--target", TARGET, "--write"],
        cwd=stage.clone,
        env=stage.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    keys = [word for word in done.stdout.replace("=", " ").split() if word.startswith("PRIVATE+KEY+")]
    if done.returncode or not keys:
        raise DemoError(f"purgectl audit keygen failed: {done.stderr.strip()}")
    return keys[0]


def _copy_policies(stage: Stage) -> None:
    for kind in ("purges", "holds"):
        source = shipped("policies") / kind
        if source.is_dir():
            shutil.copytree(source, stage.clone / "policies" / kind, dirs_exist_ok=True)


def _merge(stage: Stage, branch: str) -> None:
    stage.git("add", "policies")
    stage.git("commit", "--quiet", "-m", "The first policies")
    stage.git("switch", "--quiet", "main")
    stage.git("merge", "--quiet", "--no-ff", "-m", f"Merge {branch}", branch)
    stage.git("push", "--quiet", "origin", "main")


def _farewell(stage: Stage) -> None:
    click.secho("\nDone.", fg="green", bold=True, nl=False)
    click.echo(f" The repository is in {stage.clone}. Try next:\n")
    purgectl = shlex.join(_own_name())
    key = stage.folder / "demo.env"
    key.touch(mode=0o600)
    key.write_text(f"export AUDIT_SIGNING_KEY={stage.environment['AUDIT_SIGNING_KEY']}\n", encoding="utf-8")
    for line, why in (
        (f"cd {stage.clone}", ""),
        (f"{purgectl} audit show --target {TARGET}", "every record of the log"),
        (f"git log --stat origin/audit/{TARGET}", "the same, as git sees it"),
        (f"{purgectl} sandbox", "in a second terminal: prints the variables to set here"),
        (f". {key}", "the toy key of this demo's log"),
        (f"{purgectl} apply --target {TARGET}", "after you have merged and pushed a policy of your own"),
    ):
        click.echo(f"  # {why}\n  {line}" if why else f"  {line}")


def _own_name() -> list[str]:
    """What a user types to call this very purgectl."""
    if shutil.which("purgectl"):
        return ["purgectl"]
    script = Path(sys.executable).with_name("purgectl")
    return [str(script)] if script.exists() else [sys.executable, "-m", "runner"]


@contextmanager
def _sandbox(folder: Path, size: int, seed: int) -> Iterator[dict[str, str]]:
    """Run the sandbox beside the demo, and give the environment that points purgectl at it."""
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
        yield _plain_environment(folder) | _wait_until_ready(process, ready)
    finally:
        process.terminate()
        process.wait(timeout=10)


def _wait_until_ready(process: subprocess.Popen[bytes], ready: Path) -> dict[str, str]:
    deadline = time.monotonic() + _START_SECONDS
    while not ready.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            raise DemoError("the sandbox did not start", where=str(ready.with_name("sandbox.log")))
        time.sleep(0.05)
    environment: dict[str, str] = json.loads(ready.read_text(encoding="utf-8"))["environment"]
    return environment


def _plain_environment(folder: Path) -> dict[str, str]:
    """Keep the user's terminal settings, and nothing that could reach a real organisation."""
    kept = ("PATH", "TERM", "LANG", "LC_ALL", "NO_COLOR", "COLUMNS", "TMPDIR", "PYTHONPATH", "VIRTUAL_ENV")
    git = {"HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"}
    for role in ("AUTHOR", "COMMITTER"):
        git |= {f"GIT_{role}_NAME": "Demo", f"GIT_{role}_EMAIL": "demo@invalid"}
    return {name: os.environ[name] for name in kept if name in os.environ} | git
