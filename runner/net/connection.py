"""Connections that tell a request which never left from one that may have arrived.

``requests`` reports both with the same exceptions. Here, whatever fails inside ``connect`` failed
before the first byte of the request existed, and says so with an exception of its own.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from http.client import HTTPException
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import Self, TypeAlias

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NameResolutionError
from urllib3.exceptions import SSLError as TlsError
from urllib3.util.connection import create_connection

from runner.errors import UsageError
from runner.net.address import AddressGuard, AddressRefused, ask_the_system, first_few
from runner.net.outcome import Failure

_GLANCE_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Route:
    """The way out of the building, never taken from the environment behind the caller's back.

    ``user_agent`` is the name to go by, such as ``purgectl/1.2.3``; ``proxy`` an ``http(s)://`` URL
    for https requests (it may hold a password); ``ca_file`` the path of a PEM bundle that replaces
    the built-in authorities. ``guard`` says which addresses may be reached, ``None`` any. A proxy
    resolves names itself, so behind one the guard has no say.
    """

    user_agent: str
    proxy: str | None = field(default=None, repr=False)
    ca_file: str | None = None
    guard: AddressGuard | None = None

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


def never() -> bool:
    """Say that no answer is ever unwanted."""
    return False


class Deadline:
    """Shuts the connection when time is up; a socket's own time-out begins again with every byte.

    It does so too as soon as ``unwanted`` says that nobody waits for the answer any more.
    """

    def __init__(self, seconds: float, unwanted: Callable[[], bool] = never) -> None:
        self.passed = False
        self._seconds = seconds
        self._unwanted = unwanted
        self._socket: socket.socket | None = None
        self._over = Event()
        self._watch = Thread(target=self._wait, daemon=True)

    def __enter__(self) -> Self:
        self._outer = _deadline.set(self)
        self._watch.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._watch.join()
        _deadline.reset(self._outer)

    def watch(self, connection: socket.socket | None) -> None:
        """Know the socket to shut; ``None`` while there is no connection yet."""
        self._socket = connection

    def _wait(self) -> None:
        """Expire when the time is up, unless the exchange is over before."""
        ends = time.monotonic() + self._seconds
        while (left := ends - time.monotonic()) > 0 and not self._unwanted():
            if self._over.wait(min(left, _GLANCE_SECONDS)):
                return
        self._expire()

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
    direct: PoolManager = adapter.poolmanager
    direct.pool_classes_by_scheme = _POOLS if route.guard is None else _guarded_pools(route.guard)
    if route.proxy is not None:
        session.proxies = {"https": route.proxy}
        adapter.proxy_manager_for(route.proxy).pool_classes_by_scheme = _POOLS
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    return session


class _Connection(HTTPConnection):
    """Tells what failed before anything could leave, and shows its socket to the deadline."""

    def connect(self) -> None:
        """Connect, and shake hands where TLS is asked for."""
        try:
            super().connect()
        except (OSError, HTTPError, HTTPException, AddressRefused) as error:
            raise _never_connected(error) from error
        deadline = _deadline.get()
        deadline.watch(self.sock)
        if deadline.passed:
            self.close()
            raise NeverConnectedError(Failure.CONNECT, "no connection in time")

    def _new_conn(self) -> socket.socket:
        """Connect to the first address that answers; the library would wait for a name without end."""
        failure = OSError("its name has no address")
        for address in self._addresses():
            try:
                return create_connection(
                    (address, self.port), self.timeout, socket_options=self.socket_options
                )
            except OSError as error:
                failure = error
        raise failure

    def _addresses(self) -> tuple[str, ...]:
        return first_few(ask_the_system(self.host, self.port))

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


_Pools: TypeAlias = "dict[str, type[HTTPConnectionPool]]"
_POOLS: _Pools = {"http": _Pool, "https": _TlsPool}


def _guarded_pools(guard: AddressGuard) -> _Pools:
    """Make pools that ask for a name once and connect to a checked address; TLS wants the name's own."""

    class Guarded(_Connection):
        def _addresses(self) -> tuple[str, ...]:
            return guard.addresses(self.host, self.port)

    class GuardedTls(Guarded, _TlsConnection):
        """The same over TLS."""

    class Pool(_Pool):
        ConnectionCls = Guarded

    class TlsPool(_TlsPool):
        ConnectionCls = GuardedTls

    return {"http": Pool, "https": TlsPool}


def _never_connected(error: Exception) -> NeverConnectedError:
    match error:
        case ssl.SSLCertVerificationError():
            failure, detail = Failure.TLS, f"its certificate is not trusted: {error.verify_message}"
        case ssl.SSLError():
            failure, detail = Failure.TLS, f"no TLS connection: {error.reason or 'it broke off'}"
        case TlsError():
            failure, detail = Failure.TLS, "no TLS connection: the certificates to trust cannot be used"
        case AddressRefused():
            failure, detail = Failure.ADDRESS, str(error)
        case NameResolutionError() | socket.gaierror():
            failure, detail = Failure.CONNECT, "its name cannot be resolved"
        case HTTPError(__cause__=OSError(strerror=str(reason))):
            failure, detail = Failure.CONNECT, reason
        case ConnectTimeoutError() | TimeoutError():
            failure, detail = Failure.CONNECT, "no connection in time"
        case OSError(strerror=str(reason)):
            failure, detail = Failure.CONNECT, reason
        case _:
            failure, detail = Failure.CONNECT, "no connection, or the proxy refuses to make one"
    return NeverConnectedError(failure, detail)
