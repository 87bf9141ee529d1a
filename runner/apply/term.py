"""The term of a run: the minutes that it was given, and the wish of somebody that it ends."""

from __future__ import annotations

from runner.ports import Clock

LAST_WORDS = 60.0
"""Seconds beyond its minutes in which a run still writes down what it knows."""

STOPPING = 5.0
"""Seconds in which a run that was asked to stop still writes down what it knows.

GitHub sends SIGINT to the entry process of a cancelled step, SIGTERM 7.5 seconds later, and kills
it after 2.5 more ("Workflow cancellation reference").
"""


class Term:
    """How long a run may go on (``ports.Interruption``). It is asked; it never breaks anything off."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self._stopped = False
        self.ends = clock.monotonic() + seconds
        """The monotonic instant from which on nothing new begins."""
        self._last = self.ends + LAST_WORDS

    def stop(self) -> None:
        """Ask the run to end now. Asked a second time, it does not even wait for the log."""
        now = self._clock.monotonic()
        self._last = min(self._last, now if self._stopped else now + STOPPING)
        self.ends = min(self.ends, now)
        self._stopped = True

    def requested(self) -> bool:
        """Whether somebody has asked the run to end."""
        return self._stopped

    def over(self) -> bool:
        """Whether nothing new may begin, because somebody asked or the minutes are over."""
        return self._clock.monotonic() >= self.ends

    def closing(self) -> bool:
        """Whether not even a count or a notice may begin, so that what is known is still written down."""
        return self._stopped or self.grace() < LAST_WORDS / 2

    def grace(self) -> float:
        """Return the seconds in which what is known may still be written down."""
        return max(self._last - self._clock.monotonic(), 0.0)
