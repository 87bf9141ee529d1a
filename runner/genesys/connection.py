"""What the reader, the preparer and the submitter of one target share: addresses and the token."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from runner.genesys.calls import CALLS, Call
from runner.genesys.regions import check_base_url
from runner.genesys.reply import Reply
from runner.genesys.token import AuthStyle, ClientCredentials, Tokens
from runner.model.json import JsonObject
from runner.model.target import Target
from runner.net.origin import Origin, read_origin
from runner.net.pace import Pace
from runner.net.retry import Effect
from runner.net.transport import Request, ServerClock, Setting, Transport


@dataclass(frozen=True, slots=True)
class Access:
    """The way into one target, as the environment gives it."""

    base_url: str
    login_url: str
    credentials: ClientCredentials
    auth_style: AuthStyle | None = None


class Connection:
    """One target's API: addresses that were checked, and a token shared by whoever calls it.

    It sends nothing by itself; a reader, a preparer and a submitter each make a ``Caller`` of it. One
    that ``allows`` only safe calls is all that ``plan`` gets: neither of the others can be made of it.
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
            scopes=_scopes(target, allows),
            auth_style=access.auth_style,
        )

    def caller(self, allows: Effect) -> Caller:
        """Return a way to call the API that can have no worse effect than ``allows``.

        Raises ``ValueError`` when that is more than this connection allows.
        """
        if not allows.within(self._allows):
            raise ValueError(f"this connection is for {self._allows.value} calls only")
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


def _scopes(target: Target, allows: Effect) -> tuple[str, ...]:
    """Return the scopes that a token needs; the published API has roles in the place of scopes."""
    calls = (call for call in CALLS[target.backend] if call.effect.within(allows))
    return tuple(sorted({call.scope for call in calls if call.scope}))


class Caller:
    """Authorised calls, with one fresh token when the API refuses the first."""

    def __init__(self, transport: Transport, tokens: Tokens) -> None:
        self._transport = transport
        self._tokens = tokens

    def ask(
        self,
        call: Call,
        *ids: str,
        query: Mapping[str, str] | None = None,
        body: JsonObject | None = None,
        start_by: float | None = None,
    ) -> Reply:
        """Make a call with a token, and return whatever it comes to.

        ``start_by`` is the monotonic instant after which no try begins. Raises as ``Tokens.current``
        and ``Transport.send``. A 401 certainly had no effect, so that an irreversible request may
        follow it once more.
        """
        request, token = call.request(*ids, query=query, body=body), self._tokens.current()
        answer = self._transport.send(self._authorised(request, token), start_by=start_by)
        if answer.status == 401:
            token = self._tokens.renewed(token)
            answer = self._transport.send(self._authorised(request, token), start_by=start_by)
        origin = str(self._transport.origin)
        return Reply(call, request, answer, origin, answer.sha256, self._tokens.secrets)

    def close(self) -> None:
        """Close the connection that is kept."""
        self._transport.close()

    def _authorised(self, request: Request, token: str) -> Request:
        return request.with_authorization(f"Bearer {token}", self._tokens.secrets)
