"""A policy as far as it can be read, beside what the log knows of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from runner.documents.document import Document
from runner.documents.typed import selection
from runner.model.policy import Selection
from runner.model.purge import Purge, PurgeState
from runner.plan.document_checks import absent_or_sound, value_at


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """A file in the place of a policy. What cannot be read is ``None``.

    ``purges`` are those of its name on its target, of whatever revision.
    """

    document: Document
    target: str | None
    revision: int | None
    supersedes: str | None
    selection: Selection | None
    purges: tuple[Purge, ...]

    @property
    def path(self) -> str:
        """Where the file stands."""
        return self.document.source.path

    @property
    def purge(self) -> Purge | None:
        """The purge of this very revision, if the log knows one."""
        return next((purge for purge in self.purges if purge.revision == self.revision), None)

    @property
    def closed(self) -> bool:
        """Whether this revision has ended and can never run again."""
        return self.purge is not None and self.purge.state.terminal

    @property
    def waiting(self) -> bool:
        """Whether this revision may yet begin. Once it has, its purge speaks for it."""
        return self.purge is None or self.purge.state is PurgeState.REFUSED

    @property
    def blob(self) -> str | None:
        """Git's object id of the file, computed where it did not come from git; ``None`` if cut off."""
        return self.document.source.git_blob


def by_name(purges: Iterable[Purge]) -> Mapping[tuple[str, str], Sequence[Purge]]:
    """Sort purges by target and policy name, for ``policy_file``."""
    found: defaultdict[tuple[str, str], list[Purge]] = defaultdict(list)
    for purge in purges:
        found[purge.target, purge.policy].append(purge)
    return found


def policy_file(document: Document, purges: Mapping[tuple[str, str], Sequence[Purge]]) -> PolicyFile:
    """Read what can be read; ``purges`` comes from ``by_name``."""
    target = _text(document, "/target")
    return PolicyFile(
        document=document,
        target=target,
        revision=_revision(document),
        supersedes=_text(document, "/supersedes"),
        selection=_selection(document),
        purges=() if target is None else tuple(purges.get((target, document.name), ())),
    )


def _text(document: Document, pointer: str) -> str | None:
    value = value_at(document, pointer) if document.sound(pointer) else None
    return value if isinstance(value, str) else None


def _revision(document: Document) -> int | None:
    if not absent_or_sound(document, "/revision"):
        return None
    value = value_at(document, "/revision")
    return value if isinstance(value, int) else 1


def _selection(document: Document) -> Selection | None:
    there = all(map(document.sound, ("/target", "/interactionType", "/dateRange")))
    if document.value is None or not there or not absent_or_sound(document, "/filters"):
        return None
    return selection(document.value)
