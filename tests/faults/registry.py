"""The registry of crash points: every effect that a run has on the world, in the order of a run.

An effect is named by the phase that it falls into and by what it does. ``test_named_effects.py`` runs
each story unharmed and fails on an effect without a name here, and on a name without an effect; then it
kills a run at every name, at each of its moments.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from support.lives import Lives
from support.sandbox import GOVERNANCE, PURGE, RECORDING_JOB, RECORDING_JOBS

from runner.apply.decision import SETTLE
from runner.sandbox.recordings.fill import names

MOMENTS = ("before", "during", "after")


@dataclass(frozen=True)
class Story:
    """What happens to one purge, and the effects that no story before it has.

    ``ends`` is the purge's last record when nobody dies. ``prepare`` sets the scene for the run that is
    killed, ``mend`` for those that follow it. Where the platform can be ``asked`` what became of a
    request, no death leaves anything unknown.
    """

    name: str
    ends: str
    effects: tuple[str, ...]
    prepare: Callable[[Lives], None]
    mend: Callable[[Lives], None] = lambda lives: None
    asked: bool = False


def moments(effect: str) -> tuple[str, ...]:
    """When one can die of an effect: there is a middle where somebody else has to do something.

    A look changes nothing, so that one death of it stands for all.
    """
    what = effect.partition(": ")[2]
    if what.startswith("GET "):
        return ("during",)
    far = ("git push ", "POST ", "PUT ", "DELETE ")
    return MOMENTS if what.startswith(far) else ("before", "after")


def endings(story: Story, effect: str, moment: str) -> set[str]:
    """How a story may end after a death.

    From the intent on the branch until the answer is kept, nobody can know whether the request was
    sent. A push that is under way may land or not.
    """
    phase, _, what = effect.partition(": ")
    known, unknown = {story.ends}, {story.ends if story.asked else "purge.ambiguous"}
    if what == "git push purge.intended":
        return {"before": known, "during": known | unknown, "after": unknown}[moment]
    if phase == "sent" and what.startswith("rename "):
        return {"before": unknown, "after": known}[moment]
    return unknown if phase in ("announced", "sent") else known


def _purge(lives: Lives) -> None:
    lives.journey.merge()


def recordings(lives: Lives, **changes: str) -> None:
    """An organisation with recording jobs, and the calls of one queue in one quarter."""
    lives.settle = SETTLE.total_seconds()
    lives.journey.world.commit(
        {"policies/targets/sandbox.yaml": lives.journey.target(backend="recording-jobs")}
    )
    lives.journey.merge(
        dateRange='{start: "2022-01-01T00:00:00.000Z", end: "2022-03-31T23:59:59.999Z"}',
        filters=f"{{dimensions: {{queue: [{names()['queue']['billing-1']}]}}}}",
        includeSensitive="true",
        **changes,
    )


def _above_the_cap(lives: Lives) -> None:
    recordings(lives, limits="{maxInteractions: 1}")


def _cut(on: str, **more: object) -> Callable[[Lives], None]:
    def prepare(lives: Lives) -> None:
        recordings(lives)
        lives.box.arm("cut-after-effect", on, **more)

    return prepare


def _young(lives: Lives) -> None:
    lives.journey.merge(retentionDays="3650")


def _overtaken(lives: Lives) -> None:
    lives.journey.merge()
    lives.die("opening: git push purge.intended", "after")
    lives.outlive_the_lease()


def _answered(status: int, on: str, **more: object) -> Callable[[Lives], None]:
    def prepare(lives: Lives) -> None:
        lives.journey.merge()
        lives.box.arm("status", "POST " + on, status=status, times=None, **more)

    return prepare


def _unanswered(lives: Lives) -> None:
    lives.journey.merge()
    lives.box.arm("cut-after-effect", "POST " + PURGE, times=None)


def _receiver_is_back(lives: Lives) -> None:
    lives.box.clear_faults("POST " + GOVERNANCE)


STORIES = (
    Story(
        "a purge",
        "purge.verified",
        (
            "opening: temporary files",
            "opening: git fetch main",
            "opening: make .git/purgectl/spool",
            "opening: git fetch audit/sandbox",
            "opening: git update-ref refs/purgectl/incoming/*",
            "opening: connect",
            "opening: POST /oauth/token",
            "opening: POST /api/v2/interactions/purge/count",
            "opening: git build",
            "opening: git push purge.intended",
            "announced: temporary files",
            "announced: git update-ref refs/purgectl/audit/sandbox",
            "announced: connect",
            "announced: POST /api/v2/interactions/purge/count",
            "announced: git fetch main",
            "announced: git fetch audit/sandbox",
            "announced: git update-ref refs/purgectl/incoming/*",
            "announced: POST /api/v2/interactions/purge",
            "sent: remove .git/purgectl/spool/sandbox-*.unfinished",
            "sent: write .git/purgectl/spool/sandbox-*.unfinished",
            "sent: rename .git/purgectl/spool/sandbox-*.unfinished",
            "kept: temporary files",
            "kept: git fetch audit/sandbox",
            "kept: git update-ref refs/purgectl/incoming/*",
            "kept: git build",
            "kept: git push purge.submitted",
            "accepted: temporary files",
            "accepted: git update-ref refs/purgectl/audit/sandbox",
            "accepted: remove .git/purgectl/spool/sandbox-*.spool",
            "accepted: git fetch audit/sandbox",
            "accepted: git update-ref refs/purgectl/incoming/*",
            "accepted: connect",
            "accepted: GET /api/v2/interactions/purge/*",
            "accepted: remove .git/purgectl/spool/sandbox-*.unfinished",
            "accepted: write .git/purgectl/spool/sandbox-*.unfinished",
            "accepted: rename .git/purgectl/spool/sandbox-*.unfinished",
            "accepted: git build",
            "accepted: git push purge.completed",
            "ended: temporary files",
            "ended: git update-ref refs/purgectl/audit/sandbox",
            "ended: remove .git/purgectl/spool/sandbox-*.spool",
            "ended: git fetch audit/sandbox",
            "ended: git update-ref refs/purgectl/incoming/*",
            "ended: connect",
            "ended: POST /api/v2/interactions/purge/count",
            "ended: git build",
            "ended: git push purge.verified",
            "verified: temporary files",
            "verified: git update-ref refs/purgectl/audit/sandbox",
            "verified: git fetch audit/sandbox",
            "verified: git update-ref refs/purgectl/incoming/*",
            "verified: git build",
            "verified: git push log.heartbeat",
            "verified: connect",
            "verified: POST /governance/governance",
            "told: temporary files",
            "told: git fetch audit/sandbox",
            "told: git update-ref refs/purgectl/incoming/*",
            "told: git build",
            "told: git push notice.delivered",
            "delivered: temporary files",
            "delivered: git update-ref refs/purgectl/audit/sandbox",
            "delivered: git fetch audit/sandbox",
            "delivered: git update-ref refs/purgectl/incoming/*",
        ),
        _purge,
    ),
    Story(
        "a policy that a guard refuses",
        "purge.refused",
        (
            "opening: git push purge.refused",
            "settled: temporary files",
            "settled: git update-ref refs/purgectl/audit/sandbox",
            "settled: git fetch audit/sandbox",
            "settled: git update-ref refs/purgectl/incoming/*",
            "settled: git build",
            "settled: git push log.heartbeat",
        ),
        _young,
    ),
    Story(
        "an intent whose runner died",
        "purge.ambiguous",
        (
            "opening: git update-ref refs/purgectl/audit/sandbox",
            "opening: git push purge.ambiguous",
            "settled: connect",
            "settled: POST /governance/governance",
        ),
        _overtaken,
    ),
    Story(
        "a request that the platform refuses",
        "purge.failed",
        (
            "kept: git push purge.failed",
            "settled: remove .git/purgectl/spool/sandbox-*.spool",
        ),
        _answered(400, PURGE),
    ),
    Story(
        "a platform that asks for hours",
        "purge.refused",
        ("kept: git push purge.refused",),
        _answered(429, PURGE, retry_after=7200),
    ),
    Story(
        "an answer that is lost",
        "purge.ambiguous",
        (
            "sent: temporary files",
            "sent: git fetch audit/sandbox",
            "sent: git update-ref refs/purgectl/incoming/*",
            "sent: git build",
            "sent: git push purge.ambiguous",
        ),
        _unanswered,
    ),
    Story(
        "a receiver that is down",
        "purge.verified",
        (
            "told: connect",
            "told: POST /governance/governance",
            "told: git push outbox",
            "told: git update-ref refs/purgectl/audit/sandbox",
        ),
        _answered(503, GOVERNANCE),
        _receiver_is_back,
    ),
    Story(
        "a purge that its platform prepares",
        "purge.verified",
        (
            "opening: GET /api/v2/tokens/me",
            "opening: GET /api/v2/analytics/conversations/details/jobs/availability",
            "opening: GET /api/v2/recording/jobs",
            "opening: POST /api/v2/recording/jobs",
            "opening: POST /api/v2/analytics/conversations/details/query",
            "announced: GET /api/v2/analytics/conversations/details/jobs/availability",
            "announced: GET /api/v2/recording/jobs/*",
            "announced: PUT /api/v2/recording/jobs/*",
            "accepted: GET /api/v2/recording/jobs",
            "ended: POST /api/v2/analytics/conversations/details/query",
            "ended: GET /api/v2/recording/jobs/*/failedrecordings",
            "ended: GET /api/v2/conversations/*/recordingmetadata",
        ),
        recordings,
        asked=True,
    ),
    Story(
        "a job that has counted more than the cap",
        "purge.refused",
        (
            "settled: GET /api/v2/recording/jobs/*",
            "settled: DELETE /api/v2/recording/jobs/*",
        ),
        _above_the_cap,
        asked=True,
    ),
    Story(
        "an execution whose answer is lost",
        "purge.verified",
        (
            "sent: connect",
            "sent: GET /api/v2/recording/jobs/*",
            "sent: git push log.heartbeat",
            "sent: git update-ref refs/purgectl/audit/sandbox",
        ),
        _cut("PUT " + RECORDING_JOB, times=None),
        asked=True,
    ),
    Story(
        "a job whose making is not answered", "purge.verified", (), _cut("POST " + RECORDING_JOBS), asked=True
    ),
)
