"""A server written from the original article's text alone: three calls, nothing of ours."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

PURGE_ID = "8f7e6d5c-4b3a-2c1d-0e9f-8a7b6c5d4e3f"


class ArticleServer(ThreadingHTTPServer):
    """Knows the token call, the purge call and the poll; a job ends at its third poll."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.seen: list[tuple[str, str]] = []
        self.bodies: list[dict] = []
        self.polls = 0

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: ArticleServer

    def do_POST(self) -> None:
        self.server.seen.append(("POST", self.path))
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.path == "/oauth/token":
            form = parse_qs(body)
            assert form["grant_type"] == ["client_credentials"]
            assert form["client_id"] == ["YOUR_CLIENT_ID"]
            token = {"access_token": "eyJhbGciOiJSUzI1NiIs", "token_type": "Bearer", "expires_in": 14400}
            self._answer(200, {**token, "scope": "purge:write purge:read"})
        elif self.path == "/api/v2/interactions/purge":
            assert self.headers["Authorization"] == "Bearer eyJhbGciOiJSUzI1NiIs"
            self.server.bodies.append(json.loads(body))
            interactions = self.server.bodies[-1]["interactions"]
            self._answer(202, {"purgeId": PURGE_ID, "status": "pending", "interactions": interactions})
        else:
            self._answer(404, {"message": "not found"})

    def do_GET(self) -> None:
        self.server.seen.append(("GET", self.path))
        if self.path != f"/api/v2/interactions/purge/{PURGE_ID}":
            self._answer(404, {"message": "not found"})
            return
        self.server.polls += 1
        status = "completed" if self.server.polls >= 3 else "pending"
        figures = {"totalInteractionsPurged": 40 * self.server.polls}
        self._answer(200, {"purgeId": PURGE_ID, "status": status, "interactions": [figures]})

    def _answer(self, status: int, body: object) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def article_server() -> Iterator[ArticleServer]:
    """Serve until the block ends."""
    with ArticleServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
