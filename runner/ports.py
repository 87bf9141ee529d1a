"""What the core asks of the world. Everything else is a value.

``plan`` is given a ``Reader`` and can therefore not write, whatever it does; ``Preparer`` and
``Submitter`` are other types and are built in one place, in the ``apply`` command.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from runner.model.change import Change
from runner.model.job import Job
from runner.model.log import Appended, Draft, Log, Spooled
from runner.model.notice import Delivery, Notice
from runner.model.platform import Preparation, Presence, Remains, Survey
from runner.model.policy import PurgePolicy
from runner.model.purge import Purge
from runner.model.source import SourceFile

SUBMISSION_SECONDS = 60
"""The longest that one submission may take, every try and its answer together."""


class Clock(Protocol):
    """Time, so that a test runs a month of schedule in a second."""

    def now(self) -> datetime:
        """The current instant, aware, in UTC."""

    def monotonic(self) -> float:
        """Seconds from an arbitrary start that never run backwards."""

    def sleep(self, seconds: float) -> None:
        """Wait; ``seconds`` is never negative. A run that is asked to stop wakes up early."""


class Interruption(Protocol):
    """Somebody may want a run to end. It is asked between steps and never thrown into one.

    What may take long asks it again and again meanwhile: a request that only reads is cut off when
    somebody wants the end, the writing of the log when there is no grace left, and the one
    irreversible request never.
    """

    def requested(self) -> bool:
        """Whether somebody has asked for the end: nothing new begins."""

    def grace(self) -> float:
        """Seconds in which what is known may still be written down; 0 when there are none."""


class Undisturbed:
    """``Interruption`` of a process that nobody interrupts but by ending it."""

    def requested(self) -> bool:
        """Say no."""
        return False

    def grace(self) -> float:
        """Return no limit."""
        return math.inf


class Jitter(Protocol):
    """Randomness for back-off: ``Callable[[float], float]`` from a ceiling to a wait below it."""

    def __call__(self, ceiling: float) -> float:
        """A number drawn evenly from 0 to ``ceiling``."""


class Reader(Protocol):
    """The reading half of a backend.

    Raises ``RemoteFailure``, and ``Refused`` when the client lacks a scope; nothing was submitted.
    """

    def connect(self) -> Presence:
        """Prove the credentials by getting a token; return who answered, and the server's clock."""

    def survey(self, policy: PurgePolicy) -> Survey:
        """What the selection of a policy matches now; its count is ``None`` when nobody can count it."""

    def job(self, job_id: str) -> Job:
        """One observation of a job; a job that the server no longer knows is ``VANISHED``."""

    def jobs(self) -> Mapping[str, Job] | None:
        """Every job of this client by its id, in one sweep; ``None`` if jobs cannot be listed."""

    def find(self, purge: Purge) -> tuple[Job, ...] | None:
        """The jobs that the newest intent of a purge has begun; ``None`` if that cannot be asked.

        A job that was prepared and never told to delete is none of them.
        """

    def remains(self, purge: Purge) -> Remains:
        """What is left of what an ended purge selected, and when the platform can know more."""


class Preparer(Protocol):
    """What precedes the irreversible call. Nothing of it deletes an interaction, whatever happens."""

    def prepare(self, policy: PurgePolicy, known: Collection[str]) -> Preparation:
        """Bring the preparation of a purge one step further, without waiting, and tell how far it is.

        Asked again and again, it makes one job and finds it again, also one that another run has
        made; ``known`` are the ids of the jobs that the log has, which are other purges'. Raises as
        a ``Reader`` does.
        """

    def clear(self, policies: Collection[PurgePolicy], known: Collection[str]) -> None:
        """Remove what an earlier run has prepared for policies that may not run now.

        ``known`` is as in ``prepare``. Raises as a ``Reader`` does.
        """

    def discard(self, job_id: str) -> None:
        """Remove a prepared job that will not be executed; one that is gone or has run is left alone.

        Raises as a ``Reader`` does.
        """


