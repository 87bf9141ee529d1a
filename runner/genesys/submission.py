"""What both backends' irreversible calls have in common: how long one may take, and a denial before it."""

from __future__ import annotations

from runner.errors import Refused, RequestRejected
from runner.net.transport import Setting
from runner.ports import SUBMISSION_SECONDS


def latest_start(setting: Setting) -> float:
    """Return the monotonic instant after which no try begins, so that it ends in ``SUBMISSION_SECONDS``."""
    return setting.clock.monotonic() + SUBMISSION_SECONDS - setting.limits.total


def denied(refusal: Refused) -> RequestRejected:
    """Return what a token with too few scopes comes to: nothing was sent, as after a 403."""
    return RequestRejected(refusal.message, status=403, where=refusal.where, hint=refusal.hint)
