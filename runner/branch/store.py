"""The log of a target on its git branch (``ports.LogStore``): verified reading, compare-and-swap writing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from runner.audit import layout
from runner.audit.key_history import KeyHistory
from runner.audit.memory import Expectation
from runner.audit.records import BadRecord, TooLarge, encode, parse
from runner.audit.snapshot import drafted
from runner.audit.state import IllegalRecord
from runner.audit.trust import Trust
from runner.branch.following import Following
from runner.branch.ledger import Ledger
from runner.branch.pace import Pace, may_wait
from runner.branch.writer import Base, Posting, Writer
from runner.errors import Refused, RemoteFailure
from runner.git.program import GitFailed
from runner.git.push import Pushed, PushResult, compare_and_swap
from runner.git.remote import REMOTE, is_near
from runner.git.repository import Repository
from runner.merkle.keys import Signer
from runner.model.log import Appended, Draft, Log, Record, RecordType
from runner.model.notice import Notice
from runner.model.target import Webhook
from runner.ports import Clock, Jitter

TIME_LIMIT = 300.0
"""Seconds after which an append gives up, however often it has tried; a run that ends gives it less."""

_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 30.0


@dataclass(slots=True)
class _Append:
    """One call of ``append``: its leaves, and those of which it cannot know whether they landed.

    One that is ``patient`` waits where pushes come too fast.
    """

    leaves: dict[str, bytes]
    posting: Posting
    patient: bool
    uncertain: set[str] = field(default_factory=set)


class GitLogStore:
    """Reads and extends the branch ``audit/<target>`` of a remote.

    How it reads, and what it refuses, stands in ``Following``; so is refused what does not go on from
    what it is told to ``expect``.
    """

    def __init__(
        self,
        repository: Repository,
        trust: Trust,
        *,
        endpoints: Iterable[Webhook],
        signer: Signer | None,
        clock: Clock,
        jitter: Jitter,
        expect: Iterable[Expectation] = (),
    ) -> None:
        self._trust = trust
        self._endpoints = tuple(endpoints)
        self._signer = signer
        self._clock = clock
        self._jitter = jitter
        self._following = Following(repository, trust, expect)
        self._pace = None if is_near(repository.git, REMOTE) else Pace(at=clock.monotonic())

    @property
    def keys(self) -> KeyHistory:
        """The keys of the log as it was last read."""
        return self._following.replay.ledger.signatures.keys

    def load(self) -> Log:
        """Fetch and verify.

        Raises ``Refused`` when there is no log, ``LogBroken`` if it lies, and ``RemoteFailure`` when
        the remote cannot be asked.
        """
        self._following.verify(self._following.fetch())
        return self._following.replay.log()

    def append(
        self,
        drafts: Sequence[Draft],
        *,
        settled: Sequence[Notice] = (),
        attempted: Sequence[Notice] = (),
        dead: Sequence[Notice] = (),
        replayed: Sequence[Notice] = (),
    ) -> Appended:
        """Write the drafts, and their notices, in one compare-and-swap push.

        The loser of a race fetches, verifies and builds anew: its commit stays unreachable in this
        clone. After a push without an answer the remote is asked what it has. Beyond what the port
        says this raises ``Refused`` for a key that is not trusted, for a record that is too large,
        and for one that the log, as it now stands, does not allow.
        """
        writer = Writer(self._trust.require(self._signer), self._endpoints)
        posting = Posting(tuple(settled), tuple(attempted), tuple(dead), tuple(replayed))
        work = _Append(_encoded(drafts), posting, may_wait(drafts))
        started, tries = self._clock.monotonic(), 0
        while True:
            self._keep_pace(work.patient)
            try:
                tip = self._following.fetch()
            except GitFailed as error:
                reason = error.message
            else:
                self._following.verify(tip)
                done = self._try(writer, work)
                if isinstance(done, Appended):
                    return done
                reason = done
            grace = self._following.copy.git.interruption.grace()
            left = min(TIME_LIMIT - (self._clock.monotonic() - started), grace)
            if left <= 0:
                return self._last_look(work, reason)
            self._clock.sleep(
                min(self._jitter(min(_FIRST_PAUSE * 2 ** min(tries, 10), _LONGEST_PAUSE)), left)
            )
            tries += 1

    def show(self) -> None:
        """Let the clone see what was pushed, as ``Following.show`` says."""
        self._following.show()

    def _last_look(self, work: _Append, reason: str) -> Appended:
        """Give up, unless a push without an answer has landed: its intent would be ambiguous for nothing."""
        with suppress(GitFailed):
            tip = self._following.fetch() if work.uncertain else None
            if tip is not None:
                self._following.verify(tip)
                landed, known, leaves = _sorted(self._following.replay.ledger, work)
                if not leaves:
                    return Appended(self._following.replay.log(), landed, known)
        raise RemoteFailure(
            f"the log could not be written in time: {reason}",
            where=layout.branch(self._trust.target),
            hint="run again: what did land is recognised",
        )

    def _keep_pace(self, patient: bool) -> None:
        wait = self._pace.wait(self._clock.monotonic()) if self._pace is not None and patient else 0.0
        if wait > 0:
            self._clock.sleep(wait)

    def _try(self, writer: Writer, work: _Append) -> Appended | str:
        """Build on the verified tip and push once; return why it must be tried again."""
        replay, copy, now = self._following.replay, self._following.copy, self._clock.now()
        landed, known, leaves = _sorted(replay.ledger, work)
        size, snapshot = replay.ledger.tree.size, replay.ledger.due_summary() if leaves else None
        if snapshot is not None:
            leaves.insert(0, encode(drafted(self._trust.origin, size, snapshot, now)))
        records = [parse(size + number, data) for number, data in enumerate(leaves)]
        keys = self._require_legal(records)
        if records:
            self._trust.require_valid(writer.signer, size, keys)
        extension = writer.extend(self._base(), records, work.posting, now, snapshot)
        if not extension.changes:
            return Appended(replay.log(), landed, known)
        commit = copy.commit(replay.tip, extension.changes, extension.message, now)
        pushed = self._push(replay.tip, commit)
        if pushed.result is PushResult.LANDED:
            self._following.verify(commit)
            own = (record for record in records if record.type is not RecordType.LOG_SNAPSHOT)
            return Appended(replay.log(), (*landed, *own), known)
        if pushed.result is PushResult.UNKNOWN:
            work.uncertain.update(record.id for record in records)
        return pushed.reason or pushed.result.value

    def _push(self, tip: str | None, commit: str) -> Pushed:
        """Push once. Raises ``RemoteFailure`` for a remote that says no."""
        branch = layout.branch(self._trust.target)
        if self._pace is not None:
            self._pace = self._pace.pushed(self._clock.monotonic())
        pushed = compare_and_swap(self._following.copy.wire, REMOTE, branch, tip, commit)
        if pushed.result is PushResult.REFUSED:
            raise RemoteFailure(
                f"{REMOTE} does not take the push: {pushed.reason}",
                where=branch,
                hint="the runner needs the right to push to this branch",
            )
        return pushed

    def _require_legal(self, records: Sequence[Record]) -> KeyHistory:
        try:
            return self._following.replay.ledger.legal(records)
        except IllegalRecord as error:
            raise Refused(
                f"the log has moved on, and a record {error}",
                where=layout.branch(self._trust.target),
                hint=f"purgectl status --target {self._trust.target}",
            ) from None

    def _base(self) -> Base:
        derived, ledger = self._following.replay.derived, self._following.replay.ledger
        return Base(
            tree=ledger.tree,
            whereabouts=ledger.whereabouts,
            outbox={notice.key: notice for notice in derived.outbox()},
            dead={notice.key: notice for notice in derived.dead()},
        )


def _sorted(ledger: Ledger, work: _Append) -> tuple[tuple[Record, ...], tuple[str, ...], list[bytes]]:
    """Return what of this call has landed before, what somebody else wrote, and the leaves to write."""
    landed, known, leaves = [], [], []
    for key, data in work.leaves.items():
        there = ledger.find(key)
        if there is not None and there.data == data and key in work.uncertain:
            landed.append(there)
        elif ledger.knows(key):
            known.append(key)
        else:
            leaves.append(data)
    return tuple(landed), tuple(known), leaves


def _encoded(drafts: Sequence[Draft]) -> dict[str, bytes]:
    """Return the bytes of every draft by its id, in order. Raises ``Refused`` for one that cannot be."""
    leaves: dict[str, bytes] = {}
    for draft in drafts:
        if draft.id in leaves:
            raise ValueError(f"the record {draft.id} is appended twice at once")
        try:
            leaves[draft.id] = encode(draft)
        except BadRecord as error:
            raise Refused(
                f"a record of type {draft.type.value} {error}",
                hint="shorten the policy: its whole text stands in the record"
                if isinstance(error, TooLarge)
                else "this is a fault in purgectl or in an answer of the platform: report it",
            ) from None
    return leaves
