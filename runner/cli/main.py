"""The command line: a static table of commands, each imported only when it is called."""

from __future__ import annotations

import signal
import sys
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import click

from runner import __version__


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the table: where a command lives, its one-line help, and who it is for."""

    module: str
    help: str
    reader: str


WRITERS = "Write and check policies"
REVIEWERS = "Review and run"
AUDITORS = "Prove"
TRYING = "Try it here"

COMMANDS = {
    "new": Entry("new", "Write a commented, valid policy, hold or target.", WRITERS),
    "init": Entry("init", "Make a new organisation's repository, ready to push.", WRITERS),
    "validate": Entry("validate", "Check policies against schema and rules; no credentials needed.", WRITERS),
    "rules": Entry("rules", "List the rules, or explain one with what passes and what fails.", WRITERS),
    "explain": Entry("explain", "Explain one policy in plain English.", WRITERS),
    "test": Entry("test", "Try the examples of regulation packs and the cases beside policies.", WRITERS),
    "overdue": Entry("overdue", "List data that a regulation wants gone and no purge covered.", WRITERS),
    "plan": Entry("plan", "Show what apply would do and why, with counts.", REVIEWERS),
    "apply": Entry("apply", "Carry out every approved purge that has no terminal record.", REVIEWERS),
    "status": Entry("status", "Every policy and purge, with age and next step.", REVIEWERS),
    "resolve": Entry("resolve", "Close a purge of which only a person can tell whether it ran.", REVIEWERS),
    "announce": Entry("announce", "Tell pull requests what became of their purges; open issues.", REVIEWERS),
    "doctor": Entry("doctor", "What is not set up rightly, and the setting that mends it.", REVIEWERS),
    "notices": Entry("notices", "List what a governance system does not have yet; send it again.", REVIEWERS),
    "targets": Entry("targets", "List the targets outside the sandbox, for workflows.", REVIEWERS),
    "audit": Entry("audit", "Open, verify and read the log of a target.", AUDITORS),
    "demo": Entry("demo", "The whole story on this machine, in under a minute.", TRYING),
    "sandbox": Entry("sandbox", "Run the embedded Genesys Cloud simulator alone.", TRYING),
}


class LazyGroup(click.Group):
    """A group that lists its commands from ``COMMANDS`` and imports one when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the table's order."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command's module and return its ``command``."""
        del ctx
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        command = import_module(f"runner.cli.{entry.module}").command
        if not isinstance(command, click.Command):
            raise TypeError(f"runner.cli.{entry.module}.command is not a command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands by reader, the officer's first, without importing any."""
        del ctx
        for reader in dict.fromkeys(entry.reader for entry in COMMANDS.values()):
            rows = [(name, entry.help) for name, entry in COMMANDS.items() if entry.reader == reader]
            with formatter.section(reader):
                formatter.write_dl(rows)


@click.group(
    cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, prog_name="purgectl")
def cli() -> None:
    """Purge policies for Genesys Cloud interactions, as reviewed code.

    \b
    Start here:
      purgectl demo                          the whole story on this machine
      purgectl validate                      check every policy below policies/
      purgectl plan --target sandbox         what would run, with counts
    """


def run(arguments: list[str] | None = None) -> int:
    """Run one command line and return its exit code; never raises, never shows a traceback."""
    try:
        result: Any = cli.main(args=arguments, prog_name="purgectl", standalone_mode=False)
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the last wall
        from runner.cli.console import show_failure

        return show_failure(error)
    return int(result) if isinstance(result, int) else 0


def main() -> None:
    """Run the process's own command line and exit with its code, whoever still reads the output."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    code = run()
    for number in (signal.SIGINT, signal.SIGTERM):  # what was done is done: nothing may change its code
        signal.signal(number, signal.SIG_IGN)
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except (OSError, ValueError):
            from runner.cli.console import silence

            silence(stream)
    sys.exit(code)
