"""Connections that tell a request which never left from one that may have arrived.

``requests`` reports both with the same exceptions. Here, whatever fails inside ``connect`` failed
before the first byte of the request existed, and says so with an exception of its own.
"""

from __future__ import annotations

import socket
import ssl
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from http.client import HTTPException
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from threading import Timer
from types import TracebackType
from typing import Self

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NameResolutionError
from urllib3.exceptions import SSLError as TlsError

from runner.errors import UsageError
from runner.net.outcome import Failure


@dataclass(frozen=True, slots=True)
class Route:
    """The way out of the building, never taken from the environment behind the caller's back.

    ``user_agent`` is the name to go by, such as ``purgectl/1.2.3``; ``proxy`` an ``http(s)://`` URL
    for https requests (it may hold a password); ``ca_file`` the path of a PEM bundle that replaces
    the built-in authorities.
    """

    user_agent: str
    proxy: str | None = field(default=None, repr=False)
    ca_file: str | None = None

    def __post_init__(self) -> None:
        """Raise ``UsageError`` for a proxy or a file that no request could use."""
        if self.proxy is not None and not self.proxy.lower().startswith(("http://", "https://")):
            raise UsageError(
                "the proxy's URL is neither http:// nor https://", hint="write it as http://host:port"
            )
        if self.ca_file is not None and not Path(self.ca_file).is_file():
            raise UsageError("the file of certificate authorities does not exist", where=self.ca_file)


class NeverConnectedError(Exception):
    """No connection was made, so nothing was sent. Not an ``OSError``, so that nobody handles it below."""

    def __init__(self, failure: Failure, detail: str) -> None:
        super().__init__(detail)
        self.failure = failure
        self.detail = detail


class Deadline:
    """Shuts the connection when time is up; a socket's own time-out begins again with every byte."""

    def __init__(self, seconds: float) -> None:
        self.passed = False
        self._socket: socket.socket | None = None
        self._timer = Timer(seconds, self._expire)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._outer = _deadline.set(self)
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        self._timer.join()
        _deadline.reset(self._outer)

    def watch(self, connection: socket.socket | None) -> None:
        """Know the socket to shut; ``None`` while there is no connection yet."""
        self._socket = connection

    def _expire(self) -> None:
        self.passed = True
        if self._socket is not None:
            with suppress(OSError):
                # Past an SSLSocket's own method, which would pull the TLS state from under a reader.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


_deadline: ContextVar[Deadline] = ContextVar("deadline of the exchange under way")


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> None:
        """See no redirect: the library would read its whole body, and stumble over its address."""
        del resp


def open_session(route: Route) -> requests.Session:
    """Make a session that keeps one connection and no cookie, and reads nothing from the environment."""
    session = _Session()
    session.trust_env = False
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.headers.clear()
    session.headers.update({"User-Agent": route.user_agent, "Accept-Encoding": "identity"})
    session.verify = route.ca_file or True
    adapter = HTTPAdapter(pool_connections=1, pool_maxsize=1, max_retries=0)
    managers: list[PoolManager] = [adapter.poolmanager]
    if route.proxy is not None:
        session.proxies = {"https": route.proxy}
        managers.append(adapter.proxy_manager_for(route.proxy))
    for manager in managers:
        manager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    return session


class _Connection(HTTPConnection):
    """Tells what failed before anything could leave, and shows its socket to the deadline."""

    def connect(self) -> None:
        """Connect, and shake hands where TLS is asked for."""
        try:
            super().connect()
        except (OSError, HTTPError, HTTPException) as error:
            raise _never_connected(error) from error
        deadline = _deadline.get()
        deadline.watch(self.sock)
        if deadline.passed:
            self.close()
            raise NeverConnectedError(Failure.CONNECT, "no connection in time")

    def putrequest(
        self, method: str, url: str, skip_host: bool = False, skip_accept_encoding: bool = False
    ) -> None:
        """Begin a request, perhaps on a connection that was kept."""
        _deadline.get().watch(self.sock)
        super().putrequest(method, url, skip_host, skip_accept_encoding)


class _TlsConnection(_Connection, HTTPSConnection):
    """The same over TLS."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


def _never_connected(error: Exception) -> NeverConnectedError:
    match error:
        case ssl.SSLCertVerificationError():
            failure, detail = Failure.TLS, f"its certificate is not trusted: {error.verify_message}"
        case ssl.SSLError():
            failure, detail = Failure.TLS, f"no TLS connection: {error.reason or 'it broke off'}"
        case TlsError():
            failure, detail = Failure.TLS, "no TLS connection: the certificates to trust cannot be used"
        case NameResolutionError():
            failure, detail = Failure.CONNECT, "its name cannot be resolved"
        case HTTPError(__cause__=OSError(strerror=str(reason))):
            failure, detail = Failure.CONNECT, reason
        case ConnectTimeoutError() | TimeoutError():
            failure, detail = Failure.CONNECT, "no connection in time"
        case _:
            failure, detail = Failure.CONNECT, "no connection, or the proxy refuses to make one"
    return NeverConnectedError(failure, detail)
