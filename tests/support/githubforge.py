"""A stand-in for GitHub's REST API over a ``Hub``: what purgectl reads and writes, in GitHub's shapes.

``lagging`` hides what is newest, ``page`` bounds a page, ``version`` is that of the answers, and
``twists`` change or replace an answer, by a part of its path. Every answer is held against
``github-used.schema.json`` before it is twisted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlencode, urlsplit

from support.githubdesk import TOKEN, Desk, known, permissions
from support.githubsettings import Settings
from support.githubshapes import misshapen
from support.gitworld import git
from support.pullrequests import Account, Entry, Hub, PullRequest, Row

DAYS = {"day": 1, "week": 7, "month": 30, "quarter": 90, "year": 365}
GONE_IN_2026 = ("merge_commit_sha", "assignee")


@dataclass
class Reply:
    """One answer. ``body`` is a JSON value, or bytes as they are."""

    body: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


Twist = Callable[[Any], Any]
"""From the value of an answer to another value, or to a whole ``Reply``."""


class GitHubStandIn:
    """The API of one repository, on loopback."""

    def __init__(self, hub: Hub, version: str = "2022-11-28") -> None:
        self.hub = hub
        self.version = version
        self.lagging = False
        self.page = 100
        self.twists: dict[str, Twist] = {}
        self.seen: list[str] = []
        self.misshapen: list[str] = []
        self.desk = Desk(hub.name, hub.clock, version)
        self.settings = Settings(hub.name, hub.clock)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        assert not self.misshapen, self.misshapen

    def environment(self) -> dict[str, str]:
        """The variables that point purgectl at it."""
        return {"GITHUB_API_URL": self.url, "GITHUB_REPOSITORY": self.hub.name, "GITHUB_TOKEN": TOKEN}

    def reply(self, method: str, target: str, token: str | None, given: Any) -> Reply:
        """Answer one request, as the twists have it."""
        self.seen.append(target)
        if not known(token):
            return Reply({"message": "Bad credentials"}, 401)
        path, query = urlsplit(target).path, parse_qs(urlsplit(target).query)
        if method == "GET":
            reply = self._straight(path, {key: values[0] for key, values in query.items()})
        else:
            status, body = self.desk.write(method, path.split("/")[4:], given, permissions(token))
            reply = Reply(body, status)
        if reply.status < 400:
            self.misshapen += misshapen(method, path, reply.body, self.version)
        for part, twist in self.twists.items():
            if part in target and reply.status == 200:
                twisted = twist(reply.body)
                reply = twisted if isinstance(twisted, Reply) else Reply(twisted, 200, reply.headers)
        return reply

    def _straight(self, path: str, query: dict[str, str]) -> Reply:
        found = re.fullmatch(r"/repos/([^/]+/[^/]+)(?:/(.*))?", path)
        if found is None:
            return Reply({"message": "Not Found"}, 404)
        repository, rest = found.groups()
        if rest == "activity":
            return self._activity(path, repository, query)
        if repository != self.hub.name:
            return Reply({"message": "Not Found"}, 404)
        match rest.split("/") if rest else []:
            case ["commits", sha, "pulls"]:
                brought = [] if self.lagging else [each for each in self.hub.pulls if sha in each.landed]
                return self._paged(path, query, [self._pull(each) for each in brought])
            case ["pulls", number, *part] if int(number) <= len(self.hub.pulls):
                return self._of_pull(path, query, self.hub.pulls[int(number) - 1], part)
            case ["collaborators", login, "permission"]:
                return self._permission(login)
            case parts if (rows := self.desk.read(parts, query)) is not None:
                return self._paged(path, query, rows)
            case parts if (setting := self.settings.answer(parts)) is not None:
                return self._setting(path, query, *setting)
        return Reply({"message": "Not Found"}, 404)

    def _setting(self, path: str, query: dict[str, str], inside: str, value: Any) -> Reply:
        """Answer a setting, as a thing or as a list that stands under a key or alone."""
        if any(part in path for part in self.settings.withheld):
            return Reply({"message": "Resource not accessible by integration"}, 403)
        if not inside:
            return Reply(value)
        page = self._paged(path, query, value)
        if inside != "[]":
            page.body = {"total_count": len(value), inside: page.body}
        return page

    def _of_pull(self, path: str, query: dict[str, str], pull: PullRequest, part: list[str]) -> Reply:
        match part:
            case []:
                return Reply(self._pull(pull) | {"commits": len(self.hub.commits_of(pull))})
            case ["files"]:
                rows = self._files(pull)
            case ["commits"]:
                rows = [self._commit(sha) for sha in self.hub.commits_of(pull)[:250]]
            case ["reviews"]:
                rows = [self._review(pull, row) for row in pull.reviews]
            case _:
                return Reply({"message": "Not Found"}, 404)
        return self._paged(path, query, rows)

    def _paged(self, path: str, query: dict[str, str], rows: list[Any], *, cursor: bool = False) -> Reply:
        """Cut a list into pages; the next one has a number, or a cursor that nobody can guess."""
        size = min(int(query.get("per_page", "30")), self.page)
        first = int(query.get("after", "c0")[1:]) if cursor else (int(query.get("page", "1")) - 1) * size
        headers = {}
        if first + size < len(rows):
            onward = {"after": f"c{first + size}"} if cursor else {"page": str(first // size + 2)}
            address = f"{self.url}{path}?{urlencode(query | onward)}"
            headers["Link"] = f'<{self.url}{path}?page=1>; rel="first", <{address}>; rel="next"'
        return Reply(rows[first : first + size], 200, headers)

    def _pull(self, pull: PullRequest) -> dict[str, Any]:
        merged = None if pull.merged_at is None else _instant(pull.merged_at)
        value = {
            "number": pull.number,
            "html_url": f"https://github.com/{self.hub.name}/pull/{pull.number}",
            "state": "open" if merged is None else "closed",
            "title": "::error::hostile title",
            "user": _account(pull.author),
            "merged_at": merged,
            "merge_commit_sha": pull.landed[0] if pull.landed else None,
            "assignee": None,
            "head": {
                "label": f"{pull.author.login}:{pull.branch}",
                "ref": pull.branch,
                "sha": pull.head,
                "user": _account(pull.author),
                "repo": None if pull.repository is None else {"full_name": pull.repository},
            },
            "base": {
                "label": f"acme:{pull.base_branch}",
                "ref": pull.base_branch,
                "sha": pull.base,
                "user": _account(pull.author),
                "repo": {"full_name": pull.base_repository},
            },
        }
        gone = GONE_IN_2026 if self.version >= "2026" else ()
        return {key: item for key, item in value.items() if key not in gone}

    def _files(self, pull: PullRequest) -> list[dict[str, Any]]:
        base = git(self.hub.origin, "merge-base", pull.base, pull.head)
        raw = git(self.hub.origin, "diff-tree", "-r", "--raw", "--no-renames", "--no-abbrev", base, pull.head)
        rows = []
        for line in raw.splitlines():
            head, _, name = line.partition("\t")
            _, _, old, new, status = head.split(" ")
            word = {"A": "added", "M": "modified", "D": "removed"}[status]
            rows.append({"filename": name, "status": word, "sha": old if status == "D" else new})
        return rows

    def _commit(self, sha: str) -> dict[str, Any]:
        shown = git(self.hub.origin, "show", "--no-patch", "--format=%ae%n%ce%n%B", sha)
        author, committer, message = shown.split("\n", 2)
        return {
            "sha": sha,
            "commit": {"message": message},
            "author": self._by_email(author),
            "committer": self._by_email(committer),
        }

    def _by_email(self, email: str) -> dict[str, Any] | None:
        return next((_account(each) for each in self.hub.accounts.values() if each.email == email), None)

    def _review(self, pull: PullRequest, row: Row) -> dict[str, Any]:
        value: dict[str, Any] = {
            "id": row.id,
            "user": None if row.person is None else _account(row.person),
            "body": "",
            "state": row.state,
            "commit_id": row.commit,
            "html_url": f"https://github.com/{self.hub.name}/pull/{pull.number}#pullrequestreview-{row.id}",
            "author_association": "MEMBER",
        }
        return value if row.state == "PENDING" else value | {"submitted_at": _instant(row.at)}

    def _permission(self, login: str) -> Reply:
        person = next((each for each in self.hub.accounts.values() if each.login == login), None)
        if person is None or person.type != "User":
            return Reply({"message": f"{login} is not a user"}, 404)
        return Reply(
            {"permission": person.permission, "role_name": person.permission, "user": _account(person)}
        )

    def _activity(self, path: str, repository: str, query: dict[str, str]) -> Reply:
        if query.get("time_period", "day") not in DAYS:
            return Reply({"message": "Validation Failed"}, 422)
        since = self.hub.clock.now() - timedelta(days=DAYS.get(query.get("time_period", ""), 10_000))
        newest_first = reversed(self.hub.activity[:-1] if self.lagging else self.hub.activity)
        rows = [
            _entry(number, each)
            for number, each in enumerate(newest_first)
            if (each.repository, each.ref) == (repository, query["ref"]) and each.at >= since
        ]
        return self._paged(path, query, rows, cursor=True)


def _entry(number: int, entry: Entry) -> dict[str, Any]:
    return {
        "id": number,
        "before": entry.before,
        "after": entry.after,
        "ref": entry.ref,
        "timestamp": _instant(entry.at),
        "activity_type": entry.kind,
        "actor": None if entry.actor is None else _account(entry.actor),
    }


def _account(person: Account) -> dict[str, Any]:
    return {"login": person.login, "id": person.id, "type": person.type, "site_admin": False}


def _instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _handler(standin: GitHubStandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            self._answer(None)

        def do_POST(self) -> None:
            self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def do_PATCH(self) -> None:
            self.do_POST()

        def _answer(self, given: Any) -> None:
            reply = standin.reply(self.command, self.path, self.headers.get("Authorization"), given)
            data = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
            self.send_response_only(reply.status)
            self.send_header("Date", format_datetime(standin.hub.clock.now(), usegmt=True))
            self.send_header("Content-Length", str(len(data)))
            self.send_header("Content-Type", "application/json; charset=utf-8")
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args: object) -> None:
            """Say nothing; ``seen`` is the log."""

    return Handler
