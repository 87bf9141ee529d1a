"""The search for conversations by attributes of their participants; nothing is changed by it.

``POST /api/v2/analytics/conversations/details/jobs`` finds, as a recording bulk job does, what the
platform can filter by, and only its results carry attributes. They are compared here, page by page, and
of the conversations nothing but their ids and ends is kept, as long as this process lives.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import datetime

from runner.errors import Refused, RemoteFailure, RequestRejected
from runner.genesys.calls import READ_FOUND, READ_SEARCH, START_SEARCH
from runner.genesys.connection import Connection
from runner.genesys.conversation_filters import filters_of
from runner.genesys.manifest import Manifest, manifest_of, singled_out
from runner.genesys.reply import Reply
from runner.genesys.values import LONGEST_REASON, LONGEST_WORD, instant_or_none, interval_text
from runner.model.json import Json, JsonObject
from runner.model.policy import Selection
from runner.model.text import printable
from runner.model.time import format_instant, midnight_after, midnight_before
from runner.net.retry import Effect

PAGE = 200
"""Conversations on a page: each may have dozens of segments, and an answer has an end."""

MOST_PAGES = 2000
PATIENCE = 300.0
"""Seconds that ``awaited`` waits for a search, at most."""

_PAGES_AT_ONCE = 25
_SOONEST, _LATEST = 1.0, 15.0
_OVER = frozenset({"FAILED", "CANCELLED", "EXPIRED"})
_AGAIN = "run again, which begins the search anew; a narrower range may help"


class _GivenUp(RemoteFailure):
    """The platform has ended a search, or it cannot be complete: only a new one can help."""


@dataclass(frozen=True, slots=True)
class Searching:
    """A search that goes on: ``why`` it is waited for, and after how many seconds to ask again."""

    why: str
    look_again: float


@dataclass(slots=True)
class _Search:
    """How far a search has come. ``found`` are the conversations singled out, each with its end."""

    job_id: str
    begun: float
    fulfilled: bool = False
    cursor: str | None = None
    pages: int = 0
    found: dict[str, datetime | None] = field(default_factory=dict)
    manifest: Manifest | None = None


class Searches:
    """Every search of a run by its selection. A selection without attributes needs none."""

    def __init__(self, connection: Connection) -> None:
        self._clock, self._say = connection.setting.clock, connection.setting.say
        self._caller = connection.caller(Effect.SAFE)
        self._searches: dict[str, _Search] = {}

    def known(self, selection: Selection) -> Manifest | None:
        """Return what the search for a selection has found, ``None`` while nobody knows."""
        search = self._searches.get(_key(selection))
        return None if search is None else search.manifest

    def advance(self, selection: Selection) -> Manifest | Searching:
        """Bring the search for a selection one step further, without waiting.

        A search that the platform has given up is begun anew by the next step. Raises ``Refused`` for
        more than can be looked through, and ``RemoteFailure``.
        """
        key = _key(selection)
        search = self._searches.get(key)
        if search is None:
            search = self._searches[key] = self._begun(selection)
        elif search.manifest is None:
            try:
                self._go_on(search, selection)
            except (RequestRejected, _GivenUp):
                del self._searches[key]
                raise
        return self._told(search) if search.manifest is None else search.manifest

    def awaited(self, selection: Selection) -> Manifest | Searching:
        """Wait for the search for a selection, ``PATIENCE`` at most, and say so. Raises as ``advance``."""
        until, told = self._clock.monotonic() + PATIENCE, ""
        while isinstance(got := self.advance(selection), Searching):
            if self._clock.monotonic() + got.look_again > until:
                return got
            if got.why != told:
                self._say(got.why)
            told = got.why
            self._clock.sleep(got.look_again)
        return got

    def close(self) -> None:
        """Close the connection to the API."""
        self._caller.close()

    def _begun(self, selection: Selection) -> _Search:
        reply = self._caller.ask(START_SEARCH, body=_query(selection))
        job_id = reply.id_or_none(reply.object().get("jobId"))
        if job_id is None:
            raise reply.nonsense("names no job")
        return _Search(job_id, self._clock.monotonic())

    def _go_on(self, search: _Search, selection: Selection) -> None:
        if not search.fulfilled:
            search.fulfilled = self._fulfilled(search)
        pages = 0
        while search.fulfilled and search.manifest is None and pages < _PAGES_AT_ONCE:
            self._read_page(search, selection)
            pages += 1

    def _fulfilled(self, search: _Search) -> bool:
        reply = self._caller.ask(READ_SEARCH, search.job_id)
        answer = reply.object()
        state, error = answer.get("state"), answer.get("errorMessage")
        if state in _OVER:
            reason = f": {reply.plain(error, LONGEST_REASON)}" if isinstance(error, str) else ""
            raise _given_up(reply, f"is {reply.plain(str(state), LONGEST_WORD)}{reason}")
        return state == "FULFILLED"

    def _read_page(self, search: _Search, selection: Selection) -> None:
        """Read one page, the next by its cursor; one without a cursor is the last."""
        if search.pages == MOST_PAGES:
            raise Refused(
                f"attributes can be looked for in {MOST_PAGES * PAGE:,} conversations, and there are more",
                hint="split the range, or narrow it with filters.dimensions, such as the queue",
            )
        place = {} if search.cursor is None else {"cursor": search.cursor}
        reply = self._caller.ask(READ_FOUND, search.job_id, query={"pageSize": str(PAGE), **place})
        page = reply.object()
        _require_complete(page.get("dataAvailabilityDate"), selection, reply)
        search.found.update(_singled_out(page.get("conversations"), selection, reply))
        following = page.get("cursor")
        if following is None:
            search.manifest = manifest_of(search.found)
        elif not isinstance(following, str) or following == search.cursor:
            raise reply.nonsense("goes on without saying where")
        else:
            search.cursor, search.pages = following, search.pages + 1

    def _told(self, search: _Search) -> Searching:
        """Look again after a tenth of the search's age."""
        if search.fulfilled:
            seen = search.pages * PAGE
            return Searching(f"{seen:,} conversations of search {search.job_id} are looked through", 0.0)
        age = self._clock.monotonic() - search.begun
        why = f"search {search.job_id} for conversations by attributes is not FULFILLED"
        return Searching(why, min(max(age / 10, _SOONEST), _LATEST))


