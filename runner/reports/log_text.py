"""Records for a person at a terminal: one line each, or one of them whole."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from runner.audit.encoding import to_text
from runner.audit.fields import entries, member, number, text
from runner.audit.layout import record_path
from runner.audit.tree import leaf_hash
from runner.model.log import Log, Record, RecordType
from runner.model.text import printable, shorten


def log_text(records: Sequence[Record], log: Sequence[Record]) -> str:
    """Return a table of records; ``log`` is where the names of their policies are looked up."""
    names = _policies(log)
    lines = [f"{'#':>6}  {'at':<20}  {'type':<16}  about"]
    for record in records:
        about = names.get(str(record.body.get("purge_id")), "")
        detail = shorten(printable(f"{about} {_detail(record)}".strip()), 100)
        at = printable(text(record.body, "at"))
        lines.append(f"{record.index:>6}  {at:<20}  {record.type.value:<16}  {detail}".rstrip())
    return "\n".join(lines) + "\n"


def record_text(record: Record) -> str:
    """Return where a record lies, the hash of its leaf, and its fields."""
    leaf = to_text(leaf_hash(record.data))
    fields = json.dumps(record.body, indent=2, ensure_ascii=True)
    return f"record {record.index}  {record_path(record.index)}\nleaf hash {leaf}\n{fields}\n"


def opened_text(target: str, log: Log) -> str:
    """Say that a log was opened, and which policies will never run under it."""
    baseline = entries(log.records[0].body, "baseline")
    root = to_text(log.checkpoint.root)
    lines = [f"Opened the log of target {target}: branch audit/{target}, 1 record, root {root}"]
    if baseline:
        lines.append(f"{len(baseline)} policies stood on main already and never run under their revision:")
        lines += [f"  {text(item, 'policy')} (revision {number(item, 'revision')})" for item in baseline]
    lines.append("Note the verifier key and this root outside the repository.")
    return "\n".join(lines) + "\n"


def _policies(log: Sequence[Record]) -> Mapping[str, str]:
    named = (record for record in log if record.type in (RecordType.INTENDED, RecordType.REFUSED))
    return {
        text(record.body, "purge_id"): f"{text(record.body, 'policy', 'name')} "
        f"(revision {number(record.body, 'policy', 'revision')})"
        for record in named
    }


def _detail(record: Record) -> str:
    """Return what makes a record different from others of its type."""
    body = record.body
    match record.type:
        case RecordType.LOG_OPENED:
            return f"{text(body, 'log', 'origin')}, {len(entries(body, 'baseline'))} policies in the baseline"
        case RecordType.INTENDED:
            matched = member(body, "counts", "matched")
            count = "unknown count" if matched is None else f"{matched} matched"
            return f"{count}, limit {number(body, 'limit')}"
        case RecordType.SUBMITTED:
            return f"job {text(body, 'job', 'id')}"
        case RecordType.COMPLETED | RecordType.FAILED | RecordType.CANCELLED:
            purged = member(body, "audit", "metrics", "totalInteractionsPurged")
            return f"purged {'an unknown number' if purged is None else purged}"
        case RecordType.REFUSED | RecordType.HALTED:
            return ", ".join(dict.fromkeys(text(item, "rule") for item in entries(body, "findings")))
        case RecordType.AMBIGUOUS:
            return text(body, "reason")
        case RecordType.RESOLVED:
            return text(body, "decision")
        case RecordType.VERIFIED:
            return text(body, "verdict")
        case RecordType.NOTICE_DELIVERED:
            sent = entries(body, "deliveries")
            return ", ".join(f"{text(item, 'endpoint')} {number(item, 'index')}" for item in sent)
