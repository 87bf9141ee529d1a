"""Lists of the platform, read to their last page by cursor (``includeTotal=false``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import parse_qsl

from runner.errors import RemoteFailure
from runner.genesys.calls import Call
from runner.genesys.connection import Caller
from runner.genesys.reply import Reply
from runner.model.json import Json

MOST_PAGES = 200
_PAGE_SIZE = "100"
_PLACES = ("cursor", "pageNumber")


def listed(caller: Caller, call: Call, *ids: str, **query: str) -> Iterator[tuple[Json, Reply]]:
    """Yield every entity of a list, each with the page that it stood on.

    A list that is longer than ``MOST_PAGES`` pages of 100, or that leads in a circle, is not read to its
    end and so is not believed. Raises ``RemoteFailure``.
    """
    place: Mapping[str, str] = {}
    seen: list[Mapping[str, str]] = []
    while place not in seen:
        if len(seen) == MOST_PAGES:
            raise RemoteFailure(
                f"{call} lists more than {MOST_PAGES} pages",
                hint="ask Genesys support to remove old jobs of this OAuth client, or use a new client",
            )
        seen.append(place)
        reply = caller.ask(
            call, *ids, query={**query, "pageSize": _PAGE_SIZE, "includeTotal": "false", **place}
        )
        page = reply.object()
        entities = page.get("entities")
        if not isinstance(entities, list):
            raise reply.nonsense("lists no entities")
        for entity in entities:
            yield entity, reply
        following = page.get("nextUri")
        if following is None:
            return
        place = _place(following, reply)
    raise reply.nonsense("leads back to a page that was read already")


def _place(following: Json, reply: Reply) -> Mapping[str, str]:
    """Read where a list goes on; nothing but the place is taken from the platform's address."""
    _, _, query = following.partition("?") if isinstance(following, str) else ("", "", "")
    place = {name: value for name, value in parse_qsl(query) if name in _PLACES}
    if not place:
        raise reply.nonsense("goes on without saying where")
    return place
