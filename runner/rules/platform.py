"""The rule about what the platform deletes by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from runner.model.finding import Fault, Severity
from runner.model.regulation import ClockStart, Regulation
from runner.model.rule import Phase, Rule
from runner.rules.pack_entries import cited

PLT_001 = Rule(
    id="PLT-001",
    title="The platform deletes nothing that must be kept",
    severity=Severity.ERROR,
    phase=Phase.SETUP,
    basis="Genesys Cloud, maximum interaction data retention: what is older goes, whatever a policy says",
    hint="raise the platform's maximum in Genesys Cloud; once set, it can never be removed",
)


@dataclass(frozen=True, slots=True)
class PlatformMaximum:
    """After how many days the platform deletes by itself; ``None`` means never.

    ``scope`` is how an administrator knows the setting. ``interaction_types`` are those that it is
    about, ``None`` for all.
    """

    scope: str
    interaction_types: frozenset[str] | None
    days: int | None

    def concerns(self, entry: Regulation) -> bool:
        """Whether it deletes data that an entry is about."""
        theirs = entry.scope.interaction_types
        return (
            self.interaction_types is None or theirs is None or not theirs.isdisjoint(self.interaction_types)
        )


def deletes_nothing_early(
    maxima: Iterable[PlatformMaximum] | None, entries: Iterable[Regulation]
) -> Iterator[Fault]:
    """PLT-001: no platform maximum is shorter than a minimum of the entries in use on a target.

    ``maxima`` is ``None`` when the platform does not show its settings. A guidance only warns, and so
    does a period that an event starts later than the platform's own.
    """
    if maxima is None:
        yield PLT_001.fault(
            "",
            "the platform does not show after how many days it deletes by itself",
            hint="give the credential the permission to read the retention settings",
        )
        return
    keeping = [(entry, days) for entry in entries if (days := entry.minimum_days)]
    for setting in maxima:
        short = [each for each in keeping if setting.concerns(each[0]) and _destroys(setting, *each)]
        if short:
            entry, days = max(short, key=lambda each: (_refuses(setting, *each), each[1]))
            yield PLT_001.fault(
                "",
                f"{setting.scope}: the platform deletes after {setting.days} days by itself, and "
                f"{entry.title} is kept at least {days} days{_since(entry)}",
                severity=Severity.ERROR if _refuses(setting, entry, days) else Severity.WARNING,
                basis=cited([entry]),
            )


def _destroys(setting: PlatformMaximum, entry: Regulation, days: int) -> bool:
    if setting.days is None:
        return False
    return setting.days < days or entry.clock is ClockStart.EVENT


def _refuses(setting: PlatformMaximum, entry: Regulation, days: int) -> bool:
    return entry.force.binds and setting.days is not None and setting.days < days


def _since(entry: Regulation) -> str:
    return f" after {entry.event}" if entry.clock is ClockStart.EVENT else ""
