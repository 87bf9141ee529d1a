"""Comments and issues of the stand-in for GitHub: whoever has the token writes as ``writer``."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from support.faketime import FakeTime

BOT = {"login": "github-actions[bot]", "id": 41898282, "type": "Bot", "site_admin": False}
TOKEN = "ghs_sixteenCharacters"
"""A token that may do everything."""

NOT_ALLOWED = 403, {"message": "Resource not accessible by integration"}
Told = tuple[int, Any]
"""A status and the value of an answer."""


def known(authorization: str | None) -> bool:
    """Whether a token is that of the tests, or one of the harness, which says itself what it may."""
    return authorization == f"Bearer {TOKEN}" or str(authorization).startswith("Bearer token:{")


def permissions(authorization: str | None) -> set[str]:
    """What a token may write."""
    if authorization == f"Bearer {TOKEN}":
        return {"issues", "pull-requests"}
    held = json.loads(str(authorization).removeprefix("Bearer token:"))
    return {scope for scope, level in held.items() if level == "write"}


@dataclass
class Desk:
    """What is written on one repository. ``refusing`` are parts of paths that may not be written."""

    name: str
    clock: FakeTime
    version: str
    writer: dict[str, Any] = field(default_factory=lambda: dict(BOT))
    comments: list[dict[str, Any]] = field(default_factory=list)
    issues: list[dict[str, Any]] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    refusing: set[str] = field(default_factory=set)

    def bodies(self, number: int) -> list[str]:
        """The comments on a pull request or an issue."""
        return [each["body"] for each in self.comments if each["issue_url"].endswith(f"/{number}")]

    def read(self, parts: list[str], query: dict[str, str]) -> list[dict[str, Any]] | None:
        """Answer one GET of a list, before it is cut into pages."""
        match parts:
            case ["issues", number, "comments"]:
                return [each for each in self.comments if each["issue_url"].endswith(f"/issues/{number}")]
            case ["issues"]:
                since = query.get("since", "")
                return [
                    each
                    for each in self.issues
                    if each["state"] == query.get("state", "open") and each["updated_at"] >= since
                ]
        return None

    def write(self, method: str, parts: list[str], given: dict[str, Any], may: set[str]) -> Told:
        """Carry out one POST or PATCH; a comment may be written with either permission."""
        place = "/".join(parts)
        enough = {"issues", "pull-requests"} if "comments" in parts else {"issues"}
        if any(part in place for part in self.refusing) or not enough & may:
            return NOT_ALLOWED
        self.written.append(f"{method} {place}")
        match method, parts:
            case "POST", ["issues", number, "comments"]:
                return 201, self._made(
                    self.comments, issue_url=f"https://api.github.com/issues/{number}", **given
                )
            case "PATCH", ["issues", "comments", wanted]:
                return 200, self._changed(self.comments, "id", int(wanted), given)
            case "POST", ["issues"]:
                state: dict[str, Any] = {"state": "open", "state_reason": None, "labels": []}
                state |= {} if self.version >= "2026" else {"assignee": None}
                return 201, self._made(self.issues, number=1000 + len(self.issues), **state, **given)
            case "PATCH", ["issues", wanted]:
                return 200, self._changed(self.issues, "number", int(wanted), given)
        return 404, {"message": "Not Found"}

    def _made(self, among: list[dict[str, Any]], **values: Any) -> dict[str, Any]:
        now = f"{self.clock.now():%Y-%m-%dT%H:%M:%SZ}"
        page = f"https://github.com/{self.name}/issues/{len(self.written)}"
        made = {"id": len(self.written), "user": dict(self.writer), "html_url": page, **values}
        among.append(made | {"created_at": now, "updated_at": now, "author_association": "NONE"})
        return among[-1]

    def _changed(
        self, among: list[dict[str, Any]], key: str, wanted: int, given: dict[str, Any]
    ) -> dict[str, Any]:
        (found,) = [each for each in among if each[key] == wanted]
        found |= given | {"updated_at": f"{self.clock.now():%Y-%m-%dT%H:%M:%SZ}"}
        return found
