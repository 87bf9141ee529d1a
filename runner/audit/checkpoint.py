"""The checkpoint: origin, size and root of a log, signed as a note.

Source: C2SP ``tlog-checkpoint.md`` over ``signed-note.md``. Three lines of text, an empty line,
and signature lines; unknown signatures are ignored, extension lines refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from runner.audit.encoding import from_text, to_text
from runner.audit.keys import Signer, Verifier
from runner.audit.tree import HASH_SIZE
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


def body(checkpoint: Checkpoint) -> str:
    """Return the text that is signed."""
    return f"{checkpoint.origin}\n{checkpoint.size}\n{to_text(checkpoint.root)}\n"


def sign(checkpoint: Checkpoint, signer: Signer) -> bytes:
    """Return the signed note. It must not leave the process before the branch carries it."""
    text = body(checkpoint)
    signature = to_text(signer.verifier.id + signer.sign(text.encode()))
    return f"{text}\n— {signer.name} {signature}\n".encode()


def read(note: bytes, origin: str, verifiers: Sequence[Verifier]) -> Checkpoint:
    """Return what a note states, once a trusted key has been found to have signed it.

    Raises ``BadCheckpoint``.
    """
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
    signatures = [_signature(line) for line in tail[:-1].split("\n")]
    _require_trusted(text.encode(), signatures, verifiers)
    return _parse(text, origin)


def _signature(line: str) -> tuple[str, bytes, bytes]:
    match = _SIGNATURE.fullmatch(line)
    if match is None:
        raise BadCheckpoint("the checkpoint has a malformed signature line")
    try:
        raw = from_text(match[2])
    except ValueError:
        raise BadCheckpoint("the checkpoint has a signature that is not canonical base64") from None
    return match[1], raw[:4], raw[4:]


def _require_trusted(
    text: bytes, signatures: Sequence[tuple[str, bytes, bytes]], verifiers: Sequence[Verifier]
) -> None:
    trusted = {(verifier.name, verifier.id): verifier for verifier in verifiers}
    known = [(trusted[name, key_id], raw) for name, key_id, raw in signatures if (name, key_id) in trusted]
    if not known:
        strangers = tuple(key_id.hex() for _, key_id, _ in signatures)
        raise BadCheckpoint("no trusted key has signed the checkpoint", strangers)
    if not all(len(raw) == 64 and verifier.verifies(raw, text) for verifier, raw in known):
        raise BadCheckpoint("a signature on the checkpoint is false")


def _parse(text: str, origin: str) -> Checkpoint:
    lines = text.split("\n")
    if len(lines) != 4:
        raise BadCheckpoint("the checkpoint must state origin, size and root, and nothing else")
    stated, size, root, _ = lines
    if stated != origin:
        raise BadCheckpoint("the checkpoint is of another log: its origin differs")
    if not _SIZE.fullmatch(size):
        raise BadCheckpoint("the checkpoint states no size")
    return Checkpoint(stated, int(size), root_from_text(root))


def root_from_text(text: str) -> bytes:
    """Read the base64 of a root (32 bytes). Raises ``BadCheckpoint``."""
    try:
        root = from_text(text)
    except ValueError:
        root = b""
    if len(root) != HASH_SIZE:
        raise BadCheckpoint("a root must be the base64 of 32 bytes")
    return root
