"""The auditor's verification: offline, from any clone, with a key that came by another way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from runner.audit import layout
from runner.audit.key_history import KeyHistory
from runner.audit.memory import Expectation, compare
from runner.audit.problem import Problem
from runner.audit.signatures import Unproven
from runner.audit.trust import Trust
from runner.branch.replay import Replay
from runner.errors import NotVerified
from runner.git.program import GitFailed
from runner.git.repository import Repository
from runner.merkle import checkpoint
from runner.merkle.checkpoint import BadCheckpoint
from runner.merkle.tree import UnknownNode, consistency_holds
from runner.model.log import Checkpoint, Record


@dataclass(frozen=True, slots=True)
class Verification:
    """What a verification came to.

    ``checkpoint`` is the newest one that a valid key has signed, ``None`` when there is none;
    ``records`` are those that could be read; ``pending`` counts notices in the outbox. ``unproven``
    are records for which only a compromised key vouches; ``keys`` are all that the log ever had.
    The records that ``since`` covers were taken as given, ``None`` when every record was checked.
    """

    target: str
    tip: str
    commits: int
    checkpoint: Checkpoint | None
    records: Sequence[Record]
    pending: int
    expectations: tuple[Expectation, ...]
    problems: tuple[Problem, ...]
    unproven: tuple[Unproven, ...]
    keys: KeyHistory
    since: Expectation | None = None

    @property
    def holds(self) -> bool:
        """Whether the log is exactly what was signed."""
        return not self.problems

    def vouches_for(self, record: Record) -> bool:
        """Whether more than a key that may have been stolen vouches for a record."""
        return not any(stretch.first <= record.index <= stretch.last for stretch in self.unproven)


def verify(
    repository: Repository,
    tip: str,
    trust: Trust,
    expectations: Sequence[Expectation] = (),
    since: Expectation | None = None,
) -> Verification:
    """Verify a log up to ``tip``, touching nothing but objects in this clone.

    It is read from its first commit; or from the checkpoint ``since``, which the verifier has
    verified before. Where the branch has no such checkpoint, everything is read after all, and
    ``since`` is compared like an expectation. Every problem is collected. Raises ``NotVerified``
    when the clone does not hold all that is needed to tell.
    """
    try:
        begun = None if since is None else _begun(repository, tip, trust, since)
        expected = (*expectations, *((since,) if since is not None and begun is None else ()))
        replay = begun or Replay(repository, trust)
        replay.advance(tip)
        compared = tuple(compare(replay.ledger.tree, expected))
    except GitFailed as error:
        raise NotVerified(
            f"the log cannot be read: {error.message}",
            where=tip,
            hint="git fsck; then fetch the branch again",
        ) from error
    except UnknownNode:
        raise NotVerified(
            "what --expect remembers is older than what --since takes as given, so it was not compared",
            hint="leave --since out",
        ) from None
    taken = since if begun else None
    signatures = replay.ledger.signatures
    proven = 0 if compared else max((item.size for item in expected), default=0)
    return Verification(
        target=trust.target,
        tip=tip,
        commits=replay.commits,
        checkpoint=replay.checkpoint,
        records=replay.ledger.records,
        pending=len(replay.derived.outbox()),
        expectations=expected,
        problems=(*replay.problems, *_strangers(replay), *compared, *_inconsistent(replay, taken)),
        unproven=signatures.unproven(proven),
        keys=signatures.keys,
        since=taken,
    )


def _begun(repository: Repository, tip: str, trust: Trust, since: Expectation) -> Replay | None:
    """Return a replay that stands on a checkpoint of the branch; ``None`` where it has no such one."""
    commit = repository.first_with(tip, layout.record_path(since.size - 1)) if since.size else None
    note = None if commit is None else repository.blob(commit, layout.CHECKPOINT)
    if commit is None or note is None:
        return None
    try:
        stated = checkpoint.parse(note, trust.origin).checkpoint
    except BadCheckpoint:
        return None
    if Expectation(stated.size, stated.root) != since:
        return None
    replay = Replay(repository, trust)
    replay.begin(commit, since)
    if replay.tip == commit:
        replay.advance(commit)
    return None if replay.problems else replay


def _inconsistent(replay: Replay, since: Expectation | None) -> Iterator[Problem]:
    """Prove once more, by RFC 9162 alone, that what was taken as given begins the newest checkpoint."""
    newest, tree = replay.checkpoint, replay.ledger.tree
    if since is None or newest is None or replay.problems:
        return
    path = tree.consistency(since.size, newest.size)
    if not consistency_holds(since.size, newest.size, since.root, newest.root, path):
        yield Problem(f"the newest checkpoint does not go on from {since}", 0, newest.size - 1)


def _strangers(replay: Replay) -> Iterator[Problem]:
    """Find a log that is sound in itself, but that no key vouches for which the verifier was given."""
    signatures = replay.ledger.signatures
    if replay.checkpoint is not None and not signatures.believed():
        ids = tuple(key.id.hex() for key in signatures.signers())
        message = "no checkpoint of this log is signed by a key that was given"
        yield Problem(message, commit=replay.tip or "", strangers=ids)
