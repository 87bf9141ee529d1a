"""The rate budget: how many requests a target may be asked in a minute."""

from __future__ import annotations

from collections import deque

from runner.ports import Clock

_WINDOW_SECONDS = 60.0


class Pace:
    """Lets at most ``per_minute`` requests begin within any sixty seconds."""

    def __init__(self, per_minute: int, clock: Clock) -> None:
        self._begun: deque[float] = deque(maxlen=per_minute)
        self._clock = clock

    def take(self) -> None:
        """Wait until one more request fits in, and count it."""
        if len(self._begun) == self._begun.maxlen:
            wait = self._begun[0] + _WINDOW_SECONDS - self._clock.monotonic()
            if wait > 0:
                self._clock.sleep(wait)
        self._begun.append(self._clock.monotonic())
