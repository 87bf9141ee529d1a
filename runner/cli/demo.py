"""``purgectl demo``: the whole story on this machine, by the public commands alone."""

from __future__ import annotations

import shlex
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from runner.cli import demo_article, demo_recordings
from runner.cli.demo_stage import Stage, part, theatre
from runner.model.target import Backend


@dataclass(frozen=True, slots=True)
class _Story:
    """What is told of one backend."""

    title: str
    target: str
    play: Callable[[Stage], None]


_STORIES: Mapping[Backend, _Story] = {
    Backend.INTERACTIONS_PURGE: _Story(
        "The original article's API (backend: interactions-purge)", demo_article.TARGET, demo_article.play
    ),
    Backend.RECORDING_JOBS: _Story(
        "The API of a real organisation (backend: recording-jobs)",
        demo_recordings.TARGET,
        demo_recordings.play,
    ),
}
_EPILOG = """\b
Examples:
  purgectl demo
  purgectl demo --backend recording-jobs

The repositories are left in a temporary folder, so that you can look around afterwards.
"""


@click.command(epilog=_EPILOG)
@click.option(
    "--backend",
    type=click.Choice([backend.value for backend in _STORIES]),
    default=None,
    show_default="both",
    help="Tell the story of one API only.",
)
@click.option(
    "--size",
    type=click.IntRange(10_000, 1_000_000),
    default=20_000,
    show_default=True,
    help="How many interactions the sandbox holds.",
)
@click.option("--seed", default=7, show_default=True, help="The seed of the sandbox's synthetic data.")
def command(backend: str | None, size: int, seed: int) -> int:
    """Tell the whole story on this machine, in under a minute.

    A repository with a bare origin is made, the log opened, policies merged, one policy refused;
    then plan, apply, verify, and apply again to show that nothing happens twice. For the API of a real
    organisation it shows that a job's totals are held against the cap before anything is deleted. It
    runs the public commands as you would, against the embedded sandbox on loopback.
    """
    with theatre(size, seed) as stages:
        played = [
            _play(stages.stage(name.value, story.target), story)
            for name, story in _STORIES.items()
            if backend in (None, name.value)
        ]
    _farewell(played)
    return 0


def _play(stage: Stage, story: _Story) -> Stage:
    part(story.title)
    story.play(stage)
    return stage


def _farewell(stages: Sequence[Stage]) -> None:
    """Say where the repositories are, and what can be tried in them."""
    click.secho("\nDone.", fg="green", bold=True, nl=False)
    click.echo(" What was made is still there. Try next:\n")
    purgectl = shlex.join(_own_name())
    _show("in a second terminal: prints the variables to set here", f"{purgectl} sandbox")
    for stage in stages:
        key = stage.folder / "demo.env"
        key.touch(mode=0o600)
        key.write_text(f"export AUDIT_SIGNING_KEY={stage.environment['AUDIT_SIGNING_KEY']}\n", "utf-8")
        click.echo(f"\n  cd {stage.clone}")
        _show("every record of the log", f"{purgectl} audit show --target {stage.target}")
        _show("the same, as git sees it", f"git log --stat origin/audit/{stage.target}")
        _show("the toy key of this log", f". {key}")
        _show("after you have merged and pushed a policy", f"{purgectl} apply --target {stage.target}")


def _show(why: str, line: str) -> None:
    click.echo(f"  # {why}\n  {line}")


def _own_name() -> list[str]:
    """What a user types to call this very purgectl."""
    if shutil.which("purgectl"):
        return ["purgectl"]
    script = Path(sys.executable).with_name("purgectl")
    return [str(script)] if script.exists() else [sys.executable, "-m", "runner"]
