"""GitHub as the forge: how the newest bytes of a file came to ``main`` (``ports.Forge``).

Nothing here decides. A list that is longer than its bound, an answer that cannot be read, and a pull
request that changes while it is read are failures. Source of each path: GitHub REST API reference.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

from runner.errors import Refused, RemoteFailure, RetryLater
from runner.forge.client import GitHub
from runner.forge.readings import (
    GivenReview,
    Pull,
    Push,
    blob_of,
    brought,
    may_write,
    opened,
    people_of,
    pull,
    push,
    review,
)
from runner.git.main import MAIN
from runner.git.provenance import LastChange, containing, last_change
from runner.git.repository import Repository
from runner.model.change import Change, Review
from runner.ports import Clock

INDEX_LAG = timedelta(minutes=10)
"""How long after a merge GitHub may not yet know which pull request a commit came from."""

MOST_FILES = 3000
MOST_COMMITS = 250
"""The longest lists of files and of commits that GitHub gives of a pull request."""

_MOST_PULLS = 100
_MOST_REVIEWS = 300
_MOST_PUSHES = 3000
_DELETION = "branch_deletion"
_PERIODS = {"day": 1, "week": 7, "month": 30, "quarter": 90, "year": 365}
"""The periods of the activity list, in days."""


class GitHubForge:
    """Reads from GitHub how the policies in one repository came to ``main``.

    ``name`` is the repository as GitHub knows it, ``owner/name``; ``repository`` a whole clone of it.
    """

    def __init__(self, github: GitHub, name: str, repository: Repository, clock: Clock) -> None:
        self._github = github
        self._name = name
        self._repository = repository
        self._clock = clock

    def change(self, path: str, commit: str) -> Change:
        """Return the newest change of a file up to ``commit``, a tip of ``main``.

        Raises ``Refused`` when no merged pull request brought it, or the clone cannot tell;
        ``RetryLater`` while GitHub may not know yet; and ``RemoteFailure`` when GitHub does not
        answer, answers what nobody can read, or the pull request changes meanwhile.
        """
        last = last_change(self._repository, commit, path)
        number = self._number(last, path)
        first = self._pull(number)
        found = self._read(path, last, commit, first)
        if self._pull(number) != first:
            raise RemoteFailure(
                f"pull request {number} changed while it was read",
                where=first.url,
                hint="run again when it is at rest",
            )
        return found

    def pull_request(self, path: str, commit: str) -> int:
        """Return the number of the merged pull request behind a file at ``commit``. Raises as ``change``."""
        return self._number(last_change(self._repository, commit, path), path)

    def proposed(self, number: int, paths: Sequence[str], tip: str) -> Mapping[str, Change]:
        """Return what the changes of files would be if an open pull request were merged now, onto ``tip``.

        Raises ``RemoteFailure``, also for a pull request that is not open, and ``Refused`` as ``change``.
        """
        place = f"{self._here}/pulls/{number}"
        pull = self._github.one(place, lambda value: opened(value, self._github.now()))
        onto = Push(before=tip, after=pull.head, kind="", actor=None)
        one = self._told("", pull.head, onto, pull)
        return {
            path: replace(one, path=path, reviewed_blob=self._reviewed_blob(pull, path)) for path in paths
        }

    def _read(self, path: str, last: LastChange, tip: str, merged: Pull) -> Change:
        return self._told(path, last.commit, self._arrival(last, tip, path), merged)

    def _told(self, path: str, commit: str, arrival: Push, merged: Pull) -> Change:
        people = [*self._commit_people(merged), *self._pushers(merged)]
        return Change(
            repository=self._name,
            number=merged.number,
            url=merged.url,
            path=path,
            commit=commit,
            base=arrival.before,
            head=merged.head,
            reviewed_blob=self._reviewed_blob(merged, path),
            arrival=arrival.kind,
            merged_at=merged.merged_at,
            author=merged.author,
            involved=frozenset(person for person in people if person is not None),
            unknown_people=people.count(None),
            reviews=tuple(self._reviews(merged)),
            read_at=self._github.now(),
        )

    def _number(self, last: LastChange, path: str) -> int:
        """``GET /repos/{owner}/{repo}/commits/{sha}/pulls``: the one merged pull request of a commit."""
        listed = self._github.all(f"{self._here}/commits/{last.commit}/pulls", brought, _MOST_PULLS)
        merged = [
            each.number
            for each in listed
            if each.merged and each.base_branch == MAIN and each.base_repository == self._name
        ]
        if len(merged) == 1:
            return merged[0]
        raise self._not_one(f"{len(merged)} merged pull requests", last, path, lagging=not merged)

    def _pull(self, number: int) -> Pull:
        """``GET /repos/{owner}/{repo}/pulls/{number}``."""
        return self._github.one(f"{self._here}/pulls/{number}", pull)

    def _arrival(self, last: LastChange, tip: str, path: str) -> Push:
        """``GET /repos/{owner}/{repo}/activity``: the push that brought a commit to the branch.

        ``main`` as it was before is the base: what a pull request brings along, in an earlier commit
        of its own, has no say in it.
        """
        since = containing(self._repository, last.commit, tip)
        period = _period(self._clock.now() - last.at)
        pushes = self._activity(self._name, MAIN, period)
        bringing = [each for each in pushes if each.after in since and each.before not in since]
        if len(bringing) != 1:
            raise self._not_one(f"{len(bringing)} pushes", last, path, lagging=not bringing)
        if not self._repository.descends(last.commit, bringing[0].before):
            raise self._not_one("a push that rewrote history", last, path)
        return bringing[0]

    def _not_one(
        self, what: str, last: LastChange, path: str, *, lagging: bool = False
    ) -> Refused | RetryLater:
        """Say that no single thing brought a file; while GitHub may lag behind, that it may come yet."""
        where = f"{path} at {last.commit[:12]}"
        if lagging and abs(self._clock.now() - last.at) < INDEX_LAG:
            return RetryLater(
                "GitHub may not know yet how this file came to be what it is",
                not_before=self._clock.now() + INDEX_LAG,
                where=where,
                hint="the next run asks again",
            )
        return Refused(
            f"{what} brought this file to {MAIN}, where one merged pull request must",
            where=where,
            hint="change the file by a pull request, and have it approved",
        )

    def _reviewed_blob(self, merged: Pull, path: str) -> str | None:
        """``GET /repos/{owner}/{repo}/pulls/{number}/files``: the file as the pull request left it."""
        files = self._github.all(f"{self._of(merged)}/files", blob_of, MOST_FILES)
        blobs = [blob for name, blob in files if name == path]
        return blobs[0] if len(blobs) == 1 else None

    def _commit_people(self, merged: Pull) -> Iterator[int | None]:
        """``GET /repos/{owner}/{repo}/pulls/{number}/commits``: who made any of it."""
        commits = self._github.all(f"{self._of(merged)}/commits", people_of, MOST_COMMITS)
        if len(commits) != merged.commits:
            raise Refused(
                f"GitHub shows {len(commits)} of the {merged.commits} commits of the pull request",
                where=merged.url,
                hint=f"let the change come by a pull request of at most {MOST_COMMITS} commits",
            )
        for people in commits:
            yield from people

    def _pushers(self, merged: Pull) -> Iterator[int | None]:
        """``GET /repos/{owner}/{repo}/activity`` of the head: who pushed any of it.

        Names in commits can be forged, who pushed cannot. Whoever deleted the branch pushed nothing.
        """
        pushes: Iterable[Push] = ()
        if merged.head_repository is not None:
            pushes = self._activity(merged.head_repository, merged.head_branch, None)
        brought_by = [each for each in pushes if each.kind != _DELETION]
        if not any(each.after == merged.head for each in brought_by):
            yield None
        for each in brought_by:
            yield each.actor

    def _reviews(self, merged: Pull) -> Iterator[Review]:
        """``GET /repos/{owner}/{repo}/pulls/{number}/reviews``, in the order that they were given."""
        listed = self._github.all(f"{self._of(merged)}/reviews", review, _MOST_REVIEWS)
        given = [each for each in listed if each is not None]
        people = {each.person: each for each in given if each.human}
        writers = {person for person, each in people.items() if self._may_write(each)}
        for each in given:
            may = each.person in writers
            yield Review(each.id, each.person, each.human, may, each.state, each.commit, each.at, each.url)

    def _may_write(self, given: GivenReview) -> bool:
        """``GET /repos/{owner}/{repo}/collaborators/{username}/permission``.

        A login may have gone to another account since, so the answer must be about the same one.
        """
        asked = f"{self._here}/collaborators/{quote(given.login, safe='')}/permission"
        person, may = self._github.one(asked, may_write)
        return may and person == given.person

    def _activity(self, repository: str, branch: str, period: str | None) -> tuple[Push, ...]:
        within = "" if period is None else f"&time_period={period}"
        ref = quote(f"refs/heads/{branch}", safe="")
        return self._github.all(f"/repos/{repository}/activity?ref={ref}{within}", push, _MOST_PUSHES)

    @property
    def _here(self) -> str:
        return f"/repos/{self._name}"

    def _of(self, merged: Pull) -> str:
        return f"{self._here}/pulls/{merged.number}"


def _period(age: timedelta) -> str | None:
    """Return the shortest period that reaches back so far, a day to spare; ``None`` for all of it."""
    days = age / timedelta(days=1) + 1
    return next((period for period, most in _PERIODS.items() if days <= most), None)
