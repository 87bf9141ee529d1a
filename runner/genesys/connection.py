"""What the reader and the submitter of one target share: addresses, the token, words for a refusal."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from runner.errors import RemoteFailure, RequestRejected
from runner.genesys.regions import check_base_url
from runner.genesys.token import READ_SCOPE, WRITE_SCOPE, AuthStyle, ClientCredentials, Tokens, scope_hint
from runner.model.json import JsonObject
from runner.model.strict_json import parse_object
from runner.model.target import Target
from runner.net.masking import mask, quotable
from runner.net.origin import Origin, read_origin
from runner.net.outcome import Answer
from runner.net.pace import Pace
from runner.net.retry import Effect
from runner.net.transport import Request, ServerClock, Setting, Transport, told


@dataclass(frozen=True, slots=True)
class Access:
    """The way into one target, as the environment gives it."""

    base_url: str
    login_url: str
    credentials: ClientCredentials
    auth_style: AuthStyle | None = None


class Connection:
    """One target's API: addresses that were checked, and a token shared by whoever calls it.

    It sends nothing by itself; a reader and a submitter each make a ``Caller`` of it. One that
    ``allows`` only safe calls is all that ``plan`` gets: no submitter can be made of it.
    """

    def __init__(
        self,
        target: Target,
        access: Access,
        setting: Setting,
        *,
        allows: Effect = Effect.SAFE,
        allow_host: Collection[str] = (),
    ) -> None:
        """Check where the credentials would go; nothing is sent yet. Raises ``UsageError``."""
        check_base_url(target, access.base_url, access.login_url, allow_host)
        self.target = target
        self.setting = setting
        self._allows = allows
        self._base = read_origin(access.base_url)
        self._pace = Pace(target.rate_per_minute, setting.clock)
        self._server_clock = ServerClock(setting.clock)
        self._login = self._transport(read_origin(access.login_url), Effect.SAFE)
        self._tokens = Tokens(
            self._login,
            access.credentials,
            setting.clock,
            scopes=(READ_SCOPE,) if allows is Effect.SAFE else (READ_SCOPE, WRITE_SCOPE),
            auth_style=access.auth_style,
        )

    def caller(self, allows: Effect) -> Caller:
        """Return a way to call the API that can have no worse effect than ``allows``.

        Raises ``ValueError`` when that is more than this connection allows.
        """
        if allows is Effect.IRREVERSIBLE and self._allows is Effect.SAFE:
            raise ValueError("this connection is for reading only")
        return Caller(self._transport(self._base, allows), self._tokens)

    def server_time(self) -> datetime | None:
        """Prove the credentials by having a token; return the server's present, if it tells.

        Raises as ``Tokens.current``.
        """
        self._tokens.current()
        return self._server_clock.now()

    def close(self) -> None:
        """Close the connection to the token endpoint."""
        self._login.close()

    def _transport(self, origin: Origin, allows: Effect) -> Transport:
        return Transport(
            origin, self.setting, pace=self._pace, server_clock=self._server_clock, allows=allows
        )


class Caller:
    """Authorised calls, with one fresh token when the API refuses the first."""

    def __init__(self, transport: Transport, tokens: Tokens) -> None:
        self._transport = transport
        self._tokens = tokens

    def send(self, request: Request, *, start_by: float | None = None) -> Answer:
        """Send a request with a token; raises as ``Tokens.current`` and ``Transport.send``.

        A 401 certainly had no effect, so that an irreversible request may follow it once more.
        """
        token = self._tokens.current()
        answer = self._transport.send(self._authorised(request, token), start_by=start_by)
        if answer.status == 401:
            token = self._tokens.renewed(token)
            answer = self._transport.send(self._authorised(request, token), start_by=start_by)
        return answer

    def object(self, request: Request, answer: Answer) -> JsonObject:
        """Read the JSON object in an answer. Raises ``RemoteFailure`` when there is none."""
        try:
            return parse_object(answer.body)
        except ValueError as error:
            raise self.nonsense(request, answer, str(error)) from None

    def nonsense(self, request: Request, answer: Answer, problem: str) -> RemoteFailure:
        """Build the failure for a success that cannot be believed."""
        return RemoteFailure(
            f"the answer to {request} {problem}: {told(answer)}",
            where=self.url(request),
            hint="check that the base URL is the platform's API and not a gateway's page",
        )

    def rejection(self, request: Request, answer: Answer, *, scope: str, hint: str = "") -> RequestRejected:
        """Build the error for an answer that refuses; ``scope`` is what the call needs."""
        reason = self.said(answer)
        message = f"the platform refused {request}: {told(answer)}"
        if answer.status == 403:
            message = f"{request} needs the scope {scope}: {told(answer)}"
            hint = scope_hint(scope)
        return RequestRejected(
            f"{message}: {reason}" if reason else message,
            status=answer.status,
            reason=reason,
            where=self.url(request),
            hint=hint or _HINTS.get(answer.status, "ask Genesys support, with the correlation id"),
        )

    def said(self, answer: Answer) -> str:
        """The server's own message, fit to show; empty when the body has none."""
        try:
            message = parse_object(answer.body).get("message")
        except ValueError:
            return ""
        return quotable(message, self._tokens.secrets) if isinstance(message, str) else ""

    def masked(self, text: str) -> str:
        """A text of the server without our secrets."""
        return mask(text, self._tokens.secrets)

    def url(self, request: Request) -> str:
        """The address that a request goes to."""
        return f"{self._transport.origin}{request.path}"

    def close(self) -> None:
        """Close the connection that is kept."""
        self._transport.close()

    def _authorised(self, request: Request, token: str) -> Request:
        return request.with_authorization(f"Bearer {token}", self._tokens.secrets)


_HINTS = {
    400: "correct the policy as the message says, and have it reviewed",
    401: "check the OAuth client in the admin console: it may be disabled, or this address not allowed",
    409: "look on the platform for another purge of the same interactions",
    413: "split the policy",
    422: "correct the policy as the message says, and have it reviewed",
}
