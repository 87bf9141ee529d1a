"""The one error tree: every refusal carries its exit code, its place and the way out.

A traceback is never user output: ``cli`` turns a ``PurgectlError`` into text and an exit code,
and anything else into exit 70. Exit codes are a contract with scripts; see ``docs/exit-codes.md``.
"""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """What the process tells its caller. ``WORST_FIRST`` orders mixed outcomes."""

    OK = 0
    FINDINGS = 1
    USAGE = 2
    REFUSED = 3
    REMOTE_FAILURE = 4
    OUTCOME_UNKNOWN = 5
    LOG_BROKEN = 6
    NOTICE_UNDELIVERED = 7
    JOB_FAILED = 8
    NOT_VERIFIED = 9
    INTERNAL = 70
    INTERRUPTED = 130


WORST_FIRST = (
    ExitCode.LOG_BROKEN,
    ExitCode.OUTCOME_UNKNOWN,
    ExitCode.JOB_FAILED,
    ExitCode.INTERRUPTED,
    ExitCode.REMOTE_FAILURE,
    ExitCode.REFUSED,
    ExitCode.NOTICE_UNDELIVERED,
)


class PurgectlError(Exception):
    """A failure that a person can act on.

    ``where`` names the file, branch or URL at fault (already safe to print), ``hint`` the next
    thing to do.
    """

    exit_code: ClassVar[ExitCode] = ExitCode.INTERNAL

    def __init__(self, message: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint


class UsageError(PurgectlError):
    """The command line or the environment is wrong or incomplete."""

    exit_code = ExitCode.USAGE


class PolicyValidationError(PurgectlError, ValueError):
    """A policy is not valid; ``faults`` lists every fault as ``path: message``."""

    exit_code = ExitCode.FINDINGS

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("Policy validation failed: " + "; ".join(faults))
        self.faults = faults


class Refused(PurgectlError):
    """A guard says no: hold, age, cap, approval, drift, kill switch, missing log."""

    exit_code = ExitCode.REFUSED


class RemoteFailure(PurgectlError):
    """The remote side failed and nothing was submitted."""

    exit_code = ExitCode.REMOTE_FAILURE


class Interrupted(RemoteFailure):
    """Somebody asked the run to stop before a request was sent, or while it was only reading."""

    exit_code = ExitCode.INTERRUPTED


class RetryLater(RemoteFailure):
    """The remote side asks for a longer pause than a run may sleep: resume at ``not_before``."""

    def __init__(self, message: str, *, not_before: datetime, where: str = "", hint: str = "") -> None:
        super().__init__(message, where=where, hint=hint)
        self.not_before = not_before


class RequestRejected(RemoteFailure):
    """The remote side answered, and the request certainly had no effect.

    ``status`` is the HTTP status, ``permanent`` is true when the same request can never succeed
    (a 400), ``reason`` the server's own message, cleaned for display.
    """

    def __init__(
        self, message: str, *, status: int, reason: str = "", where: str = "", hint: str = ""
    ) -> None:
        super().__init__(message, where=where, hint=hint)
        self.status = status
        self.reason = reason

    @property
    def permanent(self) -> bool:
        """Whether only a changed request could ever be accepted."""
        return self.status in (400, 409, 413, 422)


class OutcomeUnknown(PurgectlError):
    """An irreversible request may or may not have taken effect: a person is needed."""

    exit_code = ExitCode.OUTCOME_UNKNOWN


class LogBroken(PurgectlError):
    """The log does not verify; nothing may be built on it."""

    exit_code = ExitCode.LOG_BROKEN


class NotVerified(PurgectlError):
    """A verification that was asked for could not be completed."""

    exit_code = ExitCode.NOT_VERIFIED
