"""The archive: every conversation and recording, and what time and protection do to them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from threading import RLock

from runner.sandbox.clock import Clock
from runner.sandbox.problems import ApiError
from runner.sandbox.recordings.conversations import UNCHANGEABLE, Conversation, FileState, Recording
from runner.sandbox.recordings.queries import Query

MOST_PROTECTED = 1000


class Archive:
    """The ground truth of the recording surface. Safe to use from any thread.

    A file is deleted once its delete date is ``lag`` seconds past, unless its conversation is
    protected then; nothing brings it back. ``fill`` is asked for the conversations at the first look.
    """

    def __init__(self, fill: Callable[[], Iterable[Conversation]], clock: Clock, lag: float) -> None:
        self._fill = fill
        self._clock = clock
        self._lag = int(lag * 1000)
        self._lock = RLock()
        self._conversations: dict[str, Conversation] | None = None
        self._doomed: dict[str, Recording] = {}
        self._protected: set[str] = set()

    def conversations(self) -> list[Conversation]:
        """Every conversation, as it is now."""
        with self._lock:
            return list(self._swept().values())

    def find(self, conversation_id: str) -> Conversation:
        """One conversation. Raises ``ApiError`` 404."""
        with self._lock:
            found = self._swept().get(conversation_id)
        if found is None:
            raise ApiError(
                404,
                "Conversation with specified conversationId was not found.",
                code="conversation.not.found",
            )
        return found

    def add(self, conversations: Iterable[Conversation]) -> None:
        """Add conversations, or replace those of the same id."""
        with self._lock:
            known = self._swept()
            for conversation in conversations:
                known[conversation.id] = conversation
                dated = (each for each in conversation.recordings if each.delete_date is not None)
                self._doomed.update((recording.id, recording) for recording in dated)

    def clear(self) -> None:
        """Forget every conversation."""
        with self._lock:
            self._swept().clear()
            self._doomed.clear()
            self._protected.clear()

    def select(
        self, query: Query, divisions: Collection[str] | None, until: int | None
    ) -> list[Conversation]:
        """The conversations that match, in divisions that the caller may see, begun before ``until``."""
        visible = (
            each
            for each in self.conversations()
            if (divisions is None or each.division_id in divisions)
            and (until is None or each.started_at < until)
        )
        return query.select(visible)

    def date(self, recording: Recording, delete_date: int | None) -> bool:
        """Set or take back the delete date; false for a recording whose dates cannot be changed."""
        with self._lock:
            self._swept()
            if recording.file_state in UNCHANGEABLE:
                return False
            recording.delete_date = delete_date
            self._doomed.pop(recording.id, None)
            if delete_date is not None:
                self._doomed[recording.id] = recording
            return True

    def protect(self, conversation_id: str) -> bool:
        """Protect a conversation; false when the organisation protects as many as it may."""
        with self._lock:
            self._swept()
            if len(self._protected | {conversation_id}) > MOST_PROTECTED:
                return False
            self._protected.add(conversation_id)
            return True

    def release(self, conversation_id: str) -> None:
        """End the protection of a conversation; its delete dates count again."""
        with self._lock:
            self._swept()
            self._protected.discard(conversation_id)

    def is_protected(self, conversation_id: str) -> bool:
        """Whether a conversation is protected."""
        with self._lock:
            return conversation_id in self._protected

    def _swept(self) -> dict[str, Conversation]:
        """What there is, after every deletion that has come due."""
        if self._conversations is None:
            self._conversations = {each.id: each for each in self._fill()}
        due = self._clock.now() - self._lag
        for recording in [*self._doomed.values()]:
            dated = recording.delete_date is not None and recording.delete_date <= due
            if dated and recording.conversation_id not in self._protected:
                recording.file_state = FileState.DELETED
                del self._doomed[recording.id]
        return self._conversations
