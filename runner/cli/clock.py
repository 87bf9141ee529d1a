"""The real clock and the real dice."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime

_DICE = random.SystemRandom()


class SystemClock:
    """``ports.Clock`` over the machine's own."""

    def now(self) -> datetime:
        """Return the present, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds that never run backwards."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


def jitter(ceiling: float) -> float:
    """Draw a wait between nothing and ``ceiling`` seconds (``ports.Jitter``)."""
    return _DICE.uniform(0, ceiling)
