"""One thing that must be so around a purge, and how it stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from runner.errors import ExitCode


class Area(StrEnum):
    """Who is asked: the files on disk, GitHub, or the platforms of the targets."""

    FILES = "files"
    GITHUB = "github"
    PLATFORM = "platform"


class Standing(StrEnum):
    """How it stands. What could not be looked at is never called well."""

    WELL = "well"
    WRONG = "wrong"
    NOT_CHECKED = "not-checked"


@dataclass(frozen=True, slots=True)
class Check:
    """One check. ``id`` never changes; ``subject`` is what was looked at.

    ``what`` is what was found, ``why`` says what it matters, and ``fix`` is the setting or the call
    that mends it; both are empty where all is well. All but ``id`` may quote foreign text.
    """

    id: str
    area: Area
    subject: str
    standing: Standing
    what: str
    why: str = ""
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Requirement:
    """What must be so, and why; it makes the checks that say whether it is."""

    id: str
    area: Area
    why: str

    def well(self, subject: str, what: str) -> Check:
        """Say that it is so."""
        return Check(self.id, self.area, subject, Standing.WELL, what)

    def wrong(self, subject: str, what: str, fix: str) -> Check:
        """Say that it is not so."""
        return Check(self.id, self.area, subject, Standing.WRONG, what, self.why, fix)

    def not_checked(self, subject: str, what: str, fix: str) -> Check:
        """Say that nobody could look, and what would let somebody."""
        return Check(self.id, self.area, subject, Standing.NOT_CHECKED, what, self.why, fix)


def exit_code(checks: Iterable[Check]) -> ExitCode:
    """Return 3 when anything is wrong, 9 when something could not be looked at, and else 0."""
    standings = {check.standing for check in checks}
    if Standing.WRONG in standings:
        return ExitCode.REFUSED
    if Standing.NOT_CHECKED in standings or not standings:
        return ExitCode.NOT_VERIFIED
    return ExitCode.OK
