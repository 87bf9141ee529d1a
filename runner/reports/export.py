"""What the formats of an export share: one row for every purge of a log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from runner.audit.disposition import disposition
from runner.audit.trail import Trail
from runner.merkle.encoding import to_text
from runner.model.fields import entries, member, text
from runner.model.json import JsonObject
from runner.model.log import Checkpoint
from runner.model.time import format_instant

_FROM_CERTIFICATE = {
    "verdict": "verdict",
    "interactionType": "series/interactionType",
    "classification": "series/classification",
    "purgeType": "method/purgeType",
    "start": "series/start",
    "end": "series/end",
    "matched": "quantity/matched",
    "limit": "quantity/limit",
    "purged": "quantity/purged",
    "remaining": "quantity/remaining",
    "announcedAt": "times/announcedAt",
    "submittedAt": "times/submittedAt",
    "endedAt": "times/endedAt",
    "verifiedAt": "times/verifiedAt",
    "jobId": "method/jobId",
    "reason": "method/reason",
}
COLUMNS = (
    *("policy", "revision", "purgeId", "state"),
    *_FROM_CERTIFICATE,
    *("refusedBy", "changedAt", "records", "checkpoint"),
)
"""The names of the members of a row, in order."""


def rows(found: Iterable[Trail], checkpoint: Checkpoint) -> Iterator[JsonObject]:
    """Yield a row for each purge, its members those of ``COLUMNS``; ``None`` is what no record says.

    The figures are those of the certificate. A purge that was refused and never announced has none.
    """
    for trail in found:
        purge = trail.purge
        content = None if trail.intent is None else disposition(checkpoint.origin, trail)
        yield {
            "policy": purge.policy,
            "revision": purge.revision,
            "purgeId": purge.id,
            "state": purge.state.value,
            **{
                name: None if content is None else member(content, *path.split("/"))
                for name, path in _FROM_CERTIFICATE.items()
            },
            "refusedBy": _rules(trail),
            "changedAt": format_instant(trail.records[-1].at),
            "records": [record.index for record in trail.records],
            "checkpoint": f"{checkpoint.size}:{to_text(checkpoint.root)}",
        }


def _rules(trail: Trail) -> Sequence[str]:
    """Return the rules of the newest refusal."""
    refusals = trail.refusals
    findings = entries(refusals[-1].body, "findings") if refusals else ()
    return sorted({text(finding, "rule") for finding in findings})
