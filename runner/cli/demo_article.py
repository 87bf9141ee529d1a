"""The demo of the original article's API: refused where too young, run once, proven."""

from __future__ import annotations

import shutil

import click

from runner.cli.demo_stage import DemoError, Stage, chapter
from runner.cli.shipped_files import shipped_folder
from runner.errors import ExitCode

TARGET = "sandbox"
REFUSED_EXAMPLE = "refused-2022-hipaa.yaml"

_PURGE = "/api/v2/interactions/purge"
_NOTICE = "/governance/governance"


def play(stage: Stage) -> None:
    """Merge policies, let one be refused, plan, apply, verify, and apply again."""
    chapter(1, "A repository with one target, and a log that only this repository can sign")
    stage.open_repository((shipped_folder("policies") / "targets" / f"{TARGET}.yaml").read_text("utf-8"))
    stage.say("audit", "open", "--target", TARGET)

    chapter(2, "A compliance officer proposes policies; the pull request is checked, then merged")
    stage.propose("first-policies")
    for kind in ("purges", "holds"):
        shutil.copytree(shipped_folder("policies") / kind, stage.policies / kind)
    stage.say("validate")
    stage.merge("first-policies", "The first policies")

    chapter(3, "The original article's sample policy is proposed, and refused")
    stage.propose("too-young")
    shutil.copy(shipped_folder("docs/examples") / REFUSED_EXAMPLE, stage.policies / "purges")
    stage.say("validate", expect=ExitCode.FINDINGS)
    (stage.policies / "purges" / REFUSED_EXAMPLE).unlink()
    stage.git("switch", "--quiet", "main")

    chapter(4, "What would run, and how much: a client that cannot write")
    stage.say("plan", "--target", TARGET)

    chapter(5, "What was merged runs: intent, request, polling, verification, notice")
    stage.say("apply", "--target", TARGET)
    first = stage.requests("POST", _PURGE)

    chapter(6, "The log verifies from a clone, offline")
    stage.say("audit", "verify", "--target", TARGET)

    chapter(7, "Once more: nothing happens twice")
    stage.say("apply", "--target", TARGET)
    second = stage.requests("POST", _PURGE) - first
    click.echo("\nBy the sandbox's own journal:")
    click.echo(f"  purge requests   {first} by the first run, {second} by the second")
    click.echo(f"  notices arrived  {stage.requests('POST', _NOTICE)}")
    if first == 0 or second != 0:
        raise DemoError("the second run submitted again, or the first did not", where=str(stage.journal))
