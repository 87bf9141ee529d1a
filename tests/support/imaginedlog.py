"""A log in memory, and the machines that write it (``ports.LogStore``, ``ports.Spool``).

What the log allows and what it means is the product's own fold; how it is kept, pushed and signed is
tested elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from support.faketime import FakeTime
from support.gitworld import ORIGIN, RUNNER
from support.journey import EVENTS

from runner.audit.records import encode, opened, parse
from runner.audit.state import IllegalRecord, follow
from runner.errors import LogBroken, Refused, RemoteFailure
from runner.model.fields import entries, number, text
from runner.model.log import Appended, Checkpoint, Draft, Log, Record, RecordType, Spooled
from runner.model.notice import Notice
from runner.model.purge import Purge

Key = tuple[str, int]
"""A notice's endpoint and index."""


class Branch:
    """The log on its remote. ``lies`` makes it fail to verify; ``cut`` is what was taken off its end."""

    def __init__(self, clock: FakeTime) -> None:
        self.records: list[Record] = []
        self.purges: dict[str, Purge] = {}
        self.outbox: dict[Key, Notice] = {}
        self.dead: dict[Key, Notice] = {}
        self.lies = False
        self.cut: list[Record] = []
        self._add(
            [parse(0, encode(opened(ORIGIN, "sandbox", ["key"], [], RUNNER, clock.now())))], clock.now()
        )

    def log(self) -> Log:
        beats = [record.at for record in self.records if record.type is RecordType.LOG_HEARTBEAT]
        return Log(
            tip=f"{len(self.records):040x}",
            checkpoint=Checkpoint(ORIGIN, len(self.records), bytes(32)),
            purges=dict(self.purges),
            baseline={},
            newest_at=max(record.at for record in self.records),
            heartbeat_at=max(beats, default=None),
            records=tuple(self.records),
            outbox=tuple(self.outbox[key] for key in sorted(self.outbox)),
            dead=tuple(self.dead[key] for key in sorted(self.dead)),
        )

    def append(self, drafts: Sequence[Draft], now: datetime) -> tuple[list[Record], list[str]]:
        """Add what is new and may follow; return it, and the ids that were there already."""
        known = {record.id for record in self.records}
        new = [draft for draft in drafts if draft.id not in known]
        records = [parse(len(self.records) + place, encode(draft)) for place, draft in enumerate(new)]
        self._add(records, now)
        return records, [draft.id for draft in drafts if draft.id in known]

    def _add(self, records: Sequence[Record], now: datetime) -> None:
        purges = dict(self.purges)
        try:
            for record in records:
                purge = follow(purges, ORIGIN, record)
                if purge is not None:
                    purges[purge.id] = purge
        except IllegalRecord as error:
            raise Refused(f"the log has moved on, and a record {error}") from None
        self.purges = purges
        self.records += records
        for record in records:
            if record.type.value in EVENTS:
                notice = Notice("governance", record.index, record.id, record.data, now, 0, "", None)
                self.outbox[notice.endpoint, notice.index] = notice


@dataclass
class Machine:
    """A runner's disk: it remembers the newest log that it has seen, and keeps a spool."""

    name: str
    clock: FakeTime
    seen: list[str] = field(default_factory=list)
    kept: dict[str, tuple[Draft, ...]] = field(default_factory=dict)

    def keep(self, drafts: Sequence[Draft]) -> str:
        name = f"{len(self.kept)}-{drafts[0].id}"
        self.kept[name] = tuple(drafts)
        return name

    def drop(self, name: str) -> None:
        self.kept.pop(name, None)

    def pending(self) -> tuple[Spooled, ...]:
        return tuple(Spooled(name, drafts) for name, drafts in self.kept.items())

    def submitted(self) -> list[Draft]:
        """The drafts in the spool that tell of a job."""
        drafts = [draft for kept in self.kept.values() for draft in kept]
        return [draft for draft in drafts if draft.type is RecordType.SUBMITTED]


@dataclass
class Store:
    """``ports.LogStore`` on one machine. ``broken`` says what becomes of the next pushes.

    ``on_append`` is what happens right after a record of a kind has landed.
    """

    branch: Branch
    machine: Machine
    broken: list[str]
    on_append: Mapping[str, Callable[[], None]] = field(default_factory=dict)

    def load(self) -> Log:
        ids = [record.id for record in self.branch.records]
        if self.branch.lies:
            raise LogBroken("a record was changed")
        if ids[: len(self.machine.seen)] != self.machine.seen:
            raise LogBroken("the branch was rolled back")
        self.machine.seen = ids
        return self.branch.log()

    def append(
        self,
        drafts: Sequence[Draft],
        *,
        settled: Sequence[Notice] = (),
        attempted: Sequence[Notice] = (),
        dead: Sequence[Notice] = (),
        replayed: Sequence[Notice] = (),
    ) -> Appended:
        self.load()
        fault = self.broken.pop(0) if self.broken else ""
        if fault == "refused":
            raise RemoteFailure("the remote does not take the push")
        landed, known = self.branch.append(drafts, self.machine.clock.now())
        for record in landed:
            self.on_append.get(record.type.value, _nothing)()
        outbox, over = self.branch.outbox, self.branch.dead
        for notice in attempted:
            if notice.key in outbox and outbox[notice.key].attempts < notice.attempts:
                outbox[notice.key] = notice
        for notice in settled:
            outbox.pop(notice.key, None)
        for notice in dead:
            if outbox.pop(notice.key, None) is not None:
                over[notice.key] = notice
        for notice in replayed:
            over.pop(notice.key, None)
            outbox[notice.key] = replace(
                notice, attempts=0, last_result="", last_at=None, next_attempt_at=None
            )
        if fault == "unanswered":
            raise RemoteFailure("the push was not answered in five minutes")
        return Appended(self.load(), tuple(landed), tuple(known))


def _nothing() -> None:
    return


def fates(records: Sequence[Record]) -> dict[Key, str]:
    """What the log says of every notice: pending, delivered or dead."""
    found = {("governance", r.index): "pending" for r in records if r.type.value in EVENTS}
    for record in records:
        kind, _, fate = record.type.value.partition(".")
        if kind == "notice":
            for told in entries(record.body, "deliveries" if fate == "delivered" else "notices"):
                key = (text(told, "endpoint"), number(told, "index"))
                found[key] = "pending" if fate == "replayed" else fate
    return found
