"""The trail of a purge: every record about it, in order, and what they come to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from runner.audit.state import follow
from runner.model.fields import number
from runner.model.log import Record, RecordType
from runner.model.purge import Purge


@dataclass(frozen=True, slots=True)
class Trail:
    """One purge of a log: its fold, and its records in the order of the log."""

    purge: Purge
    records: tuple[Record, ...]

    def newest(self, *kinds: RecordType) -> Record | None:
        """Return the newest record of these kinds about the newest attempt, ``None`` if there is none."""
        attempt = self.purge.attempt
        found = (
            r for r in reversed(self.records) if r.type in kinds and number(r.body, "attempt") == attempt
        )
        return next(found, None)

    @property
    def intent(self) -> Record | None:
        """The newest ``purge.intended``."""
        return self.newest(RecordType.INTENDED)

    @property
    def end(self) -> Record | None:
        """How the job ended, as the platform told it."""
        return self.newest(RecordType.COMPLETED, RecordType.FAILED, RecordType.CANCELLED)

    @property
    def refusals(self) -> tuple[Record, ...]:
        """Every ``purge.refused``, at selection and at submission."""
        return tuple(record for record in self.records if record.type is RecordType.REFUSED)


def trails(origin: str, records: Iterable[Record]) -> Mapping[str, Trail]:
    """Return the trail of every purge by its id, in the order in which each was first heard of.

    Raises ``IllegalRecord`` where the records do not follow one another.
    """
    purges: dict[str, Purge] = {}
    about: defaultdict[str, list[Record]] = defaultdict(list)
    for record in records:
        purge = follow(purges, origin, record)
        if purge is not None:
            purges[purge.id] = purge
            about[purge.id].append(record)
    return {key: Trail(purge, tuple(about[key])) for key, purge in purges.items()}
