"""Proofs as texts that leave the log: one record, its audit path, and a signed checkpoint.

Source: C2SP ``tlog-proof.md``. With the record's bytes and the verifier key it is a whole proof.
"""

from __future__ import annotations

from collections.abc import Sequence

from runner.audit.encoding import to_text

_HEADER = "c2sp.org/tlog-proof@v1"


def inclusion_text(index: int, path: Sequence[bytes], note: bytes) -> str:
    """Return the proof that leaf ``index`` is in the tree which ``note`` (a checkpoint) signs."""
    return "\n".join([_HEADER, f"index {index}", *hashes(path), "", note.decode()])


def hashes(values: Sequence[bytes]) -> list[str]:
    """Return hashes as texts."""
    return [to_text(value) for value in values]
