"""A certificate of disposition as one page, for a person who was not there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from runner.merkle.encoding import to_text
from runner.model.fields import mapping, member, text, texts
from runner.model.json import Json, JsonObject
from runner.model.log import Checkpoint
from runner.model.purge import PurgeState
from runner.model.verdict import Verdict
from runner.reports.findings import harmless

_VERDICTS: Mapping[str, str] = {
    Verdict.PASS: "a look after the purge found nothing left",
    Verdict.FAIL: "what was selected is not gone, or not all of it",
    Verdict.UNKNOWN: "nobody knows what is left",
}
_STATUS: Mapping[str, str] = {
    PurgeState.REFUSED: "announced, then refused by the platform; it may be announced again",
    PurgeState.INTENDED: "announced; no answer has been recorded",
    PurgeState.SUBMITTED: "accepted by the platform; its end has not been recorded",
    PurgeState.AMBIGUOUS: "nobody knows whether it ran",
    PurgeState.COMPLETED: "the platform says that it is done",
    PurgeState.FAILED: "failed; part of the data may be gone",
    PurgeState.CANCELLED: "cancelled; part of the data may be gone",
    PurgeState.HALTED: "stopped after it had been announced",
    PurgeState.RESOLVED_RAN: "its outcome was lost, and a person found that it ran",
    PurgeState.RESOLVED_NOT_RUN: "its outcome was lost, and a person found that it did not run",
}
_PAGE: Sequence[tuple[str, Sequence[tuple[str, str]]]] = (
    (
        "Order",
        (
            ("policy", "authority/policy"),
            ("revision", "authority/revision"),
            ("file", "authority/path"),
            ("git blob", "authority/blob"),
            ("commit of main", "authority/commit"),
            ("owner", "owner/owner"),
            ("reason", "authority/reason"),
            ("ticket", "authority/ticket"),
            ("retention basis", "authority/retentionBasis"),
            ("record of processing", "authority/ropaRef"),
            ("regulation packs", "authority/packs"),
        ),
    ),
    (
        "Data",
        (
            ("target", "owner/target"),
            ("organisation", "owner/organizationId"),
            ("interaction type", "series/interactionType"),
            ("classification", "series/classification"),
            ("jurisdictions", "series/jurisdictions"),
            ("tags", "series/tags"),
            ("from", "series/start"),
            ("to, inclusive", "series/end"),
            ("filters", "series/filters"),
        ),
    ),
    (
        "Why it could go",
        (
            ("days of retention", "eligibility/retentionDays"),
            ("retention starts with", "eligibility/retentionTrigger"),
            ("old enough from", "eligibility/eligibleFrom"),
            ("judged at", "eligibility/evaluatedAt"),
            ("holds compared", "holds/compared"),
            ("stopped by rules", "holds/haltedBy"),
        ),
    ),
    (
        "What was done",
        (
            ("method", "method/method"),
            ("purge type", "method/purgeType"),
            ("days of grace", "method/graceDays"),
            ("backend", "method/backend"),
            ("job", "method/jobId"),
            ("platform's last word", "method/jobStatus"),
            ("reason of its end", "method/reason"),
            ("announced", "times/announcedAt"),
            ("submitted", "times/submittedAt"),
            ("ended", "times/endedAt"),
            ("date of deletion", "times/deletesAt"),
            ("halted", "times/haltedAt"),
            ("ambiguous", "times/ambiguousAt"),
            ("announced by", "people/announcedBy"),
            ("submitted by", "people/submittedBy"),
        ),
    ),
    (
        "How much",
        (
            ("matched before", "quantity/matched"),
            ("most allowed", "quantity/limit"),
            ("purged, as told", "quantity/purged"),
            ("recordings of the job", "quantity/recordings"),
            ("skipped by it", "quantity/skipped"),
            ("failed in it", "quantity/failed"),
            ("left afterwards", "quantity/remaining"),
            ("looked at one by one", "quantity/lookedAt"),
            ("verified", "times/verifiedAt"),
            ("verified by", "people/verifiedBy"),
        ),
    ),
)
_RESOLUTION = (
    "A person's decision",
    (
        ("found that it", "verification/resolution"),
        ("on the evidence of", "verification/evidence"),
        ("decided at", "times/resolvedAt"),
        ("by account", "people/resolvedBy"),
        ("reference", "verification/reference"),
    ),
)
_CLOSING = (
    "This page says what the records of the log say, and nothing else. No record says which entries of the",
    "packs applied, how old single items were, figures by artefact or in bytes, the region, the role of the",
    "controller, or a validation by a second person.",
)


def certificate_text(content: JsonObject, checkpoint: Checkpoint) -> str:
    """Return the content of a certificate (``disposition``) as a page of plain text."""
    verdict, status = text(content, "verdict"), text(content, "status")
    lines = [
        "CERTIFICATE OF DISPOSITION",
        "",
        f"  {verdict:<9}{_VERDICTS[verdict]}",
        f"  {'status':<9}{status}: {_STATUS[status]}",
        "",
    ]
    resolved = member(content, "times", "resolvedAt") is not None
    for title, rows in (*_PAGE, _RESOLUTION) if resolved else _PAGE:
        lines += [title, *(_row(name, member(content, *path.split("/"))) for name, path in rows), ""]
    lines += [
        "Not reached, or not seen from here",
        *(f"  {each}" for each in texts(content, "residuals")),
        "",
    ]
    lines += ["Approval", *_approval(mapping(content, "people", "approval")), ""]
    lines += ["Proof", *_proof(content, checkpoint), ""]
    return "\n".join([*lines, *_CLOSING]) + "\n"


def _approval(approval: JsonObject) -> Iterator[str]:
    """Yield the evidence of approval, a review a line."""
    yield _row("source", approval["source"])
    for key, value in mapping(approval, "evidence").items():
        told = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
        apart = any(isinstance(item, Mapping) for item in told)
        for item in told if apart else [value]:
            yield _row(harmless(key.replace("_", " ")), item)


def _proof(content: JsonObject, checkpoint: Checkpoint) -> Iterator[str]:
    yield _row("certificate", content["id"])
    yield _row("purge", content["purgeId"])
    yield _row("records until", content["recordedUntil"])
    yield _row("log", content["log"])
    yield _row("checkpoint", f"{checkpoint.size}:{to_text(checkpoint.root)}")


def _row(name: str, value: Json) -> str:
    return f"  {name:<24}{_shown(value)}"


def _shown(value: Json) -> str:
    """Return any value of a certificate on one line; a document by its name and the beginning of its blob."""
    if value is None:
        return "not recorded"
    if isinstance(value, bool | int | float | str):
        return harmless(str(value))
    if isinstance(value, Mapping) and set(value) == {"name", "blob"}:
        return harmless(f"{value['name']} (blob {str(value['blob'])[:12]})")
    if isinstance(value, Mapping):
        return "; ".join(_members(value)) or "none"
    return ", ".join(_shown(item) for item in value) or "none"


def _members(value: Mapping[str, Json]) -> Iterator[str]:
    """Yield what an object says, that of objects in it without their names."""
    for key, item in value.items():
        if isinstance(item, Mapping):
            yield from _members(item)
        elif item is not None:
            yield f"{harmless(key)} {_shown(item)}"
