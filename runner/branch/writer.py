"""The next commit of a log, as values: nothing here leaves the process."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from runner.audit import layout, outbox
from runner.audit.outbox import Occasion
from runner.branch.derived import frontier_file
from runner.branch.whereabouts import Key, Whereabouts
from runner.merkle import checkpoint
from runner.merkle.keys import Signer
from runner.merkle.tree import Tree, leaf_hash
from runner.model.log import Checkpoint, Record, RecordType
from runner.model.notice import Notice
from runner.model.target import Webhook


@dataclass(frozen=True, slots=True)
class Base:
    """The verified state that is extended; ``outbox`` and ``dead`` are the files there by their key."""

    tree: Tree
    whereabouts: Whereabouts
    outbox: dict[Key, Notice]
    dead: dict[Key, Notice]


EMPTY = Base(Tree(), Whereabouts(), {}, {})


@dataclass(frozen=True, slots=True)
class Posting:
    """What an append does to notices, each as in ``ports.LogStore.append``."""

    settled: tuple[Notice, ...] = ()
    attempted: tuple[Notice, ...] = ()
    dead: tuple[Notice, ...] = ()
    replayed: tuple[Notice, ...] = ()


NOTHING = Posting()


@dataclass(frozen=True, slots=True)
class Extension:
    """What one push carries: the files that differ (``None`` deletes), and the commit's message."""

    changes: dict[str, bytes | None]
    message: str


@dataclass(frozen=True, slots=True)
class Writer:
    """Signs for one log and addresses its notices."""

    signer: Signer
    endpoints: tuple[Webhook, ...]

    def extend(
        self,
        base: Base,
        records: Sequence[Record],
        posting: Posting,
        now: datetime,
        snapshot: bytes | None = None,
    ) -> Extension:
        """Build the next commit. Raises ``ValueError`` for a notice that leaves without a record of it.

        ``snapshot`` is the file of which the first record tells.

        Notices that have left the outbox meanwhile, or were tried or replayed by somebody else, are no
        longer its concern.
        """
        changes = _moves(base, records, posting)
        if records:
            changes |= self._growth(base, records, now)
        if snapshot is not None:
            changes[layout.SNAPSHOT] = snapshot
        return Extension(changes, _message(records))

    def _growth(self, base: Base, records: Sequence[Record], now: datetime) -> dict[str, bytes | None]:
        tree = base.tree.copy()
        for record in records:
            tree.append(leaf_hash(record.data))
        note = checkpoint.sign(Checkpoint(self.signer.name, tree.size, tree.root()), self.signer)
        changes: dict[str, bytes | None] = {
            layout.record_path(record.index): record.data for record in records
        }
        changes |= {layout.CHECKPOINT: note, layout.FRONTIER: frontier_file(tree)}
        newest = dict(base.whereabouts.newest)
        for webhook, record in outbox.addressed(records, self.endpoints):
            occasion = Occasion(note, tree.size, newest.get(webhook.id, 0))
            newest[webhook.id] = tree.size
            body = outbox.body(self.signer.name, record, tree, occasion)
            notice = Notice(webhook.id, record.index, record.id, body, now, 0, "", None)
            changes[layout.outbox_path(webhook.id, record.index)] = outbox.entry(notice)
            changes[layout.newest_path(webhook.id)] = outbox.newest(tree.size)
        if not base.tree.size:
            changes |= {layout.ATTRIBUTES: layout.ATTRIBUTES_TEXT, layout.README: layout.README_TEXT}
        return changes


def _moves(base: Base, records: Sequence[Record], posting: Posting) -> dict[str, bytes | None]:
    """Return the changes below ``outbox/`` and ``dead/``."""
    _require_named(posting.settled, base.whereabouts.delivered | _told(records, RecordType.NOTICE_DELIVERED))
    _require_named(posting.dead, base.whereabouts.given_up | _told(records, RecordType.NOTICE_DEAD))
    begun_anew = _told(records, RecordType.NOTICE_REPLAYED)
    changes: dict[str, bytes | None] = {}
    for notice in posting.attempted:
        pending = base.outbox.get(notice.key)
        if pending is not None and _is_newer(notice, pending):
            changes[layout.outbox_path(*notice.key)] = outbox.entry(replace(notice, body=pending.body))
    for notice in posting.dead:
        pending = base.outbox.get(notice.key)
        if pending is not None and pending.enqueued_at == notice.enqueued_at:
            changes[layout.outbox_path(*notice.key)] = None
            changes[layout.dead_path(*notice.key)] = outbox.entry(replace(notice, body=pending.body))
    for notice in posting.settled:
        changes |= dict.fromkeys(_files(base, notice.key))
    for notice in posting.replayed:
        if notice.key in begun_anew:
            changes |= dict.fromkeys(_files(base, notice.key))
            changes[layout.outbox_path(*notice.key)] = outbox.entry(notice)
    return changes


def _files(base: Base, key: Key) -> list[str]:
    """Return where a notice lies now."""
    places = ((layout.outbox_path(*key), base.outbox), (layout.dead_path(*key), base.dead))
    return [path for path, there in places if key in there]


def _told(records: Sequence[Record], kind: RecordType) -> set[Key]:
    return {key for record in records if record.type is kind for key in outbox.told(record)}


def _require_named(notices: Sequence[Notice], named: set[Key]) -> None:
    for notice in notices:
        if notice.key not in named:
            raise ValueError(f"notice {notice.key} leaves the outbox, but no record says why")


def _is_newer(notice: Notice, pending: Notice) -> bool:
    """Whether an attempt is newer than what the outbox knows; one from before a replay is not."""
    if notice.enqueued_at != pending.enqueued_at:
        return False
    return pending.last_at is None or (notice.last_at is not None and notice.last_at > pending.last_at)


def _message(records: Sequence[Record]) -> str:
    if not records:
        return "Update the outbox\n"
    subject = f"{records[0].type.value}" + (f" and {len(records) - 1} more" if len(records) > 1 else "")
    trailers = "".join(f"Record-Id: {record.id}\n" for record in records)
    return f"{subject}\n\n{trailers}"
