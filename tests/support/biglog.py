"""A log of any length in a bare repository, as years of runs would have left it, made in seconds.

The commits are the product's own, snapshots included; only git is spared: one ``fast-import`` takes
them all, where a run would start ten programs for each.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from support.auditdrafts import Drafting
from support.faketime import START
from support.gitworld import ORIGIN, RUNNER

from runner.audit.leaves import Leaves
from runner.audit.records import canonical, opened
from runner.audit.snapshot import drafted
from runner.audit.trust import Trust
from runner.branch.ledger import Ledger
from runner.branch.writer import NOTHING, Base, Extension, Writer
from runner.merkle.keys import Signer
from runner.model.log import Draft, Record
from runner.model.time import format_instant

BRANCH = b"refs/heads/audit/sandbox"
NAMED = b"purgectl <purgectl@invalid> %d +0000" % START.timestamp()


def big_log(origin: Path, signer: Signer, size: int) -> None:
    """Fill the branch of a bare repository that has none with at least ``size`` records.

    They tell of purges that were carried out and counted again, one push for each, and of every
    snapshot that was due.
    """
    importing = ["git", "fast-import", "--quiet", "--done"]
    with subprocess.Popen(importing, cwd=origin, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        for extension in _pushes(signer, size):
            _write(process.stdin, extension)
        process.stdin.write(b"done\n")
    assert process.returncode == 0


def _pushes(signer: Signer, size: int) -> Iterator[Extension]:
    ledger, writer = Ledger(Trust(ORIGIN, "sandbox", (signer.verifier,))), Writer(signer, ())
    drafts: Sequence[Draft] = [opened(ORIGIN, "sandbox", [str(signer.verifier)], [], RUNNER, START)]
    number = 0
    while True:
        have, snapshot = ledger.tree.size, ledger.due_summary()
        if snapshot is not None:
            drafts = [drafted(ORIGIN, have, snapshot, START), *drafts]
        records = [_record(have + place, draft) for place, draft in enumerate(drafts)]
        base = Base(ledger.tree, ledger.whereabouts, {}, {})
        yield writer.extend(base, records, NOTHING, START, snapshot)
        if not have:
            ledger.signatures.open(records[0].data)
        for record in records:
            ledger.take(record.index, record.data)
        ledger.records = Leaves()
        if ledger.tree.size >= size:
            return
        intent = ledger.tree.size + (ledger.due_summary() is not None)
        drafts = _purge(f"p-{number}", intent)
        number += 1


def _purge(name: str, intent: int) -> list[Draft]:
    about = Drafting(policy=name, intent=intent)
    job = f"job-{intent}"
    return [about.intended(), about.submitted(job), about.ended(job=job), about.verified()]


def _record(index: int, draft: Draft) -> Record:
    """Spare the check that ``take`` makes of it anyway."""
    own = {"v": 1, "id": draft.id, "type": draft.type.value, "at": format_instant(draft.at)}
    body = {**draft.fields, **own}
    return Record(index, canonical(body), body)


def _write(stream: IO[bytes], extension: Extension) -> None:
    """Write one commit on top of the one before (git-fast-import(1))."""
    message = extension.message.encode()
    stream.write(b"commit %s\ncommitter %s\ndata %d\n%s" % (BRANCH, NAMED, len(message), message))
    for path, data in extension.changes.items():
        if data is None:
            stream.write(b"D %s\n" % path.encode())
        else:
            stream.write(b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(data), data))
    stream.write(b"\n")
