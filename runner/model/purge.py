"""A purge: one execution of one revision, as the log tells it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from runner.model.job import RecordingFigures
from runner.model.policy import RetentionTrigger, Selection
from runner.model.regulation import Traits


class PurgeState(StrEnum):
    """Where a purge stands. ``refused`` and ``resolved-not-run`` mean that nothing was submitted."""

    REFUSED = "refused"
    INTENDED = "intended"
    SUBMITTED = "submitted"
    AMBIGUOUS = "ambiguous"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    HALTED = "halted"
    RESOLVED_RAN = "resolved-ran"
    RESOLVED_NOT_RUN = "resolved-not-run"

    @property
    def terminal(self) -> bool:
        """Whether this revision can never run again."""
        return self in _TERMINAL

    @property
    def open(self) -> bool:
        """Whether it has begun and not ended."""
        return self in (PurgeState.INTENDED, PurgeState.SUBMITTED, PurgeState.AMBIGUOUS)

    @property
    def may_be_followed(self) -> bool:
        """Whether a higher revision of the same policy may run."""
        return self in (
            PurgeState.REFUSED,
            PurgeState.FAILED,
            PurgeState.CANCELLED,
            PurgeState.HALTED,
            PurgeState.RESOLVED_NOT_RUN,
        )

    @property
    def without_effect(self) -> bool:
        """Whether certainly nothing was deleted."""
        return self in (PurgeState.REFUSED, PurgeState.HALTED, PurgeState.RESOLVED_NOT_RUN)


_TERMINAL = frozenset(
    {
        PurgeState.COMPLETED,
        PurgeState.FAILED,
        PurgeState.CANCELLED,
        PurgeState.HALTED,
        PurgeState.RESOLVED_RAN,
        PurgeState.RESOLVED_NOT_RUN,
    }
)
_ENDED = frozenset({PurgeState.COMPLETED, PurgeState.FAILED, PurgeState.CANCELLED})


@dataclass(frozen=True, slots=True)
class PurgeKey:
    """What a purge is: a policy's name and revision; ``id`` is their UUIDv5 under the log's origin."""

    policy: str
    revision: int
    id: str


@dataclass(frozen=True, slots=True)
class Purge:
    """The fold of every record about one purge id.

    ``intent`` is the leaf index of the newest ``purge.intended``, ``attempt`` counts the intents.
    ``not_before`` is when a throttled submission may be tried again. ``blob``, ``selection``,
    ``traits``, ``trigger``, ``limit`` and ``matched`` (the count then) are those of the newest
    intent, empty before the first, and so are ``prepared_job``, the job that it names,
    ``deletes_at``, the date of deletion which that job sets, and ``leaves_sensitive``, whether it
    leaves out what the platform marks as sensitive. ``recordings`` is what the job said of them at
    its end. ``changed_at`` is when the newest record about it was written.
    ``reason`` is why it ended badly or became ambiguous: the server's words or a code.
    ``holds`` names the holds that any of its intents was judged by. ``refusals`` are the ids of the
    ``purge.refused`` records, so that each is written once.
    """

    id: str
    target: str
    policy: str
    revision: int
    state: PurgeState
    path: str = ""
    blob: str = ""
    selection: Selection | None = None
    traits: Traits | None = None
    trigger: RetentionTrigger | None = None
    limit: int = 0
    matched: int | None = None
    compliance_tags: tuple[str, ...] = ()
    intent: int | None = None
    attempt: int = 0
    lease_until: datetime | None = None
    prepared_job: str | None = None
    deletes_at: datetime | None = None
    leaves_sensitive: bool = False
    submitted_at: datetime | None = None
    job_id: str | None = None
    changed_at: datetime | None = None
    purged: int | None = None
    recordings: RecordingFigures | None = None
    reason: str | None = None
    verdict: str | None = None
    not_before: datetime | None = None
    holds: frozenset[str] = field(default_factory=frozenset)
    refusals: frozenset[str] = field(default_factory=frozenset)

    @property
    def key(self) -> PurgeKey:
        """Which purge this is."""
        return PurgeKey(self.policy, self.revision, self.id)

    @property
    def begun(self) -> bool:
        """Whether an intent was ever written, so that the file is frozen under this revision."""
        return self.intent is not None

    @property
    def unverified(self) -> bool:
        """Whether it ended after a job that may have deleted something, and nobody has counted again."""
        ran = self.state in _ENDED and self.job_id is not None
        return self.verdict is None and (ran or self.state is PurgeState.RESOLVED_RAN)
