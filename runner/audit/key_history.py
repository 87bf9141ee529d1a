"""Which keys may sign a log, and for which of its records: a fold of the records, like everything else.

It begins with the keys that ``log.opened`` names. A checkpoint over ``size`` records, on top of one
over ``old``, must be signed by a key that is valid at both sizes: so a new key is admitted by an
older one, a key never ends itself, and there is always one that can go on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from runner.audit.state import IllegalRecord
from runner.merkle.keys import BadKey, Verifier
from runner.model.fields import entries, number, number_or_none, text, texts
from runner.model.json import JsonObject
from runner.model.log import Record, RecordType


@dataclass(frozen=True, slots=True)
class Term:
    """How long one key may sign.

    ``since`` is the index of the record that admitted it, ``until`` that of the record that ended
    it, ``None`` while it is valid. Alone, its signatures over more than ``trusted_size`` records
    prove nothing; ``None`` when it was never compromised.
    """

    key: Verifier
    since: int
    until: int | None = None
    trusted_size: int | None = None

    def valid(self, size: int) -> bool:
        """Whether the key may sign, as the first ``size`` records have it."""
        return self.since < size and (self.until is None or self.until >= size)


@dataclass(frozen=True, slots=True)
class KeyHistory:
    """Every key that a log has ever had, in the order of the log."""

    terms: tuple[Term, ...] = ()

    @classmethod
    def opened(cls, record: Record) -> KeyHistory:
        """Begin with the keys that the first record names. Raises ``IllegalRecord``."""
        if record.type is not RecordType.LOG_OPENED:
            raise IllegalRecord("names no keys: a log is opened by its first record")
        origin = text(record.body, "log", "origin")
        history = cls()
        for key in dict.fromkeys(texts(record.body, "log", "keys")):
            history = history._with(origin, key, record.index)
        return history

    @classmethod
    def of(cls, keys: Sequence[Verifier]) -> KeyHistory:
        """Begin with keys that are known by another way, where the first record cannot be read."""
        return cls(tuple(Term(key, 0) for key in keys))

    def follow(self, origin: str, record: Record) -> KeyHistory:
        """Return the history after one more record. Raises ``IllegalRecord``."""
        match record.type:
            case RecordType.KEY_ADDED:
                return self._with(origin, text(record.body, "key"), record.index)
            case RecordType.KEY_RETIRED:
                return self._without(text(record.body, "key"), record.index)
            case RecordType.KEY_COMPROMISED:
                trusted_size = number(record.body, "from_size")
                return self._compromised(text(record.body, "key"), record.index, trusted_size)
            case _:
                return self

    def valid(self, size: int) -> tuple[Verifier, ...]:
        """Return the keys that may sign as the first ``size`` records have it."""
        return tuple(term.key for term in self.terms if term.valid(size))

    def term(self, key: Verifier) -> Term | None:
        """Return what the log says of a key, ``None`` for one that it has never had."""
        return next((term for term in self.terms if term.key == key), None)

    def form(self) -> tuple[JsonObject, ...]:
        """Return the history as a snapshot carries it; ``read`` is the way back."""
        return tuple(
            {
                "key": str(term.key),
                "since": term.since,
                "until": term.until,
                "trusted_size": term.trusted_size,
            }
            for term in self.terms
        )

    @classmethod
    def read(cls, body: JsonObject, *path: str) -> KeyHistory:
        """Read what ``form`` wrote. Raises ``KeyError``, ``TypeError`` or ``ValueError``."""
        return cls(
            tuple(
                Term(
                    Verifier.parse(text(item, "key")),
                    number(item, "since"),
                    number_or_none(item, "until"),
                    number_or_none(item, "trusted_size"),
                )
                for item in entries(body, *path)
            )
        )

    def _with(self, origin: str, key: str, index: int) -> KeyHistory:
        try:
            added = Verifier.parse(key)
        except BadKey as error:
            raise IllegalRecord(f"names a key that cannot be used: {error}") from None
        if added.name != origin:
            raise IllegalRecord("names a key of another log")
        if any(term.key.id == added.id for term in self.terms):
            raise IllegalRecord("names a key, or a key id, that this log has had before")
        return KeyHistory((*self.terms, Term(added, index)))

    def _without(self, key: str, index: int) -> KeyHistory:
        term = self._named(key)
        if term.until is not None:
            raise IllegalRecord("retires a key that is no longer valid")
        return self._ended(term, replace(term, until=index), index)

    def _compromised(self, key: str, index: int, trusted_size: int) -> KeyHistory:
        term = self._named(key)
        if trusted_size > index:
            raise IllegalRecord("speaks of records that are not there yet")
        if term.trusted_size is not None:
            raise IllegalRecord("speaks of a key that is known to be compromised already")
        until = index if term.until is None else term.until
        return self._ended(term, replace(term, until=until, trusted_size=trusted_size), index)

    def _named(self, key: str) -> Term:
        term = next((term for term in self.terms if str(term.key) == key), None)
        if term is None:
            raise IllegalRecord("speaks of a key that this log never had")
        return term

    def _ended(self, old: Term, new: Term, index: int) -> KeyHistory:
        history = KeyHistory(tuple(new if term is old else term for term in self.terms))
        if not history.valid(index + 1):
            raise IllegalRecord("would end the last valid key, after which nobody could sign")
        return history
