"""The platform's deletion protection: a second lock on the conversations that legal holds name.

It keeps every recording of a conversation, whatever its date of deletion, until it is taken off again.
purgectl only ever puts it on. Source: ``/api/v2/recordings/deletionprotection`` of the published API,
with 100 conversations a call and 1,000 an organisation.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from runner.errors import OutcomeUnknown, Refused
from runner.genesys.calls import PROTECT, QUERY_PROTECTION
from runner.genesys.connection import Connection
from runner.genesys.reply import Reply
from runner.model.json import Json
from runner.net.retry import Effect
from runner.ports import Protection

MOST_PROTECTED = 1000
_BATCH = 100


@dataclass(frozen=True, slots=True)
class Mirrored:
    """What became of the conversations of the holds. ``drifted`` were not protected and are now.

    ``missing`` are not protected after all: they have no recording, or the platform failed.
    """

    protected: frozenset[str]
    drifted: frozenset[str]
    missing: frozenset[str]


def mirror(platform: Protection, held: Collection[str]) -> Mirrored:
    """Protect every conversation that is held, and look whether that is so.

    Raises ``Refused`` when they are more than an organisation may protect, and ``RemoteFailure``.
    """
    wanted = frozenset(held)
    if len(wanted) > MOST_PROTECTED:
        raise Refused(
            f"the holds name {len(wanted):,} conversations, and the platform protects {MOST_PROTECTED:,}",
            hint="the holds in the repository stop purges all the same; protect the most important by hand",
        )
    before = platform.protected(wanted)
    lacking = wanted - before
    failed = platform.protect(lacking)
    drifted = platform.protected(lacking) - failed
    return Mirrored(before | drifted, drifted, lacking - drifted)


class DeletionProtection:
    """``Protection`` of a target; it has no way to take a protection off, nor to execute a job."""

    def __init__(self, connection: Connection) -> None:
        self._caller = connection.caller(Effect.REVERSIBLE)

    def protected(self, conversations: Collection[str]) -> frozenset[str]:
        """Ask which are protected (``POST``, which changes nothing). Raises ``RemoteFailure``."""

        def ask(batch: Sequence[str]) -> Reply:
            return self._caller.ask(QUERY_PROTECTION, body={"conversationIds": batch})

        replies = _in_batches(conversations, ask)
        told = frozenset(_id(entity) for reply in replies for entity in _list(reply.value(), reply))
        return told & frozenset(conversations)

    def protect(self, conversations: Collection[str]) -> frozenset[str]:
        """Protect (``PUT ?protect=true``, always said); a success may name failures.

        Raises ``RemoteFailure``; an answer that is lost is no failure, because the state is asked for
        afterwards.
        """

        def ask(batch: Sequence[str]) -> Reply | None:
            try:
                return self._caller.ask(PROTECT, query={"protect": "true"}, body={"conversationIds": batch})
            except OutcomeUnknown:
                return None

        failed: set[str] = set()
        for reply in _in_batches(conversations, ask):
            if reply.status == 204:
                continue
            updates = reply.object().get("failedUpdates", ())
            failed.update(_conversation(update) for update in _list(updates, reply))
        return frozenset(failed)

    def close(self) -> None:
        """Close the connection to the API."""
        self._caller.close()


def _in_batches(
    conversations: Collection[str], ask: Callable[[Sequence[str]], Reply | None]
) -> Iterator[Reply]:
    """Ask about at most a hundred at a time.

    One conversation that is not known fails all that are asked about with it, so a 404 is asked again in
    halves; a single one that is not known has no recording.
    """
    ordered = sorted(conversations)
    waiting = [ordered[start : start + _BATCH] for start in range(0, len(ordered), _BATCH)]
    while waiting:
        batch = waiting.pop()
        reply = ask(batch)
        if reply is None:
            continue
        if not reply.missing:
            yield reply
        elif len(batch) > 1:
            middle = len(batch) // 2
            waiting += [batch[:middle], batch[middle:]]


def _list(value: Json, reply: Reply) -> Sequence[Json]:
    if not isinstance(value, list | tuple):
        raise reply.nonsense("holds no list of conversations")
    return value


def _id(entity: Json) -> str:
    named = entity.get("id") if isinstance(entity, Mapping) else None
    return named if isinstance(named, str) else ""


def _conversation(update: Json) -> str:
    return _id(update.get("conversation")) if isinstance(update, Mapping) else ""
