"""Signals: SIGINT and SIGTERM ask a run to end instead of breaking it off."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from runner.apply.term import Term
from runner.cli.clock import SystemClock

_HEEDED = (signal.SIGINT, signal.SIGTERM)
_GLANCE_SECONDS = 0.1
_STOPPING = b"purgectl: asked to stop: nothing new is sent, and what is known is written down\n"
_HURRYING = b"purgectl: asked again: not even the log is waited for\n"


@contextmanager
def heeding(term: Term) -> Iterator[None]:
    """Let SIGINT and SIGTERM stop a run's term while the block runs."""

    def heed(number: int, frame: FrameType | None) -> None:
        del number, frame
        again = term.requested()
        term.stop()
        with suppress(OSError, ValueError):  # print could meet itself half-way here
            os.write(sys.stderr.fileno(), _HURRYING if again else _STOPPING)

    before = [(number, signal.signal(number, heed)) for number in _HEEDED]
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)


class WakefulClock(SystemClock):
    """A clock whose sleeper wakes up when the run is asked to stop.

    A pause that begins after that is kept, as far as the grace lasts: it spares the log's server.
    """

    def __init__(self, term: Term) -> None:
        self._term = term

    def sleep(self, seconds: float) -> None:
        """Wait, with half an eye open."""
        wakes, awake = self.monotonic() + seconds, self._term.requested()
        while (left := wakes - self.monotonic()) > 0 and self._term.grace() > 0:
            if self._term.requested() and not awake:
                return
            super().sleep(min(left, _GLANCE_SECONDS))
