"""A manifest: the conversations that a selection's attributes single out, one by one.

The platform cannot filter by participants' attributes, so they are compared here, as the article's API
compares them: one participant has every attribute, and of each one of the values, character by character.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from runner.model.json import Json
from runner.model.policy import FilterValue


@dataclass(frozen=True, slots=True)
class Manifest:
    """The ids of conversations, sorted, each once.

    ``newest_end`` is when the last of them ended, ``None`` if one has not, or there are none.
    """

    conversations: tuple[str, ...]
    newest_end: datetime | None

    @property
    def sha256(self) -> str:
        """The SHA-256 of the ids joined by line feeds, in lower-case hex (``docs/audit-log.md``)."""
        return hashlib.sha256("\n".join(self.conversations).encode()).hexdigest()


NOBODY = Manifest(("00000000-0000-0000-0000-000000000000",), None)
"""A manifest that singles nothing out, for requests that are compared and never sent."""


def manifest_of(found: Mapping[str, datetime | None]) -> Manifest:
    """Return the manifest of conversations, each with when it ended, ``None`` if it has not."""
    ends = [end for end in found.values() if end is not None]
    newest = max(ends, default=None) if len(ends) == len(found) else None
    return Manifest(tuple(sorted(found)), newest)


def singled_out(conversation: Mapping[str, Json], attributes: Mapping[str, FilterValue]) -> bool:
    """Whether one participant of a conversation (``AnalyticsConversation``) has all the attributes.

    What the platform does not tell is no match.
    """
    participants = conversation.get("participants")
    if not attributes or not isinstance(participants, list):
        return False
    wanted = {name: _texts(value) for name, value in attributes.items()}
    return any(_has(participant, wanted) for participant in participants)


def _has(participant: Json, wanted: Mapping[str, tuple[str, ...]]) -> bool:
    told = participant.get("attributes") if isinstance(participant, Mapping) else None
    return isinstance(told, Mapping) and all(told.get(name) in texts for name, texts in wanted.items())


def _texts(value: FilterValue) -> tuple[str, ...]:
    """Return the texts of which any will do; the platform holds every attribute as a text."""
    values = value if isinstance(value, tuple) else (value,)
    return tuple(str(each).lower() if isinstance(each, bool) else str(each) for each in values)
