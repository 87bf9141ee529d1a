"""Eight runners at once on one target: real processes, one bare repository, one platform."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.commandline import command_line
from support.invariants import Aftermath
from support.journey import Journey, policy
from support.sandbox import sandbox

RUNNERS = 8
PATIENCE = 600
"""Seconds in which all of them are done, also on a busy machine; alone on four cores a third suffices."""
KEPT = "and the next apply with this spool imports it"
"""Seven others can be faster for so long that a runner keeps its record; then it is its next run's."""
FIRST_DAY = datetime(2014, 1, 1, tzinfo=UTC)
DAYS = 5


def policies(count: int) -> dict[str, str]:
    """As many policies, each of some days of its own."""
    files = {}
    for number in range(count):
        first = FIRST_DAY + timedelta(days=DAYS * number)
        last = first + timedelta(days=DAYS - 1)
        dates = f'{{start: "{first:%Y-%m-%d}T00:00:00.000Z", end: "{last:%Y-%m-%d}T23:59:59.999Z"}}'
        files[f"policies/purges/days-{number}.yaml"] = policy(
            f"days-{number}", dateRange=dates, filters=None, allowUnfiltered="true"
        )
    return files


def run_again(journey: Journey, clone: str) -> subprocess.CompletedProcess[bytes]:
    """One more run of a runner, alone."""
    return subprocess.run(
        command_line("apply", "--target", "sandbox"),
        cwd=journey.world.root / clone,
        env=journey.variables,
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )


@pytest.mark.slow
@pytest.mark.parametrize("count", [300, 16])
def test_each_purge_is_submitted_once(tmp_path: Path, count: int):
    with sandbox(job_seconds=0, size=30_000) as box:
        journey = Journey(tmp_path, box.environment)
        journey.world.commit(policies(count))
        processes = [
            subprocess.Popen(
                command_line("apply", "--target", "sandbox"),
                cwd=journey.world.another_clone(f"runner-{number}"),
                env=journey.variables,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
            for number in range(RUNNERS)
        ]
        outputs = [output for process in processes for output in process.communicate(timeout=PATIENCE)]
        for number, process in enumerate(processes):
            said = outputs[2 * number].decode()
            assert process.returncode in (0, 7) or KEPT in said, said
        for number, process in enumerate(processes):
            if process.returncode not in (0, 7):
                again = run_again(journey, f"runner-{number}")
                assert again.returncode in (0, 7), again.stdout.decode()
                outputs += [again.stdout, again.stderr]
        aftermath = Aftermath(journey, box, outputs).check()
        assert len(box.submissions()) == count
        assert list(aftermath.last_words().values()) == ["purge.verified"] * count
