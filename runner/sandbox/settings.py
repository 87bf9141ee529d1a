"""How a sandbox is set up, and the toy credentials that open it."""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from runner.errors import UsageError

LOOPBACK = "127.0.0.1"
DEFAULT_PORT = 8420
READ_ONLY_CLIENT = "sandbox-reader"
WRITE_SCOPE = "purge:write"
READ_SCOPE = "purge:read"
OTHER_CLIENT = "sandbox-other"

READING = (
    "analytics:conversationDetail:view",
    "analytics:dataRetention:view",
    "recording:job:view",
    "recording:recording:view",
    "recording:screenRecording:view",
    "recording:snippetRecording:view",
)
"""What the recording surface lets a client see."""
PURGING = (
    *READING,
    "recording:deletionProtection:apply",
    "recording:deletionProtection:revoke",
    "recording:job:add",
    "recording:job:delete",
    "recording:job:edit",
    "recording:recording:editRetention",
    "recording:recording:viewSensitiveData",
    "recording:screenRecording:editRetention",
    "recording:snippetRecording:editRetention",
)
"""What it takes to purge there."""

_SIGNING_PREFIX = "whsec_"
_TOY_CLIENT_KEY = "a-toy-for-the-sandbox-only"
_TOY_SIGNING_KEY = _SIGNING_PREFIX + b64encode(b"the sandbox governance toy key!!").decode("ascii")


@dataclass(frozen=True, slots=True)
class Client:
    """An OAuth client: the scopes that its tokens carry, and the permissions of its role."""

    id: str
    secret: str = field(repr=False)
    scopes: tuple[str, ...]
    permissions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """One sandbox. The same ``seed`` and ``size`` always give the same interactions.

    ``token_seconds`` is the life of an access token, ``job_seconds`` about how long one purge
    takes, whatever its size. ``journal`` is a file to which the journal is appended as JSON lines.
    A recording is gone ``deletion_lag`` seconds after its delete date. A query may have
    ``most_predicates``. ``retention_days`` is the organisation's maximum for interaction data.
    """

    seed: int = 7
    size: int = 20_000
    token_seconds: int = 3600
    job_seconds: float = 2.0
    client_id: str = "sandbox-runner"
    client_secret: str = field(default=_TOY_CLIENT_KEY, repr=False)
    webhook_secret: str = field(default=_TOY_SIGNING_KEY, repr=False)
    journal: Path | None = None
    deletion_lag: float = 0.0
    most_predicates: int = 100
    retention_days: int = 1825
    organization_id: str = "5a6d8c10-0000-4000-8000-5a6d8c105a6d"
    organization_name: str = "Sandbox Bank"

    def clients(self) -> tuple[Client, ...]:
        """With one secret: a client that may only read, one that may purge, and another such one."""
        both = (WRITE_SCOPE, READ_SCOPE)
        return (
            Client(READ_ONLY_CLIENT, self.client_secret, (READ_SCOPE,), READING),
            Client(OTHER_CLIENT, self.client_secret, both, PURGING),
            Client(self.client_id, self.client_secret, both, PURGING),
        )

    def webhook_key(self) -> bytes:
        """The key bytes behind ``whsec_…``: Base64 of 24 to 64 bytes (Standard Webhooks v1).

        Raises ``UsageError`` for anything else.
        """
        encoded = self.webhook_secret.removeprefix(_SIGNING_PREFIX)
        try:
            key = b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if encoded == self.webhook_secret or not 24 <= len(key) <= 64:
            raise UsageError(
                "the webhook secret is not whsec_ followed by the Base64 of 24 to 64 bytes",
                hint="leave --webhook-secret out to use the sandbox's own",
            )
        return key

    def environment(self, base_url: str) -> Mapping[str, str]:
        """The variables that point purgectl at a sandbox listening on ``base_url``."""
        return {
            "GENESYS_CLOUD_BASE_URL": base_url,
            "GENESYS_CLOUD_CLIENT_ID": self.client_id,
            "GENESYS_CLOUD_CLIENT_SECRET": self.client_secret,
            "GOVERNANCE_WEBHOOK_URL": f"{base_url}/governance/governance",
            "GOVERNANCE_WEBHOOK_SECRET": self.webhook_secret,
            "PURGE_ENABLED": "true",
        }
