"""Access tokens by OAuth client credentials.

Source: RFC 6749 sections 2.3.1 (form body or Basic), 4.4 and 5; the article's ``POST /oauth/token``.
The platform's own customs: throttling is an HTTP 400 that says so, and there are no refresh tokens.
"""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass, field
from enum import StrEnum

from runner.errors import Refused, RemoteFailure
from runner.model.json import JsonObject
from runner.model.strict_json import parse_object
from runner.net.masking import mask, quotable
from runner.net.outcome import Answer
from runner.net.retry import Effect
from runner.net.transport import Request, Transport, told
from runner.ports import Clock

READ_SCOPE = "purge:read"
WRITE_SCOPE = "purge:write"

_PATH = "/oauth/token"
_RENEW_EARLY_SECONDS = 60
_SHORTEST_LIFETIME_SECONDS = 300
_TOKEN = re.compile(r"[!-~]{1,8192}", re.ASCII)
_CLIENT_REFUSED = frozenset({"invalid_client", "unauthorized", "unauthorized_client"})


class AuthStyle(StrEnum):
    """How the client names itself to the token endpoint."""

    FORM = "form"
    BASIC = "basic"


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """What opens a target. The secret never appears in a ``repr``."""

    client_id: str
    client_secret: str = field(repr=False)

    @property
    def basic(self) -> str:
        """The credentials of HTTP Basic, as the platform's SDKs make them."""
        return b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()


class Tokens:
    """The access token of one target: cached, renewed a minute early and after a refusal.

    ``scopes`` are what the caller is going to need. Without ``auth_style`` the article's form
    body is tried first, and Basic where the server does not take it.
    """

    def __init__(
        self,
        transport: Transport,
        credentials: ClientCredentials,
        clock: Clock,
        *,
        scopes: tuple[str, ...],
        auth_style: AuthStyle | None = None,
    ) -> None:
        self._transport = transport
        self._credentials = credentials
        self._clock = clock
        self._scopes = scopes
        self._styles = [AuthStyle.FORM, AuthStyle.BASIC] if auth_style is None else [auth_style]
        self._token = ""
        self._renew_at = float("-inf")
        self._secrets: tuple[str, ...] = (credentials.client_secret, credentials.basic)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every text that no message may show: the client's secret and the tokens so far."""
        return self._secrets

    def current(self) -> str:
        """Return a token that is good for another minute.

        Raises ``RemoteFailure`` when there is none to be had, ``RetryLater`` when the endpoint
        asks for a long pause, and ``Refused`` when the token's scopes are too few.
        """
        if self._clock.monotonic() >= self._renew_at:
            self._renew()
        return self._token

    def renewed(self, refused: str) -> str:
        """Return another token than the one that the API has just refused; raises as ``current``."""
        if self._token == refused:
            self._renew()
        return self._token

    def _renew(self) -> None:
        asked_at = self._clock.monotonic()
        answer = self._ask()
        body = self._read(answer)
        token = body.get("access_token")
        if not isinstance(token, str) or not _TOKEN.fullmatch(token):
            raise self._failure("the token endpoint sent no access_token", answer)
        self._secrets = (*self._secrets, token)
        self._check_scopes(body)
        self._token = token
        self._renew_at = asked_at + self._lifetime(body, answer) - _RENEW_EARLY_SECONDS

    def _ask(self) -> Answer:
        """Ask in the style that is known to work, else in each until one is taken."""
        for style in self._styles:
            answer = self._transport.send(self._request(style), throttled=_throttled)
            if answer.successful:
                self._styles = [style]
                return answer
            if not _client_refused(answer):
                break
        raise self._rejection(answer)

    def _request(self, style: AuthStyle) -> Request:
        fields = {"grant_type": "client_credentials"}
        request = Request("POST", _PATH, Effect.SAFE, secrets=self._secrets)
        if style is AuthStyle.BASIC:
            return request.with_form(fields).with_authorization(
                f"Basic {self._credentials.basic}", self._secrets
            )
        fields["client_id"] = self._credentials.client_id
        fields["client_secret"] = self._credentials.client_secret
        return request.with_form(fields)

    def _read(self, answer: Answer) -> JsonObject:
        try:
            return parse_object(answer.body)
        except ValueError as error:
            raise self._failure(f"the answer of the token endpoint {error}", answer) from None

    def _check_scopes(self, body: JsonObject) -> None:
        """Refuse early what the platform would refuse later; a platform without scopes names none."""
        scope = body.get("scope")
        if scope is None:
            return
        granted = scope.split() if isinstance(scope, str) else []
        missing = " ".join(needed for needed in self._scopes if needed not in granted)
        if missing:
            raise Refused(
                f"the access token lacks the scope {missing}",
                where=f"{self._transport.origin}{_PATH}",
                hint=scope_hint(missing),
            )

    def _lifetime(self, body: JsonObject, answer: Answer) -> int:
        lifetime = body.get("expires_in", _SHORTEST_LIFETIME_SECONDS)
        if isinstance(lifetime, bool) or not isinstance(lifetime, int) or lifetime <= 0:
            raise self._failure("the token endpoint sent an expires_in that is no number of seconds", answer)
        return lifetime

    def _rejection(self, answer: Answer) -> RemoteFailure:
        if _client_refused(answer):
            return self._failure(
                "the token endpoint does not accept this client id and secret",
                answer,
                hint="check GENESYS_CLOUD_CLIENT_ID and GENESYS_CLOUD_CLIENT_SECRET of this target",
            )
        return self._failure("the token endpoint refused", answer)

    def _failure(self, message: str, answer: Answer, *, hint: str = "") -> RemoteFailure:
        said = f"{message}: {told(answer)}"
        description = quotable(_description(answer), self._secrets)
        return RemoteFailure(
            mask(f"{said}: {description}" if description else said, self._secrets),
            where=f"{self._transport.origin}{_PATH}",
            hint=hint or "check GENESYS_CLOUD_LOGIN_URL and the OAuth client in the admin console",
        )


def scope_hint(scope: str) -> str:
    """Say where a missing scope is added."""
    return (
        f"in the Genesys Cloud admin console, select the OAuth client, add {scope} to its scopes, "
        "and authorize it again"
    )


def _throttled(answer: Answer) -> bool:
    """Whether a 400 is the token endpoint's way of saying 429."""
    return answer.status == 400 and "rate limit exceeded" in _description(answer).lower()


def _client_refused(answer: Answer) -> bool:
    """Whether the client is unknown, its secret wrong, or either named in a style not taken here."""
    return answer.status == 401 or _text(answer, "error") in _CLIENT_REFUSED


def _description(answer: Answer) -> str:
    return _text(answer, "error_description") or _text(answer, "description") or _text(answer, "error")


def _text(answer: Answer, key: str) -> str:
    try:
        value = parse_object(answer.body).get(key)
    except ValueError:
        return ""
    return value if isinstance(value, str) else ""
