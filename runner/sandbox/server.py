"""The sandbox as a whole: its parts wired, and a server on loopback."""

from __future__ import annotations

from contextlib import ExitStack
from threading import Event, Thread
from types import TracebackType
from typing import Self

from flask import Flask
from flask.json.provider import DefaultJSONProvider

from runner.sandbox.calls import GovernanceCalls, PurgeCalls, TokenCalls
from runner.sandbox.control import ControlCalls
from runner.sandbox.data import generate
from runner.sandbox.door import Door
from runner.sandbox.faults import Faults
from runner.sandbox.governance import Receiver
from runner.sandbox.jobs import Jobs
from runner.sandbox.journal import Journal
from runner.sandbox.settings import LOOPBACK, Settings
from runner.sandbox.store import Store
from runner.sandbox.tokens import Tokens
from runner.sandbox.wire import LoopbackServer

_POLL_SECONDS = 0.05


class InOrder(DefaultJSONProvider):
    """Answers with the keys in the article's order."""

    sort_keys = False


class SandboxServer:
    """Listens on 127.0.0.1 from its construction, and answers inside its ``with`` block.

    Port 0 takes a free one. Raises ``UsageError`` when the port, the journal or the webhook
    secret cannot be used.
    """

    def __init__(self, settings: Settings, port: int = 0) -> None:
        receiver = Receiver(settings.webhook_key())
        with ExitStack() as parts:
            self._journal = Journal(settings.journal)
            parts.callback(self._journal.close)
            self._store = Store(generate(settings.seed, settings.size))
            parts.callback(self._store.close)
            self._stopping = Event()
            self._jobs = Jobs(self._store, settings.job_seconds, self._stopping)
            parts.callback(self._jobs.join)
            app = self._app(Tokens(settings.clients(), settings.token_seconds), receiver)
            self._server = LoopbackServer(port, app)
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

    def _app(self, tokens: Tokens, receiver: Receiver) -> Flask:
        app = Flask("sandbox", static_folder=None)
        app.json = InOrder(app)
        app.url_map.merge_slashes = False
        faults = Faults()
        Door(app, faults, self._journal, self._stopping)
        app.register_blueprint(TokenCalls(tokens).blueprint())
        app.register_blueprint(PurgeCalls(self._store, self._jobs, tokens, faults).blueprint())
        app.register_blueprint(GovernanceCalls(receiver).blueprint())
        app.register_blueprint(ControlCalls(faults, self._journal, receiver).blueprint())
        return app