def _query(selection: Selection) -> JsonObject:
    """Return the query (``AsyncConversationQuery``) for all of which the attributes single some out."""
    span = selection.date_range
    try:
        filters = filters_of(replace(selection, attributes={}))
    except ValueError as error:
        raise Refused(f"its conversations {printable(str(error))}") from None
    return {
        "interval": interval_text(midnight_before(span.start), midnight_after(span.end)),
        "startOfDayIntervalMatching": True,
        **filters,
    }


def _key(selection: Selection) -> str:
    return json.dumps([_query(selection), selection.attributes], sort_keys=True)


def _singled_out(value: Json, selection: Selection, reply: Reply) -> dict[str, datetime | None]:
    """Return those of a page that are singled out; a page leaves them out where there are none."""
    if value is not None and not isinstance(value, list):
        raise reply.nonsense("lists no conversations")
    found: dict[str, datetime | None] = {}
    for each in value or ():
        if not isinstance(each, dict):
            raise reply.nonsense("lists a conversation that is no object")
        if singled_out(each, selection.attributes):
            named = reply.id_or_none(each.get("conversationId"))
            if named is None:
                raise reply.nonsense("holds a conversation without an id")
            found[named] = instant_or_none(each.get("conversationEnd"))
    return found


def _require_complete(value: Json, selection: Selection, reply: Reply) -> None:
    """Refuse to call a search complete that was made before the platform had all of the range."""
    until = instant_or_none(value)
    if until is not None and until < selection.date_range.end:
        raise _given_up(reply, f"is complete until {format_instant(until)} only")


def _given_up(reply: Reply, problem: str) -> _GivenUp:
    return _GivenUp(f"the search for conversations by attributes {problem}", where=reply.where, hint=_AGAIN)
