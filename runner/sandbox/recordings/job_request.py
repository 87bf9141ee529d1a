"""The body of ``POST /api/v2/recording/jobs``, checked key by key (``RecordingJobsQuery``)."""

from __future__ import annotations

from dataclasses import dataclass

from runner.model.json import JsonObject
from runner.sandbox.clock import months_later
from runner.sandbox.problems import ApiError, malformed
from runner.sandbox.reading import flag, instant, interval, members, word
from runner.sandbox.recordings.conversations import Conversation, Recording
from runner.sandbox.recordings.queries import Query, asynchronous

AGED_YEARS = 5
AGED_MONTHS = 6

_BY_FEATURE = ("actionAge", "screenRecordingActionAge", "screenRecordingActionDate")
_FLAGS = {
    "includeRecordingsWithSensitiveData": False,
    "includeScreenRecordings": True,
    "includePolicyBasedRecordings": True,
    "includeSnippetRecordings": True,
    "clearExport": False,
}
_KEYS = frozenset(
    {"action", "actionDate", "integrationId", "conversationQuery", "agedConversationInterval"}
    | {*_FLAGS, *_BY_FEATURE}
)


@dataclass(frozen=True, slots=True)
class JobRequest:
    """What a job is to do; ``action_date`` is the delete date that it writes.

    Only conversations that began before ``older_than``, if any, and from ``not_older_than``, if any,
    belong to it. ``echo`` is the body as sent, for the answers.
    """

    action_date: int
    query: Query
    older_than: int | None
    not_older_than: int | None
    sensitive: bool
    screen: bool
    policy_based: bool
    snippet: bool
    echo: JsonObject

    def reaches(self, conversation: Conversation) -> bool:
        """Whether a conversation is on the right side of the five years."""
        start = conversation.started_at
        return (self.older_than is None or start < self.older_than) and (
            self.not_older_than is None or start >= self.not_older_than
        )

    def includes(self, recording: Recording) -> bool:
        """Whether a recording is of a kind that the job takes."""
        return (
            (self.sensitive or not recording.sensitive)
            and (self.policy_based or not recording.policy_based)
            and (self.screen or recording.family != "screenRecording")
            and (self.snippet or recording.family != "snippetRecording")
        )


def parse(body: object, now: int, most_predicates: int) -> JobRequest:
    """Read the body. Raises ``ApiError`` 400, or 501 for what this organisation has no feature for."""
    given = members(body, "the body", ("action",), _KEYS)
    action = word(given["action"], ("ARCHIVE", "DELETE", "EXPORT"), "action")
    if action != "DELETE":
        raise ApiError(501, f"the sandbox does not carry out {action}")
    if not given.keys().isdisjoint(_BY_FEATURE):
        raise ApiError(501, "Feature toggle is not enabled for actionAge and screen recording parameters")
    if "actionDate" not in given:
        raise malformed("the body lacks actionDate")
    flags = {name: flag(given.get(name), name, default) for name, default in _FLAGS.items()}
    query, aged = _query(given, now, most_predicates)
    five_years_ago = months_later(now, -12 * AGED_YEARS)
    return JobRequest(
        action_date=instant(given["actionDate"], "actionDate"),
        query=query,
        older_than=five_years_ago if aged else None,
        not_older_than=None if aged else five_years_ago,
        sensitive=flags["includeRecordingsWithSensitiveData"],
        screen=flags["includeScreenRecordings"],
        policy_based=flags["includePolicyBasedRecordings"],
        snippet=flags["includeSnippetRecordings"],
        echo=given,
    )


def _query(given: JsonObject, now: int, most_predicates: int) -> tuple[Query, bool]:
    """The conversations, and whether by ``agedConversationInterval``, which knows no filters."""
    if ("conversationQuery" in given) == ("agedConversationInterval" in given):
        raise malformed("the body must have one of conversationQuery and agedConversationInterval")
    if "conversationQuery" in given:
        return asynchronous(given["conversationQuery"], "conversationQuery", most_predicates), False
    first, last = interval(given["agedConversationInterval"], "agedConversationInterval")
    if last > months_later(now, -12 * AGED_YEARS):
        raise malformed(f"agedConversationInterval must end more than {AGED_YEARS} years ago")
    if last > months_later(first, AGED_MONTHS):
        raise malformed(f"agedConversationInterval must not be longer than {AGED_MONTHS} months")
    return Query(first, last), True
