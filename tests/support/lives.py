"""A target's life in processes that may die: each run is a process of its own, in a clone of its choice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from support.commandline import Done
from support.cradle import MORTAL, PATIENCE, born
from support.invariants import Aftermath
from support.journey import Journey
from support.sandbox import AVAILABILITY, TOKEN, Sandbox

APPLY = ("apply", "--target", "sandbox", "--format", "json")
LEEWAY = 30
"""Seconds by which the platform is ahead: a process that sleeps on its fast clock runs ahead of it."""
BEYOND_THE_LEASE = 5
"""Seconds that a clock is put beyond the end of a lease."""


@dataclass
class Lives:
    """Runs of ``apply`` on one organisation; ``outputs`` is all that they have printed.

    ``settle`` is how many seconds beyond a lease a platform that can be asked is asked for the job.
    """

    journey: Journey
    box: Sandbox
    outputs: list[bytes] = field(default_factory=list)
    ahead: float = 0.0
    settle: float = 0.0

    def __post_init__(self) -> None:
        temporary = self.journey.world.root / "tmp"
        temporary.mkdir()
        self.journey.variables["TMPDIR"] = str(temporary)

    def live(
        self,
        *,
        at: Path | None = None,
        under: Sequence[str] = (),
        first: Path | None = None,
        **told: object,
    ) -> Done:
        """Run ``apply`` on a fast clock to its end, in the clone or ``at`` a folder.

        ``told`` is for ``mortal.py``, ``under`` a command before the command, and ``first`` a folder
        whose programs come before those of the PATH.
        """
        told = {"ahead": self.ahead, **told}
        at = at or self.journey.world.clone
        variables = dict(self.journey.variables)
        if first is not None:
            variables["PATH"] = f"{first}{os.pathsep}{variables['PATH']}"
        if under:
            command = [*under, sys.executable, MORTAL, json.dumps(told), *APPLY]
            done = subprocess.run(command, cwd=at, env=variables, capture_output=True, timeout=PATIENCE)
        else:
            said = self.journey.world.root / f"said-{len(self.outputs)}"
            done = born(told, APPLY, at=at, variables=variables, said=said)
        self.outputs += [done.stdout, done.stderr]
        result = Done(done.returncode, done.stdout.decode(), done.stderr.decode())
        assert "Traceback" not in result.out + result.err, result.err
        assert result.code != 70, result.err
        return result

    def die(self, effect: str, moment: str) -> None:
        """Run until the process kills itself before, during or after an effect."""
        done = self.live(die=[effect, moment])
        assert done.code == -signal.SIGKILL, f"{effect} never came: {done.code} {done.err}"

    def trace(self) -> list[str]:
        """Run unharmed and return every effect, in order."""
        file = self.journey.world.root / "trace"
        done = self.live(trace=str(file))
        assert done.code in (0, 3, 4, 5, 7, 8), done.err
        return file.read_text().splitlines()

    def outlive_the_lease(self) -> None:
        """Put every clock, the platform's too, beyond the lease of the newest intent."""
        intents = [r for r in self.aftermath().branch.records if r["type"] == "purge.intended"]
        if intents:
            newest = intents[-1]
            lease = _instant(newest["lease_until"]) - _instant(newest["at"])
            self.move_on(lease.total_seconds() + self.settle + BEYOND_THE_LEASE)

    def move_on(self, seconds: float) -> None:
        """Let time pass, here and on the platform."""
        self.ahead += seconds
        self.box.clear_faults("POST " + TOKEN)
        self.box.arm("date-skew", "POST " + TOKEN, seconds=self.ahead, times=None)
        self.box.clear_faults("GET " + AVAILABILITY)
        self.box.arm("date-skew", "GET " + AVAILABILITY, seconds=self.ahead + LEEWAY, times=None)

    def finish(self) -> Aftermath:
        """Go on as a schedule would: at once in the same clone, and later in a fresh one; check all."""
        self.live()
        self.outlive_the_lease()
        self.live(at=self._fresh_clone())
        if self.settle:
            self.live(at=self._fresh_clone())
        return self.aftermath().check()

    def rest(self) -> None:
        """Run once more after the end, and require that this does nothing."""
        before = self._state()
        self.live(at=self._fresh_clone())
        assert self._state() == before, "a run after the end did something"

    def aftermath(self) -> Aftermath:
        """What there is to see now."""
        return Aftermath(self.journey, self.box, tuple(self.outputs))

    def _fresh_clone(self) -> Path:
        return self.journey.world.another_clone(f"fresh-{len(self.outputs)}")

    def _state(self) -> Mapping[str, object]:
        """All that a run could change."""
        return {
            "tip": self.journey.world.tip(),
            "requests": len(self.box.submissions()),
            "notices": self.box.notices(),
        }


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
