"""A reply: what the platform answered to one call, read strictly and quoted with care."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from runner.errors import RemoteFailure, RequestRejected
from runner.genesys.calls import Call
from runner.genesys.token import scope_hint
from runner.model.json import Json, JsonObject
from runner.model.privacy import without_personal_data
from runner.model.strict_json import parse, parse_object
from runner.model.text import hidden, shorten
from runner.net.masking import mask, quotable
from runner.net.outcome import Answer
from runner.net.transport import Request, told


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer with the request that it belongs to; ``secrets`` are what no message may show.

    ``sha256`` is the hash of the body's exact bytes.
    """

    call: Call
    request: Request
    answer: Answer
    origin: str
    sha256: str
    secrets: tuple[str, ...] = field(default=(), repr=False)

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.answer.status

    @property
    def missing(self) -> bool:
        """Whether the platform itself says that there is no such thing; a gateway's 404 names no code."""
        return self.status == 404 and self._said("code").endswith("not.found")

    @property
    def where(self) -> str:
        """The address that was asked."""
        return f"{self.origin}{self.request.path}"

    def object(self) -> JsonObject:
        """Read the JSON object of a success.

        Raises ``RequestRejected`` for anything but a success, and ``RemoteFailure`` for nonsense.
        """
        self._require_success()
        try:
            return parse_object(self.answer.body)
        except ValueError as error:
            raise self.nonsense(str(error)) from None

    def value(self) -> Json:
        """Read the JSON value of a success. Raises as ``object``."""
        self._require_success()
        try:
            return parse(self.answer.body)
        except ValueError as error:
            raise self.nonsense(str(error)) from None

    def nonsense(self, problem: str) -> RemoteFailure:
        """Build the failure for a success that cannot be believed."""
        return RemoteFailure(
            f"the answer to {self.request} {problem}: {told(self.answer)}",
            where=self.where,
            hint="check that the base URL is the platform's API and not a gateway's page",
        )

    def rejection(self, *, hint: str = "") -> RequestRejected:
        """Build the error for an answer that refuses; a 403 names what the client lacks."""
        reason, code = self._said("message"), self._said("code")
        message = f"the platform refused {self.request}: {told(self.answer)}"
        if self.status == 403:
            message = f"{self.request} needs {self.call.needs}: {told(self.answer)}"
            hint = hint or self._forbidden(code)
        return RequestRejected(
            f"{message}: {reason}" if reason else message,
            status=self.status,
            reason=reason,
            where=self.where,
            hint=hint or _HINTS.get(self.status, "ask Genesys support, with the correlation id"),
        )

    def id_or_none(self, value: Json) -> str | None:
        """Read an id that may stand in a path and in the log; one that gives a secret away is none."""
        if not isinstance(value, str) or not _ID.fullmatch(value):
            return None
        return value if mask(value, self.secrets) == value else None

    def plain(self, text: str, limit: int) -> str:
        """Make the server's words fit for the log: no control characters, no secrets, nobody's data."""
        visible = "".join(" " if hidden(character) else character for character in text)
        return shorten(without_personal_data(mask(visible, self.secrets)).strip(), limit)

    def _require_success(self) -> None:
        if not self.answer.successful:
            raise self.rejection()

    def _said(self, key: str) -> str:
        """A text of the error body (``ErrorBody``), fit to show; empty when there is none."""
        try:
            said = parse_object(self.answer.body).get(key)
        except ValueError:
            return ""
        return quotable(said, self.secrets) if isinstance(said, str) else ""

    def _forbidden(self, code: str) -> str:
        if self.call.scope:
            return scope_hint(self.call.scope)
        return _FORBIDDEN.get(code, _ROLE_HINT)


_ID = re.compile(r"(?!\.\.?\Z)[A-Za-z0-9._-]{1,128}", re.ASCII)  # "." and ".." would climb in a path
_ROLE_HINT = (
    "in the Genesys Cloud admin console, add it to a role of the OAuth client, in every division whose "
    "interactions the policies select"
)
_FORBIDDEN: Mapping[str, str] = {
    "missing.division.permission": "in the Genesys Cloud admin console, give the OAuth client's role in the "
    "division that is named, or leave that division out by filters.dimensions.division",
    "missing.any.division.permissions": "in the Genesys Cloud admin console, give the OAuth client's role in "
    "one of the divisions that are named",
    "app.not.authorized.for.scope": "this organisation enforces scopes: in the Genesys Cloud admin console, "
    "add the one that is named to the OAuth client",
}
_HINTS: Mapping[int, str] = {
    400: "correct the policy as the message says, and have it reviewed",
    401: "check the OAuth client in the admin console: it may be disabled, or this address not allowed",
    409: "look on the platform for another purge of the same interactions",
    413: "split the policy",
    422: "correct the policy as the message says, and have it reviewed",
}