class Protection(Protocol):
    """A lock of the platform's own on conversations. Raises ``RemoteFailure``."""

    def protected(self, conversations: Collection[str]) -> frozenset[str]:
        """Which of these conversations are protected."""

    def protect(self, conversations: Collection[str]) -> frozenset[str]:
        """Protect conversations, and return those that the platform says it could not."""


class Submitter(Protocol):
    """The writing half of a backend: one irreversible call."""

    def submit(self, policy: PurgePolicy, job_id: str | None) -> Job:
        """Ask the platform to purge; ``job_id`` is the prepared job, ``None`` where there is none.

        Raises ``RequestRejected`` or ``RetryLater`` when the request certainly had no effect,
        ``OutcomeUnknown`` when it may have had one. Never sends a request twice after an
        ambiguous failure, and takes at most ``SUBMISSION_SECONDS``.
        """


class LogStore(Protocol):
    """The log of one target. Every call sees the remote's newest state."""

    def load(self) -> Log:
        """Fetch and verify.

        Raises ``Refused`` without a log, ``LogBroken`` if it lies, ``RemoteFailure`` when the remote
        cannot be asked, and ``NotVerified`` when the clone is shallow.
        """

    def append(
        self,
        drafts: Sequence[Draft],
        *,
        settled: Sequence[Notice] = (),
        attempted: Sequence[Notice] = (),
        dead: Sequence[Notice] = (),
        replayed: Sequence[Notice] = (),
    ) -> Appended:
        """Write the drafts in one compare-and-swap push, with their notices.

        ``settled`` notices leave the outbox, ``attempted`` ones replace their entries, ``dead`` ones
        are put aside, and ``replayed`` ones, wherever they are, wait in the outbox again. Raises
        ``LogBroken`` when the remote state does not verify or is behind one seen before,
        ``Refused`` for an untrusted key or a record that the log does not allow, and
        ``RemoteFailure`` when the push cannot be made.
        """


class Spool(Protocol):
    """Records of what has happened, kept on this machine until the log has them."""

    def keep(self, drafts: Sequence[Draft]) -> str:
        """Keep drafts, durably, and return the name that they are kept under. Raises ``UsageError``."""

    def drop(self, name: str) -> None:
        """Forget what is kept under a name, because the log has it."""

    def pending(self) -> tuple[Spooled, ...]:
        """What is kept, oldest first. Raises ``Refused`` for anything that is not this log's own."""


class PolicySource(Protocol):
    """The tip of ``main``, read from git objects and never from a work tree."""

    def fetch(self) -> str:
        """Bring the newest tip here and return its commit id. Raises ``RemoteFailure``."""

    def files(self, commit: str) -> tuple[SourceFile, ...]:
        """Every entry below ``policies/`` in that commit, sorted by path."""

    def removed(self, commit: str, folder: str) -> tuple[str, ...]:
        """Every path below a folder that ``main`` had before that commit and has no more, sorted.

        Raises ``Refused`` where the clone does not reach back to the beginning.
        """


class Forge(Protocol):
    """Where reviews live."""

    def change(self, path: str, commit: str) -> Change:
        """How the file at ``path`` came to be what it is at ``commit``, a tip of ``main``.

        Raises ``Refused`` when it did not come by one merged pull request, or that cannot be told;
        ``RetryLater`` while the forge may not know yet, and ``RemoteFailure`` when it cannot be asked.
        """


class Notifier(Protocol):
    """Delivers one notice to the endpoint that it names."""

    def deliver(self, notice: Notice) -> Delivery:
        """One attempt, bounded in time and size; never raises for a network fault."""


class Watcher(Protocol):
    """Somebody who watches a run. What is told here is shown and forgotten."""

    def say(self, text: str) -> None:
        """Tell one step; ``text`` may quote foreign text and is made printable by the watcher."""

    def job(self, policy: str, job: Job, matched: int | None, age_seconds: float) -> None:
        """Tell how a job stands; ``matched`` is the count when it was intended."""
