"""GitHub's comments and issues: those of ours are read, and written. Nothing else in purgectl writes there.

Source of each path: GitHub REST API reference, "Issue comments" and "Issues".
"""

from __future__ import annotations

from datetime import datetime

from runner.errors import OutcomeUnknown, Refused, RemoteFailure
from runner.forge.answers import member, number, text
from runner.forge.client import GitHub
from runner.forge.postings import Close, Comment, Edit, Issue, Open, Posting, Renew, Say
from runner.model.json import Json, JsonObject
from runner.model.time import format_instant
from runner.net.retry import Effect

AUTHOR = "github-actions[bot]"
"""Whose comments and issues are ours: what a workflow writes with its own token."""

_MOST_COMMENTS = 3000
_MOST_ISSUES = 3000


class GitHubWriter(GitHub):
    """Asks GitHub as its reading kind does, and writes. No request that may have arrived is sent twice."""

    _allows = Effect.IRREVERSIBLE
    _per_minute = 60

    def write(self, method: str, path: str, body: JsonObject) -> Json:
        """Send one request with a JSON body, and return what GitHub made of it. Raises ``RemoteFailure``."""
        request = self._request(self._prefix + path, method, Effect.IRREVERSIBLE).with_json(body)
        try:
            answer = self._answer(request, 201 if method == "POST" else 200)
        except OutcomeUnknown as unknown:
            raise RemoteFailure(
                unknown.message, where=unknown.where, hint="run again: it looks first at what is there"
            ) from unknown
        return self._understood(request, answer, lambda value: value)


class GitHubDesk:
    """The comments and issues of one repository; ``name`` is its ``owner/name``."""

    def __init__(self, github: GitHubWriter, name: str) -> None:
        self._github = github
        self._here = f"/repos/{name}"

    def comments(self, pull_request: int) -> tuple[Comment, ...]:
        """``GET /repos/{owner}/{repo}/issues/{issue_number}/comments``: ours. Raises ``RemoteFailure``."""
        path = f"{self._here}/issues/{pull_request}/comments"
        listed = self._github.all(path, _comment, _MOST_COMMENTS)
        return tuple(each for each in listed if each is not None)

    def issues(self, since: datetime) -> tuple[Issue, ...]:
        """``GET /repos/{owner}/{repo}/issues``: ours, all that are open and those closed ``since`` then.

        Raises ``RemoteFailure``.
        """
        path = f"{self._here}/issues?state="
        opened = self._github.all(f"{path}open", _issue, _MOST_ISSUES)
        closed = self._github.all(f"{path}closed&since={format_instant(since)}", _issue, _MOST_ISSUES)
        return tuple(each for each in (*opened, *closed) if each is not None)

    def post(self, posting: Posting) -> None:
        """Write one thing.

        Raises ``RemoteFailure``, and ``Refused`` when it was written by another account than ours: the
        next run would not find it and write it again.
        """
        match posting:
            case Say(issue, body):
                self._write("POST", f"issues/{issue}/comments", {"body": body}, made=True)
            case Edit(comment, body):
                self._write("PATCH", f"issues/comments/{comment}", {"body": body})
            case Open(title, body):
                self._write("POST", "issues", {"title": title, "body": body}, made=True)
            case Renew(issue, body):
                self._write("PATCH", f"issues/{issue}", {"state": "open", "body": body})
            case Close(issue):
                self._write("PATCH", f"issues/{issue}", {"state": "closed", "state_reason": "completed"})

    def _write(self, method: str, path: str, body: JsonObject, *, made: bool = False) -> None:
        answer = self._github.write(method, f"{self._here}/{path}", body)
        if made and not _ours(answer):
            raise Refused(
                f"what was written is not by {AUTHOR}, so no later run will know it for its own",
                where=path,
                hint="run announce in a workflow of GitHub Actions, with its own GITHUB_TOKEN",
            )


def _ours(value: Json) -> bool:
    """Whether something was written by our account; that of one who has left GitHub is ``null``."""
    user = member(value, "user")
    return user is not None and (text(user, "login"), text(user, "type")) == (AUTHOR, "Bot")


def _comment(value: Json) -> Comment | None:
    """Read a comment; ``None`` for one that is not ours."""
    return Comment(number(value, "id"), text(value, "body")) if _ours(value) else None


def _issue(value: Json) -> Issue | None:
    """Read an issue or a pull request; ``None`` for one that is not ours, or has no text."""
    if not _ours(value) or member(value, "body") is None:
        return None
    return Issue(number(value, "number"), text(value, "state") == "open", text(value, "body"))
