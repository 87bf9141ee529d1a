"""The purges of a log as CSV, for a spreadsheet (RFC 4180)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from runner.audit.trail import Trail
from runner.model.json import Json
from runner.model.log import Checkpoint
from runner.model.text import printable
from runner.reports.export import COLUMNS, rows

_OBEYED = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What makes a spreadsheet take a text for a formula; the last four are their full-width forms."""


def export_csv(found: Iterable[Trail], checkpoint: Checkpoint) -> str:
    """Return a header and one line a purge, each ended by CR and LF.

    A list is joined by spaces; what no record says is an empty cell, and 0 is 0. No cell can become
    a formula, and none holds a line break or a control character.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows(found, checkpoint):
        writer.writerow(_cell(row[name]) for name in COLUMNS)
    return out.getvalue()


def _cell(value: Json) -> str:
    if value is None:
        return ""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return " ".join(map(_cell, value))
    shown = printable(str(value))
    return f"'{shown}" if shown.lstrip().startswith(_OBEYED) else shown
