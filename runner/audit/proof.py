"""Proofs as texts that leave the log: one record, its audit path, and a signed checkpoint.

Source: C2SP ``tlog-proof.md``. With the record's bytes and the verifier key it is a whole proof.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence

_HEADER = "c2sp.org/tlog-proof@v1"


def inclusion_text(index: int, path: Sequence[bytes], note: bytes) -> str:
    """Return the proof that leaf ``index`` is in the tree which ``note`` (a checkpoint) signs."""
    return "\n".join([_HEADER, f"index {index}", *hashes(path), "", note.decode()])


def hashes(values: Sequence[bytes]) -> list[str]:
    """Return hashes as base64, the form that every file of the log uses."""
    return [base64.b64encode(value).decode() for value in values]
