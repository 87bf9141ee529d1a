"""Pull requests over a real bare repository: pushes, reviews, and merges that git really makes.

What GitHub keeps beside git is kept here: who pushed what when, who said what about which commit, and
how a branch came to be where it is. Time moves a minute with every deed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from support.faketime import FakeTime
from support.gitworld import git

MAIN = "refs/heads/main"
NOWHERE = "0" * 40


@dataclass(frozen=True)
class Account:
    """Somebody on the forge. ``email`` is how git knows them."""

    id: int
    login: str
    permission: str = "write"
    type: str = "User"

    @property
    def email(self) -> str:
        return f"{self.id}+{self.login}@users.noreply.github.com"


WEB_FLOW = Account(19864447, "web-flow", "none")
"""GitHub itself, which commits what is merged on its pages."""


@dataclass
class Row:
    """One review."""

    id: int
    person: Account | None
    state: str
    commit: str | None
    at: datetime


@dataclass
class PullRequest:
    """One pull request; ``head`` follows its branch until it is merged.

    ``landed`` are the commits of the first-parent line of ``main`` that it brought.
    """

    number: int
    author: Account
    branch: str
    repository: str | None
    head: str
    base: str
    reviews: list[Row] = field(default_factory=list)
    merged_at: datetime | None = None
    landed: tuple[str, ...] = ()
    base_branch: str = "main"
    base_repository: str = "acme/purge-policies"


@dataclass(frozen=True)
class Entry:
    """One entry of the activity of a branch."""

    repository: str
    ref: str
    before: str
    after: str
    at: datetime
    kind: str
    actor: Account | None


class Hub:
    """A repository with its pull requests. ``origin`` is bare; all work is done in a clone beside it."""

    def __init__(self, origin: Path, clock: FakeTime, name: str = "acme/purge-policies") -> None:
        self.origin = origin
        self.name = name
        self.clock = clock
        self.accounts = {WEB_FLOW.id: WEB_FLOW}
        self.pulls: list[PullRequest] = []
        self.activity: list[Entry] = []
        self._reviews = 0
        self._desk = origin.with_name("desk")
        git(origin.parent, "clone", "--quiet", str(origin), self._desk.name)

    def account(self, number: int, login: str, permission: str = "write", kind: str = "User") -> Account:
        """Let somebody have an account."""
        self.accounts[number] = Account(number, login, permission, kind)
        return self.accounts[number]

    def tip(self, branch: str = "main") -> str:
        """Where a branch is now."""
        return git(self.origin, "rev-parse", f"refs/heads/{branch}")

    def push(
        self,
        actor: Account | None,
        branch: str,
        files: Mapping[str, str | None],
        *,
        author: Account | None = None,
        committer: Account | None = None,
        message: str = "Change",
        onto: str | None = None,
        repository: str | None = None,
    ) -> str:
        """Commit files to a branch and push; a new branch begins at ``onto``, else at ``main``.

        ``onto`` moves a branch that is there (a forced push). ``author`` and ``committer`` are
        whom the commit names where that is not who pushes. Returns the commit.
        """
        self._pass_time()
        before = self._known(branch)
        git(self._desk, "fetch", "--quiet", "--force", "origin", "+refs/heads/*:refs/remotes/origin/*")
        git(self._desk, "checkout", "--quiet", "--detach", onto or before or self.tip())
        commit = self._commit(files, author or actor, committer or author or actor, message)
        kind = "branch_creation" if before is None else "push" if onto is None else "force_push"
        self._move(branch, commit, kind, actor, repository)
        for pull in self.pulls:
            if pull.branch == branch and pull.merged_at is None:
                pull.head = commit
        return commit

    def open(self, author: Account, branch: str, repository: str | None = None) -> PullRequest:
        """Open a pull request from a branch to ``main``, perhaps from a fork."""
        self._pass_time()
        pull = PullRequest(
            len(self.pulls) + 1, author, branch, repository or self.name, self.tip(branch), self.tip()
        )
        self.pulls.append(pull)
        return pull

    def review(
        self, pull: PullRequest, person: Account | None, state: str = "APPROVED", commit: str | None = None
    ) -> Row:
        """Let somebody review the head, or another commit, of a pull request."""
        self._pass_time()
        self._reviews += 1
        row = Row(self._reviews, person, state, commit or pull.head, self.clock.now())
        pull.reviews.append(row)
        return row

    def merge(
        self,
        pull: PullRequest,
        actor: Account,
        how: str = "merge",
        altered: Mapping[str, str | None] | None = None,
        *,
        kind: str = "pr_merge",
    ) -> str:
        """Merge as the forge does, by ``merge``, ``squash`` or ``rebase``; return the new tip of ``main``.

        ``altered`` is what somebody changes in the merge itself.
        """
        self._pass_time()
        before = self.tip()
        git(self._desk, "fetch", "--quiet", "--force", "origin", "+refs/heads/*:refs/remotes/origin/*")
        git(self._desk, "checkout", "--quiet", "--detach", before)
        if how == "merge":
            self._as(actor, WEB_FLOW, "merge", "--quiet", "--no-ff", "--no-commit", pull.head)
            self._commit(altered or {}, actor, WEB_FLOW, f"Merge pull request #{pull.number}")
        elif how == "squash":
            self._as(actor, WEB_FLOW, "merge", "--quiet", "--squash", pull.head)
            self._commit(altered or {}, pull.author, WEB_FLOW, f"Change (#{pull.number})")
        else:
            self._as(pull.author, WEB_FLOW, "cherry-pick", "--allow-empty", f"{before}..{pull.head}")
        tip = git(self._desk, "rev-parse", "HEAD")
        self._move("main", tip, kind, actor, None)
        pull.landed = self._between(before, tip)
        pull.merged_at = self.clock.now()
        return tip

    def merge_indirectly(self, pull: PullRequest, actor: Account) -> str:
        """Push a head straight to ``main``; the forge then calls the pull request merged."""
        self._pass_time()
        before = self.tip()
        self._move("main", pull.head, "push", actor, None)
        pull.landed = self._between(before, pull.head)
        pull.merged_at = self.clock.now()
        return pull.head

    def delete(self, branch: str, actor: Account) -> None:
        """Delete a branch."""
        self._pass_time()
        before = self.tip(branch)
        git(self.origin, "update-ref", "-d", f"refs/heads/{branch}")
        ref = f"refs/heads/{branch}"
        self.activity.append(
            Entry(self.name, ref, before, NOWHERE, self.clock.now(), "branch_deletion", actor)
        )

    def commits_of(self, pull: PullRequest) -> tuple[str, ...]:
        """The commits of a pull request, oldest first."""
        found = git(self.origin, "rev-list", "--reverse", pull.head, f"^{pull.base}").split()
        return tuple(found)

    def _between(self, before: str, after: str) -> tuple[str, ...]:
        """What the first-parent line of ``main`` gained."""
        return tuple(git(self.origin, "rev-list", "--first-parent", after, f"^{before}").split())

    def _known(self, branch: str) -> str | None:
        known = git(self.origin, "for-each-ref", "--format=%(objectname)", f"refs/heads/{branch}")
        return known or None

    def _commit(
        self,
        files: Mapping[str, str | None],
        author: Account | None,
        committer: Account | None,
        message: str,
    ) -> str:
        for name, content in files.items():
            path = self._desk / name
            if content is None:
                path.unlink()
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        git(self._desk, "add", "--all")
        self._as(author, committer, "commit", "--quiet", "--allow-empty", "--message", message)
        return git(self._desk, "rev-parse", "HEAD")

    def _as(self, author: Account | None, committer: Account | None, *arguments: str) -> None:
        def of(role: str, person: Account | None) -> dict[str, str]:
            name, email = ("nobody", "nobody@invalid") if person is None else (person.login, person.email)
            date = self.clock.now().isoformat()
            return {f"GIT_{role}_NAME": name, f"GIT_{role}_EMAIL": email, f"GIT_{role}_DATE": date}

        git(self._desk, *arguments, **of("AUTHOR", author), **of("COMMITTER", committer))

    def _move(self, branch: str, to: str, kind: str, actor: Account | None, repository: str | None) -> None:
        before = self._known(branch) or NOWHERE
        git(self._desk, "push", "--quiet", "--force", "origin", f"{to}:refs/heads/{branch}")
        ref = f"refs/heads/{branch}"
        self.activity.append(Entry(repository or self.name, ref, before, to, self.clock.now(), kind, actor))

    def _pass_time(self) -> None:
        self.clock.elapsed += timedelta(minutes=1).total_seconds()
