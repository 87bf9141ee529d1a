"""The next commit of a log, as values: nothing here leaves the process."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from runner.audit import checkpoint, layout, outbox
from runner.audit.derived import frontier_file
from runner.audit.keys import Signer
from runner.audit.outbox import Occasion
from runner.audit.tree import Tree, leaf_hash
from runner.model.log import Checkpoint, Record
from runner.model.notice import Notice
from runner.model.target import Webhook


@dataclass(frozen=True, slots=True)
class Base:
    """The verified state that is extended. ``newest`` and ``delivered`` are as in ``Derived``."""

    tree: Tree
    newest: dict[str, int]
    delivered: frozenset[tuple[str, int]]
    outbox: dict[tuple[str, int], Notice]


EMPTY = Base(Tree(), {}, frozenset(), {})


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
        settled: Sequence[Notice],
        attempted: Sequence[Notice],
        now: datetime,
    ) -> Extension:
        """Build the next commit. Raises ``ValueError`` for a settled notice that no record delivers.

        Settled and attempted notices that have left the outbox meanwhile are no longer its concern.
        """
        changes = _outbox_changes(base, records, settled, attempted)
        if records:
            changes |= self._growth(base, records, now)
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
        newest = dict(base.newest)
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


def _outbox_changes(
    base: Base, records: Sequence[Record], settled: Sequence[Notice], attempted: Sequence[Notice]
) -> dict[str, bytes | None]:
    delivered = base.delivered | {key for record in records for key in outbox.deliveries(record)}
    changes: dict[str, bytes | None] = {}
    for notice in attempted:
        pending = base.outbox.get((notice.endpoint, notice.index))
        if pending is not None and pending.attempts < notice.attempts:
            tried = replace(notice, body=pending.body)
            changes[layout.outbox_path(notice.endpoint, notice.index)] = outbox.entry(tried)
    for notice in settled:
        key = (notice.endpoint, notice.index)
        if key not in delivered:
            raise ValueError(f"notice {key} is settled, but no record says that it was delivered")
        if key in base.outbox:
            changes[layout.outbox_path(*key)] = None
    return changes


def _message(records: Sequence[Record]) -> str:
    if not records:
        return "Update the outbox\n"
    subject = f"{records[0].type.value}" + (f" and {len(records) - 1} more" if len(records) > 1 else "")
    trailers = "".join(f"Record-Id: {record.id}\n" for record in records)
    return f"{subject}\n\n{trailers}"
