"""Regulation packs: the law as data, one entry a law, in the words of ``docs/formats.md``."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from runner.model.duration import Duration
from runner.model.json import JsonObject
from runner.model.settings import NOBODY, Quorum, Settings

EVERYWHERE = "*"

CARD_SAD = "card-sad"
"""The tag of recordings that hold sensitive authentication data of cards: such data goes at once."""

LONGEST_REVIEW = timedelta(days=400)
"""The longest time from one review of a pack to the next: a year, and some weeks to be late."""


class Layer(StrEnum):
    """Who speaks, in the order in which packs build on each other; a later one may only tighten."""

    CORE = "core"
    INDUSTRY = "industry"
    ORGANISATION = "organisation"

    @property
    def height(self) -> int:
        """How many layers lie below."""
        return tuple(Layer).index(self)


class Force(StrEnum):
    """What stands behind an entry. ``guidance`` only warns."""

    STATUTE = "statute"
    REGULATION = "regulation"
    STANDARD = "standard"
    GUIDANCE = "guidance"
    ORG_POLICY = "org-policy"

    @property
    def binds(self) -> bool:
        """Whether its minimum refuses and its maximum counts in a conflict."""
        return self is not Force.GUIDANCE


class ClockStart(StrEnum):
    """What starts the clock of a period."""

    INTERACTION_END = "interaction-end"
    END_OF_CALENDAR_YEAR = "end-of-calendar-year"
    EVENT = "event"


class Artefact(StrEnum):
    """What an interaction leaves behind, inside the platform and beyond it."""

    AUDIO = "audio"
    SCREEN = "screen"
    TRANSCRIPT = "transcript"
    ATTACHMENT = "attachment"
    ANALYTICS = "analytics"
    VOICEPRINT = "voiceprint"
    EXPORT = "export"
    BACKUP = "backup"


class Expect(StrEnum):
    """What an example says about itself: no finding, a warning of one rule, or an error of one rule."""

    PASS = "pass"  # noqa: S105 - the word of the format, not a password
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Scope:
    """What an entry applies to: every kind that is not ``None`` must match, by any of its values."""

    classifications: frozenset[str] | None
    interaction_types: frozenset[str] | None
    tags: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Retain:
    """The periods of an entry; ``None`` where the law states no number.

    ``by_artefact`` are minima of parts of the interaction, in the place of ``minimum``.
    """

    minimum: Duration | None = None
    maximum: Duration | None = None
    advised: Duration | None = None
    extendable_to: Duration | None = None
    by_artefact: Mapping[Artefact, Duration] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Example:
    """A tiny policy, or the path of a real one, and what shall be found in it.

    ``rule`` is empty for ``pass``. ``as_of`` is the day on which it is judged, ``None`` for the
    present one.
    """

    name: str
    expect: Expect
    rule: str
    as_of: date | None
    policy: JsonObject | None
    file: str | None


def covers(place: str, jurisdiction: str) -> bool:
    """Whether the law of a place is the law in a jurisdiction: ``EU`` covers ``EU-FR``, ``*`` everything."""
    return place in (EVERYWHERE, jurisdiction) or jurisdiction.startswith(f"{place}-")


@dataclass(frozen=True, slots=True)
class Regulation:
    """One entry of a pack.

    ``event`` says what starts the clock where an event does; ``approvals`` what the entry asks for
    beyond the settings, if anything.
    """

    id: str
    title: str
    force: Force
    jurisdictions: frozenset[str]
    citation: str
    effective_from: date | None
    effective_to: date | None
    scope: Scope
    clock: ClockStart
    event: str
    retain: Retain
    permanent: bool
    requires: tuple[str, ...]
    examples: tuple[Example, ...]
    approvals: Quorum = NOBODY

    @property
    def minimum_days(self) -> int | None:
        """The days from the end of the range (or the event) after which all of it may go."""
        return max(self._minima, default=None)

    @property
    def first_minimum_days(self) -> int | None:
        """The days after which a part of it may go, though a purge takes all parts together."""
        return min(self._minima, default=None)

    @property
    def maximum_days(self) -> int | None:
        """The days after which data must be gone."""
        return self.days(self.retain.maximum)

    @property
    def advised_days(self) -> int | None:
        """The days that are wiser than the minimum."""
        return self.days(self.retain.advised)

    @property
    def grounds(self) -> bool:
        """Whether it tells how long data is kept, by a number or by what a policy must name."""
        return bool(self.minimum_days is not None or self.maximum_days is not None or self.requires)

    @property
    def _minima(self) -> list[int]:
        stated = (self.retain.minimum, *self.retain.by_artefact.values())
        return [days for each in stated if (days := self.days(each)) is not None]

    def days(self, duration: Duration | None) -> int | None:
        """Return the worst case in days; a clock that starts with the year's end adds a year to it."""
        if duration is None:
            return None
        late = self.clock is ClockStart.END_OF_CALENDAR_YEAR
        return (duration.and_months(12) if late else duration).longest_days

    def in_force(self, day: date) -> bool:
        """Whether it applies on a day; both days of its period are included."""
        return (self.effective_from is None or self.effective_from <= day) and (
            self.effective_to is None or day <= self.effective_to
        )

    def reaches(self, jurisdiction: str) -> bool:
        """Whether it is the law there, or in a part of it."""
        return any(covers(place, jurisdiction) or covers(jurisdiction, place) for place in self.jurisdictions)


@dataclass(frozen=True, slots=True)
class Resolution:
    """A conflict that people have settled: the minimum of one entry prevails over the maximum of another."""

    minimum: str
    maximum: str


@dataclass(frozen=True, slots=True)
class Waiver:
    """Leave to be laxer than an entry of a lower layer. ``expires`` is its last day."""

    entry: str
    expires: date


@dataclass(frozen=True, slots=True)
class RegulationPack:
    """One valid RegulationPack document.

    ``jurisdictions`` and ``tags`` are its vocabulary, ``settings`` what it states of them.
    """

    name: str
    layer: Layer
    reviewed_on: date
    next_review_by: date
    jurisdictions: frozenset[str]
    tags: frozenset[str]
    regulations: tuple[Regulation, ...]
    resolutions: tuple[Resolution, ...]
    settings: Settings = field(default_factory=Settings)
    waivers: tuple[Waiver, ...] = ()

    def waives(self, entry: str, day: date) -> bool:
        """Whether an entry of its own stands, on a day, in the place of one of a lower layer.

        A waiver that would last longer than the pack may go without a review counts for nothing.
        """
        latest = self.reviewed_on + LONGEST_REVIEW
        return any(each.entry == entry and day <= each.expires <= latest for each in self.waivers) and any(
            own.id == entry for own in self.regulations
        )


@dataclass(frozen=True, slots=True)
class Traits:
    """What the law asks about the data of a policy. Jurisdictions that it does not state are ``None``."""

    classification: str
    interaction_type: str
    jurisdictions: Collection[str] | None
    tags: Collection[str]
