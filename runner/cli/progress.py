"""Live progress on stderr: bars on a terminal, plain lines elsewhere.

Nobody needs to read it: a stderr that is closed or full never ends a run between two effects.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.text import Text

from runner.cli.console import silence
from runner.model.job import Job
from runner.model.text import printable


class TerminalProgress:
    """``ports.Watcher`` for a person: one bar a job, steps above them."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False, markup=False)
        self._progress = Progress(
            TextColumn("  {task.description}", markup=False),
            BarColumn(bar_width=32),
            TextColumn("{task.fields[figures]}", markup=False),
            TimeElapsedColumn(),
            console=self._console,
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        with suppress(OSError):
            self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):
            self._progress.stop()

    def say(self, text: str) -> None:
        """Print a step above the bars."""
        with suppress(OSError):
            self._console.print(Text("  " + printable(text), style="dim"))

    def job(self, policy: str, job: Job, matched: int | None, age_seconds: float) -> None:
        """Move a job's bar; without a count it only pulses."""
        del age_seconds
        if policy not in self._tasks:
            self._tasks[policy] = self._progress.add_task(policy, total=matched, figures="")
        figures = printable(job.raw_status) + ("" if job.purged is None else f" {job.purged:,} purged")
        task = self._tasks[policy]
        self._progress.update(task, completed=job.purged or 0, figures=figures)
        if job.status.ended:
            self._progress.update(task, total=max(job.purged or 0, 1), completed=max(job.purged or 0, 1))


class PlainProgress:
    """``ports.Watcher`` for a log file: a line a change."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[str, int | None]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def say(self, text: str) -> None:
        """Print a step."""
        if sys.stderr is None:
            return
        try:
            print(printable(text), file=sys.stderr, flush=True)  # noqa: T201 - this is the printer
        except OSError:
            silence(sys.stderr)

    def job(self, policy: str, job: Job, matched: int | None, age_seconds: float) -> None:
        """Print a job's state when it differs from the last one printed."""
        state = (job.raw_status, job.purged)
        if self._last.get(policy) == state:
            return
        self._last[policy] = state
        purged = "" if job.purged is None else f", {job.purged:,} purged"
        of = "" if matched is None else f" of {matched:,}"
        self.say(f"{policy}: {job.raw_status}{purged}{of if purged else ''} after {age_seconds:.0f} s")


def watcher() -> TerminalProgress | PlainProgress:
    """Choose by whether a person is watching."""
    return TerminalProgress() if sys.stderr is not None and sys.stderr.isatty() else PlainProgress()
