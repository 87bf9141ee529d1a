"""What ``purgectl new`` asks for each kind of document, and how an answer becomes a value."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from runner.documents.kinds import Kind
from runner.model.json import Json, JsonObject
from runner.model.policy import EACH_TYPE, Classification, PurgeType
from runner.model.target import SANDBOX_REGION, Approvals, Backend, Counts
from runner.rules.hold_causes import CAUSES

EVERYTHING = "everything"
"""The answer that admits that a policy has no filter."""

PLATFORM = "platform."
"""What stands before the name of a dimension, where attributes stand too."""


def _text(answer: str) -> Json:
    return answer


def _whole(answer: str) -> Json:
    """Read digits; anything else stays a text, so that the schema says what is wrong with it."""
    return int(answer) if answer.isascii() and answer.isdigit() and len(answer) < 16 else answer


def _list(answer: str) -> Json:
    return [item.strip() for item in answer.split(",")]


def _numbers(answer: str) -> Json:
    return [_whole(item.strip()) for item in answer.split(",")]


def _first_instant(answer: str) -> Json:
    return answer if "T" in answer else f"{answer}T00:00:00.000Z"


def _last_instant(answer: str) -> Json:
    return answer if "T" in answer or answer == "open" else f"{answer}T23:59:59.999Z"


def _attributes(answer: str) -> Json:
    """Read ``name=value,name=value``; anything else stays a text, which the schema refuses.

    The values of a name that stands more than once become a list, of which any will do.
    """
    pairs = [item.partition("=") for item in answer.split(",")]
    if not all(sign for _, sign, _ in pairs):
        return answer
    values: dict[str, list[Json]] = {}
    for name, _, value in pairs:
        values.setdefault(name.strip(), []).append(value.strip())
    return {name: each if len(each) > 1 else each[0] for name, each in values.items()}


def _filters(answer: str) -> Mapping[str, Json]:
    """Read what narrows a policy: attributes, and with ``PLATFORM`` before its name a dimension."""
    if answer == EVERYTHING:
        return {"/allowUnfiltered": True}
    items = [item.strip() for item in answer.split(",")]
    attributes = ",".join(item for item in items if not item.startswith(PLATFORM))
    found: dict[str, Json] = {"/filters/attributes": _attributes(attributes)} if attributes else {}
    dimensions: dict[str, list[Json]] = {}
    for item in items:
        name, _, value = item.partition("=")
        if name.startswith(PLATFORM):
            dimensions.setdefault(name.removeprefix(PLATFORM).strip(), []).append(value.strip())
    return {**found, "/filters/dimensions": dimensions} if dimensions else found


def _true(answer: str) -> Json:
    return answer == "true" if answer in ("true", "false") else answer


def _webhooks(answer: str) -> Json:
    events = ["purge.completed", "purge.failed", "purge.cancelled", "purge.halted", "purge.ambiguous"]
    return [{"id": item.strip(), "events": events} for item in answer.split(",")]


def _always(fields: JsonObject) -> bool:
    del fields
    return True


def _protected(fields: JsonObject) -> bool:
    return fields.get("classification") not in (Classification.PUBLIC, Classification.INTERNAL)


def _personal(fields: JsonObject) -> bool:
    return fields.get("classification") in (Classification.PII, Classification.HIPAA)


def _soft(fields: JsonObject) -> bool:
    return fields.get("purgeType") == PurgeType.SOFT


def _real(fields: JsonObject) -> bool:
    return fields.get("region") != SANDBOX_REGION


@dataclass(frozen=True, slots=True)
class Question:
    """One option of a command, which is also one question on a terminal.

    ``pointer`` is the field that it fills, with what ``read`` makes of the answer; ``fill``, if given,
    makes more than that one field of it. ``default`` is the answer when nothing is said: an empty
    one leaves the field out, ``None`` means that an answer is needed. ``wanted`` tells from the
    fields so far whether the question makes sense.
    """

    option: str
    pointer: str
    words: str
    example: str = ""
    default: str | None = None
    read: Callable[[str], Json] = _text
    fill: Callable[[str], Mapping[str, Json]] | None = None
    wanted: Callable[[JsonObject], bool] = _always

    def values(self, answer: str) -> Mapping[str, Json]:
        """Return the values that an answer stands for, by pointer."""
        if not answer:
            return {}
        return {self.pointer: self.read(answer)} if self.fill is None else self.fill(answer)


def _one_of(words: Iterable[str]) -> str:
    return f"one of {', '.join(words)}"


POLICY = (
    Question("owner", "/owner", "the team that answers for it", "records-team"),
    Question("target", "/target", "the organisation: a file in policies/targets", "sandbox"),
    Question("type", "/interactionType", _one_of(EACH_TYPE), "voice"),
    Question(
        "filters",
        "/filters/attributes",
        f"attributes that narrow it, dimensions such as {PLATFORM}queue=ID, or {EVERYTHING}",
        "department=billing,retention_status=expired",
        fill=_filters,
    ),
    Question("classification", "/classification", _one_of(Classification), "hipaa"),
    Question("jurisdictions", "/jurisdictions", "whose law governs it", "US", read=_list, wanted=_protected),
    Question("tags", "/tags", "what else the law asks, such as phi; may be empty", default="", read=_list),
    Question("purge-type", "/purgeType", _one_of(PurgeType), default=PurgeType.PERMANENT.value),
    Question(
        "grace-days",
        "/graceDays",
        "for how many days it can be taken back; may be empty",
        default="",
        read=_whole,
        wanted=_soft,
    ),
    Question(
        "include-sensitive",
        "/includeSensitive",
        "true takes recordings along that the platform marks as sensitive; may be empty",
        default="",
        read=_true,
        wanted=_personal,
    ),
    Question("retention-days", "/retentionDays", "the days it had to be kept", "2557", read=_whole),
    Question("start", "/dateRange/start", "the first day or instant", "2018-01-01", read=_first_instant),
    Question("end", "/dateRange/end", "the last day or instant", "2018-12-31", read=_last_instant),
    Question("reason", "/reason", "why it may go now, with the ticket", "Period has ended. Ticket REC-412."),
    Question(
        "retention-basis",
        "/retentionBasis",
        "the item of your retention schedule, such as RS-12; may be empty where a law gives the days",
        default="",
    ),
    Question(
        "ropa-ref",
        "/ropaRef",
        "the entry in the record of processing activities, such as ROPA-017; may be empty",
        default="",
        wanted=_personal,
    ),
    Question("max-interactions", "/limits/maxInteractions", "the most it may delete", "5000", read=_whole),
)
HOLD = (
    Question("type", "/type", _one_of(CAUSES), "litigation"),
    Question("basis", "/basis", "why, in a sentence without names", "Litigation hold notice, file 2026-007."),
    Question("issued-by", "/issuedBy", "the office that ordered it", "legal"),
    Question("issued-on", "/issuedOn", "the day of the order", "2026-03-02"),
    Question("targets", "/scope/targets", "which targets; empty means all", default="", read=_list),
    Question(
        "interaction-types",
        "/scope/interactionTypes",
        f"which of {', '.join(EACH_TYPE)}; empty means all",
        default="",
        read=_list,
    ),
    Question(
        "start",
        "/scope/dateRange/start",
        "the first day or instant; empty means from the beginning",
        default="",
        read=_first_instant,
    ),
    Question("end", "/scope/dateRange/end", "the last day or instant", default="open", read=_last_instant),
    Question(
        "filters",
        "/scope/filters/attributes",
        "only with these attributes, such as department=sales; empty means all",
        default="",
        read=_attributes,
    ),
    Question("review-every", "/review/every", "how often somebody looks again", default="P90D"),
)
TARGET = (
    Question("region", "/region", "the AWS region of the organisation, or sandbox", "eu-central-1"),
    Question(
        "organization-id",
        "/organizationId",
        "the organisation's id",
        "0f6f3a52-8a0e-4a8f-9f39-3f1d4c1b7a10",
        wanted=_real,
    ),
    Question("backend", "/backend", _one_of(Backend), default=Backend.INTERACTIONS_PURGE.value),
    Question("approvals", "/approvals", _one_of(Approvals), default=Approvals.GITHUB.value, wanted=_real),
    Question("counts", "/counts", _one_of(Counts), default=Counts.REQUIRED.value),
    Question(
        "webhooks",
        "/webhooks",
        "ids of governance endpoints, such as governance; may be empty",
        default="",
        read=_webhooks,
    ),
    Question("log-origin", "/log/origin", "the log's name for ever", "audit.example.com/acme/purges"),
    Question("rate", "/rateLimit/perMinute", "requests a minute", default="300", read=_whole),
    Question("deadline", "/poll/deadline", "how long a job may take", default="PT24H"),
)
APPROVERS = tuple(
    Question(
        option,
        f"/roles/{role}",
        f"who is {role}: numeric ids of accounts; may be empty for now",
        "583231",
        default="",
        read=_numbers,
    )
    for option, role in (
        ("privacy-officers", "privacy-officer"),
        ("records-managers", "records-manager"),
        ("legal-counsels", "legal"),
    )
)
BEFORE_ANY_ANSWER: Mapping[Kind, JsonObject] = {
    Kind.PURGE_POLICY: {},
    Kind.LEGAL_HOLD: {"scope": {}},
    Kind.TARGET: {"approvals": Approvals.NONE.value, "webhooks": [], "log": {"keys": []}},
    Kind.APPROVERS: {},
}
