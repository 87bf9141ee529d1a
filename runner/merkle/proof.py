"""Proofs as texts that leave the log: one record, its audit path, and a signed checkpoint.

Source: C2SP ``tlog-proof.md``. With the record's bytes and the verifier key it is a whole proof.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from runner.merkle import checkpoint
from runner.merkle.encoding import from_text, to_text
from runner.merkle.keys import Verifier
from runner.merkle.tree import HASH_SIZE, inclusion_holds, leaf_hash
from runner.model.log import Checkpoint

MAX_PROOF = 32 * 1024
"""Bytes of a proof at most: the longest path of any log takes under 3 KB, its checkpoint under 16."""

_HEADER = "c2sp.org/tlog-proof@v1"
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,15})")
_LONGEST_PATH = 64


class BadProof(ValueError):
    """A text does not prove what it should; the message says why, and quotes nothing of it."""


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """Where a record stands, the hashes from its leaf to the root, and the signed checkpoint."""

    index: int
    path: tuple[bytes, ...]
    note: bytes


def inclusion_text(index: int, path: Sequence[bytes], note: bytes) -> str:
    """Return the proof that leaf ``index`` is in the tree which ``note`` (a checkpoint) signs."""
    return "\n".join([_HEADER, f"index {index}", *hashes(path), "", note.decode()])


def read_inclusion(data: bytes) -> InclusionProof:
    """Read a proof, without judging it. Raises ``BadProof``.

    ``extra`` data, which the format allows, is refused: it is signed by nobody.
    """
    if len(data) > MAX_PROOF:
        raise BadProof(f"it has more than {MAX_PROOF} bytes")
    try:
        head, separator, note = data.decode("utf-8").partition("\n\n")
    except UnicodeDecodeError:
        raise BadProof("it is not UTF-8") from None
    header, *lines = head.split("\n")
    if header != _HEADER or not separator:
        raise BadProof(f"it is no proof: it must begin with {_HEADER}, and hold a checkpoint")
    index = _INDEX.fullmatch(lines[0]) if lines else None
    if index is None:
        raise BadProof("its second line does not state the index of a record")
    if len(lines) - 1 > _LONGEST_PATH:
        raise BadProof("its path is longer than that of any log")
    return InclusionProof(int(index[1]), tuple(_hash(line) for line in lines[1:]), note.encode())


def prove(record: bytes, proof: InclusionProof, verifiers: Sequence[Verifier]) -> Checkpoint:
    """Return the checkpoint in which one of these keys vouches for exactly these bytes of a record.

    The keys are of one log. Raises ``BadProof``.
    """
    try:
        stated = checkpoint.read(proof.note, verifiers[0].name, verifiers)
    except checkpoint.BadCheckpoint as error:
        by = f": it is by key id {', '.join(error.strangers[:3])}" if error.strangers else ""
        raise BadProof(f"{error}{by}") from None
    if not inclusion_holds(proof.index, stated.size, leaf_hash(record), proof.path, stated.root):
        raise BadProof(f"the record is not number {proof.index} of the log that the checkpoint signs")
    return stated


def hashes(values: Sequence[bytes]) -> list[str]:
    """Return hashes as texts."""
    return [to_text(value) for value in values]


def _hash(line: str) -> bytes:
    try:
        value = from_text(line)
    except ValueError:
        value = b""
    if len(value) != HASH_SIZE:
        raise BadProof("its path holds a line that is not the base64 of 32 bytes")
    return value
