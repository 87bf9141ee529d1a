"""The synthetic interactions: a pure function of a seed, the same on every machine and version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from uuid import UUID

ATTRIBUTES = ("department", "retention_status", "region", "queue", "compliance_class")


@dataclass(frozen=True, slots=True)
class Interaction:
    """One interaction. ``started_at`` counts milliseconds since 1970-01-01T00:00:00Z."""

    id: str
    type: str
    started_at: int
    classification: str
    department: str
    retention_status: str
    region: str
    queue: str
    compliance_class: str


def _milliseconds(year: int) -> int:
    return int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) * 1000


def _spread(percent: Mapping[str, int]) -> tuple[str, ...]:
    """A hundred slots, so that a number from 0 to 99 picks a name by its share."""
    return tuple(name for name, share in percent.items() for _ in range(share))


FIRST = _milliseconds(2014)
LAST = _milliseconds(2026) - 1

_TYPES = _spread({"voice": 48, "email": 18, "chat": 14, "callback": 8, "sms": 7, "social": 5})
_CLASSIFICATIONS = _spread({"public": 5, "internal": 25, "confidential": 30, "pii": 25, "hipaa": 15})
_DEPARTMENTS = _spread({"billing": 16, "service": 25, "claims": 20, "sales": 14, "collections": 25})
_REGIONS = _spread({"us-east": 40, "us-west": 30, "eu-west": 30})
_QUEUES = {
    "billing": ("billing-1", "billing-2"),
    "claims": ("claims-1",),
    "sales": ("sales-1",),
    "service": ("service-1", "service-2"),
    "collections": ("collections-1",),
}
_STATUSES_OLD = _spread({"expired": 80, "active": 20})
_STATUSES_NEW = _spread({"expired": 10, "active": 90})
_CLASSES_OLD = _spread({"archived": 70, "current": 30})
_CLASSES_NEW = _spread({"archived": 10, "current": 90})
_OLD_STATUS_BEFORE = _milliseconds(2019)
_OLD_CLASS_BEFORE = _milliseconds(2022)


def generate(seed: int, size: int) -> Iterator[Interaction]:
    """Yield ``size`` interactions from 2014 to 2025; a longer run begins with the shorter one.

    Every value is drawn from a hash of seed and position, because a library's random generator
    may change between versions.
    """
    for position in range(size):
        yield _interaction(blake2b(f"{seed}:{position}".encode(), digest_size=38).digest())


def _interaction(draw: bytes) -> Interaction:
    def pick(slots: tuple[str, ...], at: int) -> str:
        return slots[int.from_bytes(draw[at : at + 2], "big") % len(slots)]

    started_at = FIRST + int.from_bytes(draw[16:24], "big") % (LAST - FIRST + 1)
    department = pick(_DEPARTMENTS, 24)
    return Interaction(
        id=str(UUID(bytes=draw[:16], version=4)),
        type=pick(_TYPES, 26),
        started_at=started_at,
        classification=pick(_CLASSIFICATIONS, 28),
        department=department,
        retention_status=pick(_STATUSES_OLD if started_at < _OLD_STATUS_BEFORE else _STATUSES_NEW, 30),
        region=pick(_REGIONS, 32),
        queue=pick(_QUEUES[department], 34),
        compliance_class=pick(_CLASSES_OLD if started_at < _OLD_CLASS_BEFORE else _CLASSES_NEW, 36),
    )
