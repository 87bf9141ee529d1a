"""Signatures of notices: Standard Webhooks 1.0.0, scheme ``v1`` (HMAC-SHA256).

Source: ``spec/standard-webhooks.md`` of standard-webhooks/standard-webhooks: the signed content is
``id.timestamp.body``, the secret ``whsec_`` and the Base64 of 24 to 64 random bytes.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from hmac import digest

from runner.errors import UsageError

_PREFIX = "whsec_"
_ID = re.compile(r"[A-Za-z0-9_-]{1,128}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Secret:
    """The key shared with one endpoint. It never appears in a ``repr``."""

    key: bytes = field(repr=False)

    @classmethod
    def parse(cls, text: str, endpoint: str) -> Secret:
        """Read ``whsec_…``. Raises ``UsageError`` naming the endpoint, never the text."""
        try:
            key = b64decode(text.removeprefix(_PREFIX), validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if not text.startswith(_PREFIX) or not 24 <= len(key) <= 64:
            raise UsageError(
                f"the secret of endpoint {endpoint} is not {_PREFIX} and the Base64 of 24 to 64 bytes",
                where=f"endpoint {endpoint}",
                hint=f'make one with: echo "{_PREFIX}$(openssl rand -base64 32)"',
            )
        return cls(key)

    def sign(self, webhook_id: str, timestamp: int, body: bytes) -> str:
        """Return the value of ``webhook-signature``; ``timestamp`` is in whole Unix seconds.

        Raises ``ValueError`` for an id that could be read as another split of the signed content.
        """
        if not _ID.fullmatch(webhook_id):
            raise ValueError("a webhook id has letters, digits, hyphens and underscores only")
        content = f"{webhook_id}.{timestamp}.".encode() + body
        return "v1," + b64encode(digest(self.key, content, sha256)).decode()
