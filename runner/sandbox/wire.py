"""The wire: what the web framework leaves to the server, and the one place that touches sockets."""

from __future__ import annotations

import os
import socket
import struct
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from runner.errors import UsageError
from runner.sandbox.settings import LOOPBACK

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

CUT = "sandbox.cut"
"""Set in a request's environment to close its connection without an answer."""
SKEW = "sandbox.skew"
"""Set in a request's environment to the seconds by which the ``Date`` header is wrong."""
STRUCK = "sandbox.struck"
"""Set in a request's environment to the kinds of the faults that shape its answer."""

_BACKLOG = 128


class CuttingApp:
    """The application as the server calls it: closes the connection where a fault says so."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer, or reset the connection without an answer (raises ``ConnectionAbortedError``)."""
        answer = self._app(environ, start_response)
        if CUT not in environ:
            return answer
        _reset(cast("socket.socket", environ["werkzeug.socket"]))
        raise ConnectionAbortedError


def _reset(connection: socket.socket) -> None:
    """Close with a lingering time of zero, which sends RST instead of FIN."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    os.close(connection.detach())


class QuietHandler(WSGIRequestHandler):
    """Reads requests without a word on the terminal, and dates answers by a clock that may be wrong.

    ``timeout`` ends a connection on which nothing arrives for so many seconds, so that the server
    can always stop.
    """

    timeout = 5

    def setup(self) -> None:
        """Start without an environment: what is not HTTP is answered before there is one."""
        super().setup()
        self.environ: WSGIEnvironment = {}

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Say nothing: the journal is the log."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing, and do not look at the path either."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The ``Date`` header, moved by the fault ``date-skew``."""
        skew = cast("float", self.environ.get(SKEW, 0))
        return super().date_time_string((timestamp or time.time()) + skew)

    def connection_dropped(self, error: BaseException, environ: WSGIEnvironment | None = None) -> None:
        """End the conversation on a connection that is gone."""
        del error, environ
        self.close_connection = True


class LoopbackServer(ThreadedWSGIServer):
    """A server on 127.0.0.1 that answers each request in a thread, and waits for them when it closes."""

    daemon_threads = False

    def __init__(self, port: int, app: WSGIApplication) -> None:
        """Listens at once; port 0 takes a free one. Raises ``UsageError`` when it cannot."""
        with _listening(port) as listener:
            taken = listener.getsockname()[1]
            super().__init__(LOOPBACK, taken, CuttingApp(app), QuietHandler, fd=listener.fileno())

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Say nothing about a connection that broke."""

    def handle_error(self, request: object, client_address: tuple[str, int] | str) -> None:
        """Say nothing about bytes that are not HTTP: their connection is closed, which is answer enough."""


def _listening(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((LOOPBACK, port))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise UsageError(
            f"the sandbox cannot listen on port {port}: {error.strerror}",
            where=f"{LOOPBACK}:{port}",
            hint="stop what listens there, or choose another port (0 takes a free one)",
        ) from error
    return listener
