"""The rate budget: how many requests a target may be asked in a minute."""

from __future__ import annotations

from collections import deque

from runner.ports import Clock

_WINDOW_SECONDS = 60.0


class Pace:
    """Lets at most ``per_minute`` requests begin within any sixty seconds, or fewer if the server says so."""

    def __init__(self, per_minute: int, clock: Clock) -> None:
        self._begun: deque[float] = deque(maxlen=per_minute)
        self._most = self._allowed = per_minute
        self._clock = clock

    def hear(self, allowed: int | None) -> None:
        """Take note of what the newest answer allows in a minute, ``None`` if it does not say."""
        if allowed is not None:
            self._allowed = min(self._most, max(allowed, 1))

    def take(self) -> None:
        """Wait until one more request fits in, and count it."""
        if len(self._begun) >= self._allowed:
            wait = self._begun[-self._allowed] + _WINDOW_SECONDS - self._clock.monotonic()
            if wait > 0:
                self._clock.sleep(wait)
        self._begun.append(self._clock.monotonic())
