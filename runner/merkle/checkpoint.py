"""The checkpoint: origin, size and root of a log, signed as a note.

Source: C2SP ``tlog-checkpoint.md`` over ``signed-note.md``. Three lines of text, an empty line,
and signature lines; unknown signatures are ignored, extension lines refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from runner.merkle.encoding import from_text, to_text
from runner.merkle.keys import Signer, Verifier
from runner.merkle.tree import HASH_SIZE
from runner.model.log import Checkpoint

_LIMIT = 16 * 1024
_SIGNATURE = re.compile(r"— (\S+) ([A-Za-z0-9+/=]+)")
_SIZE = re.compile(r"0|[1-9][0-9]{0,15}")


class BadCheckpoint(ValueError):
    """A note is no checkpoint of this log that a trusted key has signed; the message says why.

    ``strangers`` are the ids (hexadecimal) of the keys that signed it, when none of them is trusted.
    """

    def __init__(self, message: str, strangers: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.strangers = strangers


@dataclass(frozen=True, slots=True)
class SignedNote:
    """A well-formed checkpoint whose signatures nobody has judged yet.

    ``text`` is what was signed; each signature is the name of its key, the key's id, and the rest.
    """

    checkpoint: Checkpoint
    text: bytes
    signatures: tuple[tuple[str, bytes, bytes], ...]

    @property
    def key_ids(self) -> tuple[str, ...]:
        """The ids (hexadecimal) of the keys that claim to have signed."""
        return tuple(key_id.hex() for _, key_id, _ in self.signatures)

    def signers(self, verifiers: Sequence[Verifier]) -> tuple[Verifier, ...]:
        """Return which of these keys have signed; signatures of other keys are ignored.

        Raises ``BadCheckpoint`` when a signature in the name of one of them is false.
        """
        known = {(verifier.name, verifier.id): verifier for verifier in verifiers}
        claimed = [
            (known[name, key_id], raw) for name, key_id, raw in self.signatures if (name, key_id) in known
        ]
        if not all(len(raw) == 64 and verifier.verifies(raw, self.text) for verifier, raw in claimed):
            raise BadCheckpoint("a signature on the checkpoint is false")
        return tuple(dict.fromkeys(verifier for verifier, _ in claimed))


def body(checkpoint: Checkpoint) -> str:
    """Return the text that is signed."""
    return f"{checkpoint.origin}\n{checkpoint.size}\n{to_text(checkpoint.root)}\n"


def sign(checkpoint: Checkpoint, signer: Signer) -> bytes:
    """Return the signed note. It must not leave the process before the branch carries it."""
    text = body(checkpoint)
    signature = to_text(signer.verifier.id + signer.sign(text.encode()))
    return f"{text}\n— {signer.name} {signature}\n".encode()


def read(note: bytes, origin: str, verifiers: Sequence[Verifier]) -> Checkpoint:
    """Return what a note states, once one of these keys has been found to have signed it.

    Raises ``BadCheckpoint``.
    """
    signed = parse(note, origin)
    if not signed.signers(verifiers):
        raise BadCheckpoint("no trusted key has signed the checkpoint", signed.key_ids)
    return signed.checkpoint


def parse(note: bytes, origin: str) -> SignedNote:
    """Take a note apart, without judging its signatures. Raises ``BadCheckpoint``."""
    if len(note) > _LIMIT:
        raise BadCheckpoint("the checkpoint is too large")
    try:
        whole = note.decode("utf-8")
    except UnicodeDecodeError:
        raise BadCheckpoint("the checkpoint is not UTF-8") from None
    text, separator, tail = whole.rpartition("\n\n")
    if not separator or not tail.endswith("\n"):
        raise BadCheckpoint("the checkpoint is not a signed note")
    text += "\n"
    signatures = tuple(_signature(line) for line in tail[:-1].split("\n"))
    return SignedNote(_stated(text, origin), text.encode(), signatures)


def _signature(line: str) -> tuple[str, bytes, bytes]:
    match = _SIGNATURE.fullmatch(line)
    if match is None:
        raise BadCheckpoint("the checkpoint has a malformed signature line")
    try:
        raw = from_text(match[2])
    except ValueError:
        raise BadCheckpoint("the checkpoint has a signature that is not canonical base64") from None
    return match[1], raw[:4], raw[4:]


def _stated(text: str, origin: str) -> Checkpoint:
    lines = text.split("\n")
    if len(lines) != 4:
        raise BadCheckpoint("the checkpoint must state origin, size and root, and nothing else")
    name, size, root, _ = lines
    if name != origin:
        raise BadCheckpoint("the checkpoint is of another log: its origin differs")
    if not _SIZE.fullmatch(size):
        raise BadCheckpoint("the checkpoint states no size")
    return Checkpoint(name, int(size), root_from_text(root))


def root_from_text(text: str) -> bytes:
    """Read the base64 of a root (32 bytes). Raises ``BadCheckpoint``."""
    try:
        root = from_text(text)
    except ValueError:
        root = b""
    if len(root) != HASH_SIZE:
        raise BadCheckpoint("a root must be the base64 of 32 bytes")
    return root
