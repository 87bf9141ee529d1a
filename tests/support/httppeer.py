"""A scriptable HTTP server on loopback: a queue of answers, ways to misbehave, and a journal.

The journal is the peer's own count of what arrived, so a test need not believe the client.
"""

from __future__ import annotations

import json
import socket
import ssl
import struct
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from types import TracebackType
from typing import Self


@dataclass(frozen=True)
class Seen:
    """One request as it arrived; the names of headers are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    connection: int

    def json(self) -> object:
        return json.loads(self.body)


Script = Callable[["Conversation"], None]


def answer(status: int = 200, body: object = b"", **headers: str) -> Script:
    """A whole answer. ``body`` is bytes or a JSON value; ``Retry_After="5"`` is a header."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status} Scripted", f"Content-Length: {len(data)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return raw("\r\n".join([*lines, "", ""]).encode("latin-1") + data)


def raw(data: bytes) -> Script:
    """These bytes, and the connection stays open."""

    def script(conversation: Conversation) -> None:
        conversation.wfile.write(data)

    return script


def then_close(data: bytes) -> Script:
    """These bytes, then an orderly end of the connection, whatever was promised."""

    def script(conversation: Conversation) -> None:
        conversation.wfile.write(data)
        conversation.close_connection = True

    return script


def reset(conversation: Conversation) -> None:
    """No answer: the connection is reset after the whole request has arrived."""
    conversation.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    conversation.rfile.close()
    conversation.wfile.close()
    conversation.connection.close()
    conversation.close_connection = True


def hang(conversation: Conversation) -> None:
    """No answer until the peer is closed."""
    conversation.peer.closing.wait()
    conversation.close_connection = True


def drip(start: bytes, drop: bytes, interval: float = 0.02) -> Script:
    """Some bytes, then another few for ever, each well within any read time-out."""

    def script(conversation: Conversation) -> None:
        conversation.close_connection = True
        try:
            conversation.wfile.write(start)
            while not conversation.peer.closing.wait(interval):
                conversation.wfile.write(drop)
        except OSError:
            return

    return script


class Conversation(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    wbufsize = 0
    server: _Server

    @property
    def peer(self) -> Peer:
        return self.server.peer

    def setup(self) -> None:
        super().setup()
        self.peer.sockets.append(self.connection)

    def handle_any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.peer.journal.append(Seen(self.command, self.path, headers, body, id(self.connection)))
        script = self.peer.scripts.popleft() if self.peer.scripts else answer(599, {"message": "unscripted"})
        script(self)

    do_GET = do_POST = do_PUT = do_DELETE = do_CONNECT = handle_any  # noqa: N815 - the library's names

    def log_message(self, *args: object) -> None:
        """Say nothing: the journal is the log."""


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    peer: Peer

    def handle_error(self, *args: object) -> None:
        """A client that breaks off is what these tests are about."""


class Peer:
    """A server on 127.0.0.1. ``tls`` makes it speak https."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.journal: list[Seen] = []
        self.scripts: deque[Script] = deque()
        self.closing = Event()
        self.sockets: list[socket.socket] = []
        self._server = _Server(("127.0.0.1", 0), Conversation)
        self._server.peer = self
        if tls is not None:
            self._server.socket = tls.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self.port: int = self._server.server_address[1]
        self.url = f"{'http' if tls is None else 'https'}://127.0.0.1:{self.port}"
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    def plays(self, *scripts: Script) -> None:
        """Queue answers; a request beyond them gets a 599."""
        self.scripts.extend(scripts)

    def count(self, method: str, path: str) -> int:
        return sum(seen.method == method and seen.path == path for seen in self.journal)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closing.set()
        self._server.shutdown()
        self._thread.join()
        for connection in self.sockets:
            try:
                socket.socket.shutdown(connection, socket.SHUT_RDWR)
            except OSError:
                continue
        self._server.server_close()


def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port
