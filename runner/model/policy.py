"""A policy: one reviewed purge order, and the part of it that selects interactions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

from runner.model.json import JsonObject

FilterValue: TypeAlias = "str | int | bool | tuple[str | int | bool, ...]"


class InteractionType(StrEnum):
    """The six interaction types of the article's API, and all of them at once.

    ``any`` is for a policy on a platform that cannot tell types apart, never for a hold or a law.
    """

    VOICE = "voice"
    EMAIL = "email"
    CHAT = "chat"
    CALLBACK = "callback"
    SMS = "sms"
    SOCIAL = "social"
    ANY = "any"


EACH_TYPE = tuple(kind for kind in InteractionType if kind is not InteractionType.ANY)
"""The types that an interaction itself can have."""


class Dimension(StrEnum):
    """What the platform itself knows of an interaction, in the words of ``filters.dimensions``.

    All but ``direction``, ``address`` and ``messageType`` have the platform's ids for values.
    """

    QUEUE = "queue"
    DIVISION = "division"
    DIRECTION = "direction"
    WRAP_UP_CODE = "wrapUpCode"
    USER = "user"
    EXTERNAL_CONTACT = "externalContact"
    ADDRESS = "address"
    MESSAGE_TYPE = "messageType"


class Classification(StrEnum):
    """Data classes, from harmless to most protected."""

    PUBLIC = "public"
    INTERNAL = "internal"
    CONFIDENTIAL = "confidential"
    PII = "pii"
    HIPAA = "hipaa"


class PurgeType(StrEnum):
    """``permanent`` cannot be taken back; ``soft`` can, within the grace period."""

    PERMANENT = "permanent"
    SOFT = "soft"


class Mode(StrEnum):
    """``observe`` plans and counts, and never spends the name."""

    ENFORCE = "enforce"
    OBSERVE = "observe"


@dataclass(frozen=True, slots=True)
class DateRange:
    """A half-open range of instants; the texts are what the officer wrote and what is sent.

    ``end`` is exclusive: one millisecond after the inclusive end that the file declares.
    """

    start: datetime
    end: datetime
    start_text: str
    end_text: str

    def intersects(self, other: DateRange) -> bool:
        """Whether one instant lies in both ranges."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Selection:
    """What a policy matches on its target: every condition must hold.

    ``attributes`` maps the name of an attribute, which the organisation invents, to the value, or to
    the values of which any will do; ``dimensions`` maps a ``Dimension`` to such values.
    """

    target: str
    interaction_type: InteractionType
    date_range: DateRange
    attributes: Mapping[str, FilterValue]
    dimensions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def narrowed(self) -> bool:
        """Whether a filter is written at all; one that lets everything through is written too."""
        return bool(self.attributes or self.dimensions)


@dataclass(frozen=True, slots=True)
class Expected:
    """The count that reviewers approved, and how far the real one may differ, in percent."""

    count: int
    tolerance_percent: int


@dataclass(frozen=True, slots=True)
class RetentionTrigger:
    """The event from which retention runs where the end of the interaction does not start it."""

    event: str
    date: date
    evidence: str


@dataclass(frozen=True, slots=True)
class PurgePolicy:
    """One valid PurgePolicy document (``docs/formats.md`` section 1).

    ``body`` is the document as written, for the log; the typed fields are what code reads.
    ``retention_days`` and ``max_interactions`` are whole numbers, ``grace_days`` counts days.
    ``include_sensitive`` is whether recordings that the platform marks as sensitive go too, ``None``
    where the policy does not say.
    """

    name: str
    owner: str
    revision: int
    selection: Selection
    retention_days: int
    classification: Classification
    purge_type: PurgeType
    reason: str
    max_interactions: int
    mode: Mode
    expected: Expected | None
    retention_trigger: RetentionTrigger | None
    grace_days: int | None
    supersedes: str | None
    body: JsonObject
    include_sensitive: bool | None = None

    @property
    def allow_unfiltered(self) -> bool:
        """Whether the policy admits that it has no filter."""
        return self.body.get("allowUnfiltered") is True

    @property
    def target(self) -> str:
        """The name of the target on which this policy runs."""
        return self.selection.target

    @property
    def eligible_at(self) -> datetime:
        """The first instant at which everything selected is old enough (RET-003)."""
        return eligible_at(self.selection.date_range.end, self.retention_days, self.retention_trigger)


def eligible_at(end: datetime, retention_days: int, trigger: RetentionTrigger | None) -> datetime:
    """When a range that ends (exclusively) at ``end`` may be purged.

    Retention runs from the end of the range, or from the end of the trigger's day in the last
    time zone on Earth (UTC-12) if that is later. What lies past the year 9999 is never: the last
    instant that a clock can show.
    """
    try:
        start = end
        if trigger is not None:
            day = datetime.combine(trigger.date, datetime.min.time(), tzinfo=UTC)
            start = max(end, day + timedelta(hours=36))
        return start + timedelta(days=retention_days)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)
