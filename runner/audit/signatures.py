"""Who signed a log, checkpoint by checkpoint, and how far the word of each key reaches."""

from __future__ import annotations

from dataclasses import dataclass

from runner.audit.key_history import KeyHistory
from runner.audit.memory import Expectation
from runner.audit.records import BadRecord, parse
from runner.audit.state import IllegalRecord
from runner.audit.trust import Trust
from runner.merkle import checkpoint
from runner.merkle.checkpoint import BadCheckpoint, SignedNote
from runner.merkle.keys import Verifier
from runner.model.log import Checkpoint, Record

_BEYOND_ANY_LOG = 10**9
"""More records than a log can have: the path of a record has nine digits."""


@dataclass(frozen=True, slots=True)
class Signing:
    """A stretch of the log, records ``start`` to ``end - 1``, whose checkpoints the same keys signed."""

    start: int
    end: int
    signers: tuple[Verifier, ...]


@dataclass(frozen=True, slots=True)
class Unproven:
    """Records ``first`` to ``last``: only a key that may have been stolen by then vouches for them."""

    first: int
    last: int
    keys: tuple[Verifier, ...]


class Signatures:
    """Follows the signatures through a replay.

    ``keys`` is the history of the log's keys as far as it was read, ``newest`` those that signed
    the newest sound checkpoint.
    """

    def __init__(self, trust: Trust) -> None:
        self._trust = trust
        self._signings: list[Signing] = []
        self._strangers: tuple[str, ...] = ()
        self._recalled: int | None = None
        self._signed: SignedNote | None = None
        self.keys = KeyHistory()
        self.newest: tuple[Verifier, ...] = ()

    def open(self, first: bytes | None) -> None:
        """Begin with the keys that the first record names; with those given, where it cannot be read."""
        try:
            self.keys = KeyHistory.opened(parse(0, first or b""))
        except (BadRecord, IllegalRecord):
            self.keys = KeyHistory.of(self._trust.verifiers)

    def read(self, note: bytes, old: int) -> Checkpoint:
        """Return what a note on top of ``old`` records states.

        Raises ``BadCheckpoint`` unless a key has signed it that is valid there.
        """
        signed = checkpoint.parse(note, self._trust.origin)
        self._strangers = signed.key_ids
        self.newest = signed.signers(self.keys.valid(max(old, 1)))
        if not self.newest:
            raise BadCheckpoint("no key that the log trusts has signed the checkpoint", signed.key_ids)
        return signed.checkpoint

    def believe(self, note: bytes, remembered: Expectation | None) -> Checkpoint:
        """Return what a note states that one of the keys given has signed, or that is remembered.

        What the log says of such a key, ``settle`` finds once the records are read; what the
        verifier has verified before is believed whoever signed it. Raises ``BadCheckpoint``.
        """
        signed = checkpoint.parse(note, self._trust.origin)
        stated = signed.checkpoint
        if remembered is not None:
            if Expectation(stated.size, stated.root) != remembered:
                raise BadCheckpoint(f"the checkpoint is not the one that is remembered, {remembered}")
            self._recalled, self._signed = stated.size, signed
            return stated
        self._strangers = signed.key_ids
        self.newest = signed.signers(self._trust.verifiers)
        if not self.newest:
            raise BadCheckpoint("no trusted key has signed the newest checkpoint", signed.key_ids)
        return stated

    def follow(self, record: Record) -> None:
        """Take in the next record. Raises ``IllegalRecord``."""
        self.keys = self.keys.follow(self._trust.origin, record)

    def settle(self, old: int, size: int) -> None:
        """Take in who signed, once the records have told which keys end with them.

        Raises ``BadCheckpoint`` when no signer is left.
        """
        if size == self._recalled and self._signed is not None:
            self.newest = self._signed.signers(self.keys.valid(size))
            return
        self.newest = tuple(key for key in self.newest if key in self.keys.valid(size))
        if not self.newest:
            raise BadCheckpoint(
                "the checkpoint is signed only by a key that ends with its records", self._strangers
            )
        start = old
        if self._signings and self._signings[-1].signers == self.newest:
            start = self._signings.pop().start
        self._signings.append(Signing(start, size, self.newest))

    def believed(self) -> bool:
        """Whether a key that was given signed a checkpoint, at a size up to which its word counts.

        What was verified before stands for such a checkpoint.
        """
        return self._recalled is not None or any(
            signing.start < self._reach(key)
            for signing in self._signings
            for key in signing.signers
            if key in self._trust.verifiers
        )

    def signers(self) -> tuple[Verifier, ...]:
        """Return every key that signed a sound checkpoint, in the order of the log."""
        return tuple(dict.fromkeys(key for signing in self._signings for key in signing.signers))

    def unproven(self, proven: int) -> tuple[Unproven, ...]:
        """Return the records for which only a compromised key vouches.

        ``proven`` is the largest size that somebody outside remembers.
        """
        found = []
        for signing in self._signings:
            first = max(signing.start, proven, *map(self._reach, signing.signers))
            if first < signing.end:
                found.append(Unproven(first, signing.end - 1, signing.signers))
        return tuple(found)

    def _reach(self, key: Verifier) -> int:
        """Return for how many records a key can vouch."""
        term = self.keys.term(key)
        return _BEYOND_ANY_LOG if term is None or term.trusted_size is None else term.trusted_size
