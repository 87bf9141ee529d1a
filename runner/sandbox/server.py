"""The sandbox as a whole: its parts wired, and a server on loopback."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from threading import Event, Thread
from types import TracebackType
from typing import TYPE_CHECKING, Self

from flask import Flask
from flask.json.provider import DefaultJSONProvider

from runner.sandbox.calls import GovernanceCalls, PurgeCalls, TokenCalls
from runner.sandbox.control import ControlCalls
from runner.sandbox.data import generate
from runner.sandbox.door import Door
from runner.sandbox.faults import Faults
from runner.sandbox.gate import Gate
from runner.sandbox.governance import Receiver
from runner.sandbox.jobs import Jobs
from runner.sandbox.journal import Journal
from runner.sandbox.recordings.roles import Roles
from runner.sandbox.recordings.surface import recording_calls
from runner.sandbox.settings import LOOPBACK, Settings
from runner.sandbox.store import Store
from runner.sandbox.tokens import Tokens
from runner.sandbox.wire import LoopbackServer

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_POLL_SECONDS = 0.05


def _bare(app: WSGIApplication) -> WSGIApplication:
    return app


class InOrder(DefaultJSONProvider):
    """Answers with the keys in the article's order."""

    sort_keys = False


class SandboxServer:
    """Listens on 127.0.0.1 from its construction, and answers inside its ``with`` block.

    Port 0 takes a free one. ``around`` is what the application is wrapped in, for one who looks at
    every request and answer. Raises ``UsageError`` when the port, the journal or the webhook secret
    cannot be used.
    """

    def __init__(
        self, settings: Settings, port: int = 0, around: Callable[[WSGIApplication], WSGIApplication] = _bare
    ) -> None:
        receiver = Receiver(settings.webhook_key())
        with ExitStack() as parts:
            self._journal = Journal(settings.journal)
            parts.callback(self._journal.close)
            self._store = Store(generate(settings.seed, settings.size))
            parts.callback(self._store.close)
            self._stopping = Event()
            self._jobs = Jobs(self._store, settings.job_seconds, self._stopping)
            parts.callback(self._jobs.join)
            app = self._app(settings, receiver)
            self._server = LoopbackServer(port, around(app))
            self._parts = parts.pop_all()
        self._thread = Thread(
            target=self._server.serve_forever, args=(_POLL_SECONDS,), name="sandbox", daemon=True
        )

    @property
    def base_url(self) -> str:
        """Where the sandbox answers."""
        return f"http://{LOOPBACK}:{self._server.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._server.shutdown()
        self._thread.join()
        self._parts.close()

    def _app(self, settings: Settings, receiver: Receiver) -> Flask:
        app = Flask("sandbox", static_folder=None)
        app.json = InOrder(app)
        app.url_map.merge_slashes = False
        faults = Faults()
        roles = Roles(settings.clients())
        tokens = Tokens(settings.clients(), settings.token_seconds)
        gate = Gate(tokens, roles, faults)
        Door(app, faults, self._journal, self._stopping)
        app.register_blueprint(TokenCalls(tokens).blueprint())
        app.register_blueprint(PurgeCalls(self._store, self._jobs, gate, faults).blueprint())
        app.register_blueprint(GovernanceCalls(receiver).blueprint())
        app.register_blueprint(ControlCalls(faults, self._journal, receiver).blueprint())
        for calls in recording_calls(settings, gate, roles, faults):
            app.register_blueprint(calls)
        return app
