"""What the formats of a list of findings share: the counts, and foreign text made harmless."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from runner.model.finding import Finding, Severity
from runner.model.text import printable, shorten

_LONGEST_TEXT = 1000


@dataclass(frozen=True, slots=True)
class Summary:
    """How many findings of each severity, in how many of the files that were looked at."""

    errors: int
    warnings: int
    notes: int
    files: int
    files_with_findings: int

    def __str__(self) -> str:
        """Return one line without an end, such as ``3 errors, 1 warning in 2 of 14 files``."""
        files = counted(self.files, "file")
        if not self.files_with_findings:
            return f"{files}, no findings"
        counts = ((self.errors, "error"), (self.warnings, "warning"), (self.notes, "note"))
        found = ", ".join(counted(count, noun) for count, noun in counts if count)
        return f"{found} in {self.files_with_findings} of {files}"


def summarise(findings: Sequence[Finding], files: int) -> Summary:
    """Count findings; ``files`` is how many were looked at."""
    by_severity = Counter(finding.severity for finding in findings)
    return Summary(
        errors=by_severity[Severity.ERROR],
        warnings=by_severity[Severity.WARNING],
        notes=by_severity[Severity.NOTE],
        files=files,
        files_with_findings=len({finding.file for finding in findings}),
    )


def harmless(text: str) -> str:
    """Return one bounded line that neither a terminal nor a CI runner obeys."""
    return shorten(printable(text), _LONGEST_TEXT)


def counted(count: int, noun: str, several: str = "") -> str:
    """Return a number and its noun; ``several`` is its plural where an s does not make it."""
    return f"{count:,} {noun if count == 1 else several or f'{noun}s'}"
