"""The verdict on a purge: whether what was selected is gone."""

from __future__ import annotations

from enum import StrEnum


class Verdict(StrEnum):
    """``PASS`` is never given without a second count."""

    PASS = "PASS"  # noqa: S105 - a verdict
    FAIL = "FAIL"
    UNKNOWN = "UNKNOWN"
