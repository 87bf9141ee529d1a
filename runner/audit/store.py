"""The log of a target on its git branch (``ports.LogStore``): verified reading, compare-and-swap writing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from runner.audit import layout
from runner.audit.keys import Signer
from runner.audit.records import BadRecord, TooLarge, encode, parse
from runner.audit.replay import Replay
from runner.audit.state import IllegalRecord
from runner.audit.trust import Trust
from runner.audit.writer import Base, Writer
from runner.errors import LogBroken, Refused, RemoteFailure
from runner.git.program import GitFailed
from runner.git.push import PushResult, compare_and_swap
from runner.git.repository import Repository
from runner.model.log import Appended, Draft, Log, Record
from runner.model.notice import Notice
from runner.model.target import Webhook
from runner.ports import Clock, Jitter

TIME_LIMIT = 300.0
"""Seconds after which an append gives up, however often it has tried."""

_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 30.0


@dataclass(slots=True)
class _Append:
    """One call of ``append``: its leaves, and those of which it cannot know whether they landed."""

    leaves: dict[str, bytes]
    settled: tuple[Notice, ...]
    attempted: tuple[Notice, ...]
    uncertain: set[str] = field(default_factory=set)


class GitLogStore:
    """Reads and extends the branch ``audit/<target>`` of a remote.

    It remembers the last state it has verified, and the clone remembers its tip for later processes.
    A branch that goes back, is rewritten or vanishes is refused until it is what it was.
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
        remote: str = "origin",
    ) -> None:
        self._repository = repository
        self._trust = trust
        self._endpoints = tuple(endpoints)
        self._signer = signer
        self._clock = clock
        self._jitter = jitter
        self._remote = remote
        self._replay = Replay(repository, trust)

    def load(self) -> Log:
        """Fetch and verify.

        Raises ``Refused`` when there is no log, ``LogBroken`` if it lies, ``RemoteFailure`` when
        the remote cannot be asked, and ``NotVerified`` when the clone does not reach its beginning.
        """
        self._verify(self._fetch())
        return self._replay.log()

    def append(
        self,
        drafts: Sequence[Draft],
        *,
        settled: Sequence[Notice] = (),
        attempted: Sequence[Notice] = (),
    ) -> Appended:
        """Write the drafts, and their notices, in one compare-and-swap push.

        The loser of a race fetches, verifies and builds anew: its commit stays unreachable in this
        clone. After a push without an answer the remote is asked what it has. Beyond what the port
        says this raises ``Refused`` for a key that is not trusted, for a record that is too large,
        and for one that the log, as it now stands, does not allow.
        """
        writer = Writer(self._trust.require(self._signer), self._endpoints)
        work = _Append(_encoded(drafts), tuple(settled), tuple(attempted))
        started, tries = self._clock.monotonic(), 0
        while True:
            try:
                tip = self._fetch()
            except GitFailed as error:
                reason = error.message
            else:
                self._verify(tip)
                done = self._try(writer, work)
                if isinstance(done, Appended):
                    return done
                reason = done
            left = TIME_LIMIT - (self._clock.monotonic() - started)
            if left <= 0:
                raise RemoteFailure(
                    f"the log could not be written within {TIME_LIMIT:.0f} seconds: {reason}",
                    where=layout.branch(self._trust.target),
                    hint="run again: what did land is recognised",
                )
            self._clock.sleep(
                min(self._jitter(min(_FIRST_PAUSE * 2 ** min(tries, 10), _LONGEST_PAUSE)), left)
            )
            tries += 1

    def _fetch(self) -> str:
        """Bring the newest tip here; it must descend from the one that this clone saw last."""
        target, private = self._trust.target, layout.private_ref(self._trust.target)
        last = self._repository.resolve(private)
        tip = self._repository.tip(self._remote, layout.branch(target))
        if tip is not None:
            if last is not None and not self._repository.descends(tip, last):
                raise LogBroken(
                    f"the branch audit/{target} of {self._remote} was rewritten or rolled back",
                    where=f"now at {tip}, last seen here at {last}",
                    hint="find out who moved it, and put it back: this clone still has that commit",
                )
            self._repository.advance(private, tip)
            return tip
        if last is not None:
            raise LogBroken(
                f"the branch audit/{target} has vanished from {self._remote}",
                where=f"last seen here at {last}",
                hint="find out who deleted it, and put it back: this clone still has that commit",
            )
        raise Refused(
            f"target {target} has no log: {self._remote} has no branch audit/{target}",
            hint=f"purgectl audit open --target {target}; if there was a log, find out where it went",
        )

    def _verify(self, tip: str) -> None:
        self._replay.advance(tip)
        problems = self._replay.problems
        if problems:
            first = problems[0]
            more = f" (and {len(problems) - 1} more problems)" if len(problems) > 1 else ""
            raise LogBroken(
                f"the log of target {self._trust.target} does not verify: {first.message}{more}",
                where=f"{first.path or layout.branch(self._trust.target)} at {first.commit[:12]}",
                hint=f"purgectl audit verify --target {self._trust.target} lists everything",
            )

    def _try(self, writer: Writer, work: _Append) -> Appended | str:
        """Build on the verified tip and push once; return why it must be tried again."""
        replay, landed, known = self._replay, list[Record](), list[str]()
        records: list[Record] = []
        for key, data in work.leaves.items():
            there = replay.find(key)
            if there is None:
                records.append(parse(replay.tree.size + len(records), data))
            elif there.data == data and key in work.uncertain:
                landed.append(there)
            else:
                known.append(key)
        self._require_legal(records)
        now = self._clock.now()
        extension = writer.extend(self._base(), records, work.settled, work.attempted, now)
        if not extension.changes:
            return Appended(replay.log(), tuple(landed), tuple(known))
        commit = self._repository.commit(replay.tip, extension.changes, extension.message, now)
        branch = layout.branch(self._trust.target)
        pushed = compare_and_swap(self._repository.git, self._remote, branch, replay.tip, commit)
        match pushed.result:
            case PushResult.LANDED:
                self._repository.advance(layout.private_ref(self._trust.target), commit)
                self._verify(commit)
                return Appended(replay.log(), (*landed, *records), tuple(known))
            case PushResult.REFUSED:
                raise RemoteFailure(
                    f"{self._remote} does not take the push: {pushed.reason}",
                    where=branch,
                    hint="the runner needs the right to push to this branch",
                )
            case PushResult.UNKNOWN:
                work.uncertain.update(record.id for record in records)
        return pushed.reason or pushed.result.value

    def _require_legal(self, records: Sequence[Record]) -> None:
        try:
            self._replay.legal(records)
        except IllegalRecord as error:
            raise Refused(
                f"the log has moved on, and a record {error}",
                where=layout.branch(self._trust.target),
                hint=f"purgectl status --target {self._trust.target}",
            ) from None

    def _base(self) -> Base:
        derived = self._replay.derived
        pending = {(notice.endpoint, notice.index): notice for notice in derived.outbox()}
        return Base(self._replay.tree, derived.newest, frozenset(derived.delivered), pending)


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
