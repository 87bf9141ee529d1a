"""Ed25519 keys of a log, in the text forms that other tools for such logs read as well.

Source: C2SP ``signed-note.md``: a verifier key is ``<name>+<key id>+<base64 of 0x01, public key>``,
and a signing key, in the form of Go's ``note`` package, ``PRIVATE+KEY+`` and the same with the seed.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from runner.merkle.encoding import from_text, to_text

_ED25519 = b"\x01"
_PRIVATE = "PRIVATE+KEY+"
_NAME = re.compile(r"[!-*,-~]{1,200}")


class BadKey(ValueError):
    """A text is no key; the message never quotes it, because it may be a secret."""


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key under the name of its log."""

    name: str
    public: bytes

    @classmethod
    def parse(cls, text: str) -> Verifier:
        """Read a verifier key. Raises ``BadKey``."""
        name, key_id, public = _parse(text, "verifier key")
        verifier = cls(name, public)
        try:
            Ed25519PublicKey.from_public_bytes(public)
        except ValueError:
            raise BadKey("a verifier key must hold a valid Ed25519 public key") from None
        if verifier.id.hex() != key_id:
            raise BadKey(f"a verifier key of {name} does not match its own id: it was mistyped or cut")
        return verifier

    @property
    def id(self) -> bytes:
        """The four bytes by which a signature names its key."""
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:4]

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """Whether a signature (64 bytes) is this key's over exactly these bytes."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            return False
        return True

    def __str__(self) -> str:
        return _text(self.name, self.id, self.public)


@dataclass(frozen=True, slots=True)
class Signer:
    """A signing key. The seed never appears in a ``repr``."""

    name: str
    seed: bytes = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> Signer:
        """Read a signing key. Raises ``BadKey``."""
        if not text.startswith(_PRIVATE):
            raise BadKey(f"a signing key must begin with {_PRIVATE}")
        name, key_id, seed = _parse(text.removeprefix(_PRIVATE), "signing key")
        signer = cls(name, seed)
        if signer.verifier.id.hex() != key_id:
            raise BadKey(f"the signing key of {name} does not match its own id: it was mistyped or cut")
        return signer

    @classmethod
    def generate(cls, name: str) -> Signer:
        """Make a new key for a log. Raises ``BadKey`` for a name that cannot be one."""
        if not _NAME.fullmatch(name):
            raise BadKey("a log's origin is 1 to 200 visible ASCII characters without + and space")
        return cls(name, os.urandom(32))

    @property
    def verifier(self) -> Verifier:
        """The public half."""
        return Verifier(
            self.name, Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw()
        )

    def sign(self, message: bytes) -> bytes:
        """Return the signature (64 bytes); the same message always has the same one."""
        return Ed25519PrivateKey.from_private_bytes(self.seed).sign(message)

    def secret(self) -> str:
        """Return the key as text, to be kept in a secret store and nowhere else."""
        return _PRIVATE + _text(self.name, self.verifier.id, self.seed)


def _text(name: str, key_id: bytes, key: bytes) -> str:
    return f"{name}+{key_id.hex()}+{to_text(_ED25519 + key)}"


def _parse(text: str, what: str) -> tuple[str, str, bytes]:
    name, key_id, encoded = (*text.split("+", 2), "", "")[:3]
    if not _NAME.fullmatch(name) or not re.fullmatch(r"[0-9a-f]{8}", key_id):
        raise BadKey(f"a {what} has the form <origin>+<8 hexadecimal digits>+<base64>")
    try:
        raw = from_text(encoded)
    except ValueError:
        raise BadKey(f"a {what} must end in base64") from None
    if len(raw) != 33 or raw[:1] != _ED25519:
        raise BadKey(f"a {what} must hold an Ed25519 key: the byte 1, then 32 bytes")
    return name, key_id, raw[1:]
