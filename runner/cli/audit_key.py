"""The signing key of a log, from the environment."""

from __future__ import annotations

from runner.cli.environment import variable
from runner.errors import UsageError
from runner.merkle.keys import BadKey, Signer

VARIABLE = "AUDIT_SIGNING_KEY"


def signing_key() -> Signer:
    """Read ``AUDIT_SIGNING_KEY``. Raises ``UsageError``, which never quotes it."""
    text = variable(VARIABLE)
    if not text:
        raise UsageError(
            f"{VARIABLE} is not set; what cannot be recorded is not done",
            hint="set it to the log's signing key; purgectl audit keygen makes the first one",
        )
    try:
        return Signer.parse(text)
    except BadKey as error:
        pasted = text.startswith(f"{VARIABLE}=")
        hint = f"leave {VARIABLE}= out of the value" if pasted else "copy the key again, whole"
        raise UsageError(f"{VARIABLE}: {error}", hint=hint) from None
