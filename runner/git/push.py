"""One push as a compare-and-swap, and what git's answer means."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from runner.git.program import NETWORK_SECONDS, Git, GitFailed, clean


class PushResult(Enum):
    """The four answers that a writer must tell apart; only ``UNKNOWN`` needs a look at the remote."""

    LANDED = "landed"
    LOST_RACE = "lost the race"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Pushed:
    """A result, and the server's or git's reason in one printable line."""

    result: PushResult
    reason: str = ""


_PUSH = (
    *("push", "--porcelain", "--no-progress", "--no-verify", "--no-follow-tags", "--no-signed"),
    "--no-recurse-submodules",
)
_LOST = (
    "stale info",
    "fetch first",
    "non-fast-forward",
    "needs force",
    "already exists",
    "failed to update ref",
    "cannot lock ref",
    "failed to lock",
    "incorrect old value provided",
)
_UNKNOWN = ("failed to report status", "internal server error", "internal error", "timed out")


def compare_and_swap(git: Git, remote: str, ref: str, old: str | None, new: str) -> Pushed:
    """Move a remote ref from exactly ``old`` to ``new``; ``None`` means that it must not exist.

    ``new`` is a descendant of ``old``, so that a server which forbids forced pushes agrees. A
    plain push would also accept a branch that somebody rolled back; the lease does not.
    """
    lease = f"--force-with-lease={ref}:{old or ''}"
    command = ["-c", f"remote.{remote}.mirror=false", *_PUSH, lease, remote, f"{new}:{ref}"]
    try:
        answer = git.ask(*command, seconds=NETWORK_SECONDS)
    except GitFailed as error:
        return Pushed(PushResult.UNKNOWN, error.message)
    for line in answer.out.splitlines():
        flag, _, rest = line.partition(b"\t")
        names, _, summary = rest.partition(b"\t")
        if names.endswith(b":" + ref.encode()):
            return _meaning(flag, clean(summary))
    return Pushed(PushResult.UNKNOWN, answer.err or "git push gave no answer")


def _meaning(flag: bytes, summary: str) -> Pushed:
    if flag != b"!":
        return Pushed(PushResult.LANDED, summary)
    lowered = summary.lower()
    if any(words in lowered for words in _LOST):
        return Pushed(PushResult.LOST_RACE, summary)
    if any(words in lowered for words in _UNKNOWN):
        return Pushed(PushResult.UNKNOWN, summary)
    return Pushed(PushResult.REFUSED, summary)
