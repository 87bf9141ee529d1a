"""How an organisation is set up, for a person at a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from runner.reports.findings import counted, harmless
from runner.setup.check import Area, Check, Standing

_HEADINGS: Mapping[Area, str] = {
    Area.FILES: "The files",
    Area.GITHUB: "GitHub",
    Area.PLATFORM: "The platforms",
}
_MARKS: Mapping[Standing, str] = {
    Standing.WELL: "well",
    Standing.WRONG: "WRONG",
    Standing.NOT_CHECKED: "not checked",
}


def doctor_text(checks: Sequence[Check], asked: Sequence[Area]) -> str:
    """Return what was found, area by area, and the sums; areas that nobody asked about are named too."""
    lines = []
    for area in Area:
        lines += [_HEADINGS[area]]
        if area not in asked:
            lines += ["  not checked: not asked for (--only)"]
        for check in checks:
            if check.area is area:
                lines += _told(check)
        lines += [""]
    return "\n".join([*lines, _sums(checks)]) + "\n"


def _told(check: Check) -> Iterator[str]:
    yield f"  {_MARKS[check.standing]}: {harmless(check.subject)}: {harmless(check.what)}"
    if check.standing is not Standing.WELL:
        yield f"    why   {harmless(check.why)}"
        yield f"    next  {harmless(check.fix)}"


def _sums(checks: Sequence[Check]) -> str:
    count = Counter(check.standing for check in checks)
    return (
        f"{counted(count[Standing.WELL], 'check')} well, {count[Standing.WRONG]:,} wrong, "
        f"{count[Standing.NOT_CHECKED]:,} not checked"
    )
