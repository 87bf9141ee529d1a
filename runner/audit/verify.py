"""The auditor's verification: offline, from any clone, with a key that came by another way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from runner.audit.encoding import to_text
from runner.audit.problem import Problem
from runner.audit.replay import Replay
from runner.audit.trust import Trust
from runner.errors import NotVerified
from runner.git.program import GitFailed
from runner.git.repository import Repository
from runner.model.log import Checkpoint, Record


@dataclass(frozen=True, slots=True)
class Expectation:
    """What somebody outside remembers: the log once had ``size`` records under ``root``."""

    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class Verification:
    """What a verification came to.

    ``checkpoint`` is the newest one that a trusted key has signed, ``None`` when there is none;
    ``records`` are those that could be read; ``pending`` counts notices in the outbox.
    """

    target: str
    tip: str
    commits: int
    checkpoint: Checkpoint | None
    records: tuple[Record, ...]
    pending: int
    expectations: tuple[Expectation, ...]
    problems: tuple[Problem, ...]

    @property
    def holds(self) -> bool:
        """Whether the log is exactly what was signed."""
        return not self.problems


def verify(
    repository: Repository, tip: str, trust: Trust, expectations: Sequence[Expectation] = ()
) -> Verification:
    """Verify a log from its first commit to ``tip``, touching nothing but objects in this clone.

    Every problem is collected. Raises ``NotVerified`` when the clone does not hold all that is
    needed to tell.
    """
    replay = Replay(repository, trust)
    try:
        replay.advance(tip)
    except GitFailed as error:
        raise NotVerified(
            f"the log cannot be read: {error.message}",
            where=tip,
            hint="git fsck; then fetch the branch again",
        ) from error
    return Verification(
        target=trust.target,
        tip=tip,
        commits=replay.commits,
        checkpoint=replay.checkpoint,
        records=tuple(replay.records.values()),
        pending=len(replay.derived.outbox()),
        expectations=tuple(expectations),
        problems=(*replay.problems, *_compared(replay, expectations)),
    )


def _compared(replay: Replay, expectations: Sequence[Expectation]) -> list[Problem]:
    """Hold the log against outside memory: each expectation must be a prefix of it."""
    problems = []
    have = replay.tree.size
    for expected in expectations:
        if expected.size > have:
            message = f"the log once had {expected.size} records and now has {have}: it was cut"
            problems.append(Problem(message, have, expected.size - 1))
        elif replay.tree.root(expected.size) != expected.root:
            root = to_text(expected.root)
            message = f"the first {expected.size} records are not those of the expected root {root}"
            problems.append(Problem(message, 0, max(expected.size - 1, 0)))
    return problems
