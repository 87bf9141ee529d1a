"""The branch of a log as one clone follows it: fetched, held against what was seen before, verified.

What this process has verified it does not read again. A later process stands on the tip that the
clone remembers and verifies only what came since; a fresh clone stands on the newest tip.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from runner.audit import layout
from runner.audit.memory import Expectation
from runner.audit.trust import PUT_BACK, Trust
from runner.branch.recall import require_remembered
from runner.branch.replay import Replay
from runner.errors import LogBroken, Refused
from runner.git.branch_copy import BranchCopy
from runner.git.program import GitFailed
from runner.git.remote import REMOTE
from runner.git.repository import Repository
from runner.merkle import checkpoint
from runner.merkle.checkpoint import BadCheckpoint


class Following:
    """Follows one log. A branch that goes back, is rewritten or vanishes is refused until it is as it was."""

    def __init__(self, clone: Repository, trust: Trust, expect: Iterable[Expectation] = ()) -> None:
        branch = layout.branch(trust.target)
        self._clone = clone
        self._trust = trust
        self._expect = tuple(expect)
        self.copy = BranchCopy.beside(clone, REMOTE, branch, f"audit/{trust.target}")
        self.replay = Replay(self.copy, trust)

    def fetch(self) -> str:
        """Bring the newest tip here; it must descend from the one that this clone saw last.

        Raises ``Refused`` when there is no log, ``LogBroken`` when it went back or away, and
        ``RemoteFailure`` when the remote cannot be asked.
        """
        target, last = self._trust.target, self.copy.seen
        tip = self.copy.newest()
        if tip is None and last is None:
            raise Refused(
                f"target {target} has no log: {REMOTE} has no branch audit/{target}",
                hint=f"purgectl audit open --target {target}; if there was a log, find out where it went",
            )
        if tip is None:
            raise LogBroken(
                f"the branch audit/{target} has vanished from {REMOTE}",
                where=f"last seen here at {last}",
                hint="find out who deleted it, and push it again from a clone that has all of it",
            )
        if last is not None and not self.copy.descends(tip, last):
            raise LogBroken(
                f"the branch audit/{target} of {REMOTE} was rewritten or rolled back",
                where=f"now at {tip}, last seen here at {last}",
                hint="find out who moved it, and push that commit again from a clone that has all of it",
            )
        return tip

    def verify(self, tip: str) -> None:
        """Verify on to a tip and remember it. Raises ``LogBroken``."""
        if self.replay.tip is None and not self.replay.problems:
            self._begin(tip)
        if not self.replay.problems:
            self.replay.advance(tip)
        self._require_sound()
        self._trust.require_believed(self.replay.ledger.signatures.newest)
        if self._expect:
            require_remembered(self.copy, tip, self.replay.ledger.tree, self._trust.target, self._expect)
            self._expect = ()
        self.copy.remember(tip)

    def show(self) -> None:
        """Let the clone's own branch of the remote follow, where it has one, as after any push from it.

        It is for people and for the offline commands; where it cannot be done, ``git fetch`` can.
        """
        tracking = f"refs/remotes/{REMOTE}/audit/{self._trust.target}"
        with suppress(GitFailed):
            if self._clone.resolve(tracking) is not None:
                self._clone.fetch(REMOTE, layout.branch(self._trust.target), tracking)

    def _begin(self, tip: str) -> None:
        seen = self.copy.seen
        remembered = None if seen is None else self._remembered(seen)
        if seen is None or remembered is None:
            self.replay.begin(tip)
        else:
            self.replay.begin(seen, remembered)

    def _remembered(self, seen: str) -> Expectation | None:
        """Return what the log was at a tip that was verified before, ``None`` if that cannot be read."""
        note = self.copy.blob(seen, layout.CHECKPOINT)
        try:
            stated = checkpoint.parse(note or b"", self._trust.origin).checkpoint
        except BadCheckpoint:
            return None
        return Expectation(stated.size, stated.root)

    def _require_sound(self) -> None:
        problems = self.replay.problems
        if not problems:
            return
        first, target = problems[0], self._trust.target
        more = f" (and {len(problems) - 1} more problems)" if len(problems) > 1 else ""
        raise LogBroken(
            f"the log of target {target} does not verify: {first.message}{more}",
            where=f"{first.path or layout.branch(target)} at {first.commit[:12]}",
            hint=PUT_BACK if first.strangers else f"purgectl audit verify --target {target} lists everything",
        )
