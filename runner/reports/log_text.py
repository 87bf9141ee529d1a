"""Records for a person at a terminal: one line each, or one of them whole."""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence

from runner.audit.layout import record_path
from runner.branch.verify import Verification
from runner.merkle.encoding import to_text
from runner.merkle.keys import Verifier
from runner.merkle.tree import leaf_hash
from runner.model.fields import entries, member, number, text
from runner.model.json import JsonObject
from runner.model.log import Log, Record, RecordType
from runner.model.text import printable, shorten
from runner.reports.findings import counted


def log_text(records: Sequence[Record], verification: Verification) -> str:
    """Return a table of these records of a log; a mark stands before each that is at fault."""
    names, faulty = _policies(verification.records), _at_fault(verification)
    lines = [*_warning(verification), f"{'#':>6}  {'at':<20}  {'type':<16}  about"]
    for record in records:
        about = names.get(str(record.body.get("purge_id")), "")
        detail = shorten(printable(f"{about} {_detail(record)}".strip()), 100)
        at = printable(text(record.body, "at"))
        mark = "!" if record.index in faulty else " "
        lines.append(f"{mark}{record.index:>5}  {at:<20}  {record.type.value:<16}  {detail}".rstrip())
    return "\n".join(lines) + "\n"


def record_text(record: Record, verification: Verification) -> str:
    """Return where a record of a log lies, the hash of its leaf, and its fields."""
    mark = "! " if record.index in _at_fault(verification) else ""
    leaf = to_text(leaf_hash(record.data))
    fields = json.dumps(record.body, indent=2, ensure_ascii=True)
    place = f"{mark}record {record.index}  {record_path(record.index)}"
    return "\n".join([*_warning(verification), place, f"leaf hash {leaf}", fields]) + "\n"


def opened_text(target: str, log: Log, key: Verifier) -> str:
    """Say that a log was opened, what to remember of it, and which policies never run under it."""
    baseline = entries(log.records[0].body, "baseline")
    root = to_text(log.checkpoint.root)
    lines = [
        f"Opened the log of target {target}: branch audit/{target}, 1 record",
        "",
        f"  verifier key  {key}",
        f"  checkpoint    {log.checkpoint.size}:{root}",
        "",
        "Note both outside the repository. Later they check that this log is still the beginning:",
        f"  purgectl audit verify --target {target} --vkey <verifier key> --expect <checkpoint>",
    ]
    if baseline:
        stood = counted(len(baseline), "policy", "policies")
        lines.append(f"{stood} stood on main already, and no revision that stood there ever runs:")
        lines += [f"  {text(item, 'policy')} (revision {number(item, 'revision')})" for item in baseline]
    return "\n".join(lines) + "\n"


def _warning(verification: Verification) -> list[str]:
    """Return the lines above what is shown of a log that does not verify; none for one that does."""
    if verification.holds:
        return []
    first = printable(verification.problems[0].message)
    return [
        f"THE LOG DOES NOT VERIFY: {first}",
        "Records at fault are marked with !; audit verify, with the same options, lists all that is wrong.",
        "",
    ]


def _at_fault(verification: Verification) -> set[int]:
    """Return the indexes of the records that are at fault, in time that no problem's range can stretch."""
    indexes = sorted(record.index for record in verification.records)
    ranges = [(item.first, item.last) for item in verification.problems]
    faulty: set[int] = set()
    done = 0
    for first, last in sorted(
        (first, last) for first, last in ranges if first is not None and last is not None
    ):
        start, end = bisect_left(indexes, max(first, done)), bisect_right(indexes, last)
        faulty.update(indexes[start:end])
        done = max(done, last + 1)
    return faulty


def _policies(log: Sequence[Record]) -> Mapping[str, str]:
    named = (record for record in log if record.type in (RecordType.INTENDED, RecordType.REFUSED))
    return {
        text(record.body, "purge_id"): f"{text(record.body, 'policy', 'name')} "
        f"(revision {number(record.body, 'policy', 'revision')})"
        for record in named
    }


def _detail(record: Record) -> str:
    """Return what makes a record different from others of its type."""
    return _DETAILS[record.type](record.body)


def _matched(body: JsonObject) -> str:
    matched = member(body, "counts", "matched")
    count = "unknown count" if matched is None else f"{matched} matched"
    return f"{count}, limit {number(body, 'limit')}"


def _purged(body: JsonObject) -> str:
    purged = member(body, "audit", "metrics", "totalInteractionsPurged")
    return f"purged {'an unknown number' if purged is None else purged}"


def _rules(body: JsonObject) -> str:
    return ", ".join(dict.fromkeys(text(item, "rule") for item in entries(body, "findings")))


def _notices(told: Sequence[JsonObject]) -> str:
    return ", ".join(f"{text(item, 'endpoint')} {number(item, 'index')}" for item in told)


_DETAILS: Mapping[RecordType, Callable[[JsonObject], str]] = {
    RecordType.LOG_OPENED: lambda body: (
        f"{text(body, 'log', 'origin')}, "
        f"{counted(len(entries(body, 'baseline')), 'policy', 'policies')} in the baseline"
    ),
    RecordType.LOG_HEARTBEAT: lambda body: (
        f"{number(body, 'open')} purges open, {number(body, 'waiting')} notices waiting"
    ),
    RecordType.LOG_SNAPSHOT: lambda body: f"of the first {number(body, 'size')} records",
    RecordType.KEY_ADDED: lambda body: text(body, "key"),
    RecordType.KEY_RETIRED: lambda body: text(body, "key"),
    RecordType.KEY_COMPROMISED: lambda body: (
        f"{text(body, 'key')} from {number(body, 'from_size')} records on"
    ),
    RecordType.INTENDED: _matched,
    RecordType.SUBMITTED: lambda body: f"job {text(body, 'job', 'id')}",
    RecordType.COMPLETED: _purged,
    RecordType.FAILED: _purged,
    RecordType.CANCELLED: _purged,
    RecordType.REFUSED: _rules,
    RecordType.HALTED: _rules,
    RecordType.AMBIGUOUS: lambda body: text(body, "reason"),
    RecordType.RESOLVED: lambda body: text(body, "decision"),
    RecordType.VERIFIED: lambda body: text(body, "verdict"),
    RecordType.NOTICE_DELIVERED: lambda body: _notices(entries(body, "deliveries")),
    RecordType.NOTICE_DEAD: lambda body: _notices(entries(body, "notices")),
    RecordType.NOTICE_REPLAYED: lambda body: _notices(entries(body, "notices")),
}
