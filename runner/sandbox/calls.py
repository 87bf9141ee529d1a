"""The calls of Genesys Cloud and of the governance system, as HTTP."""

from __future__ import annotations

import re

from flask import Blueprint, Response, g, jsonify, request

from runner.sandbox.door import strike
from runner.sandbox.faults import Faults, Stage
from runner.sandbox.gate import Gate
from runner.sandbox.governance import Receiver, Seal
from runner.sandbox.jobs import Jobs
from runner.sandbox.problems import ApiError
from runner.sandbox.reading import json_body
from runner.sandbox.request import parse
from runner.sandbox.settings import READ_SCOPE, WRITE_SCOPE
from runner.sandbox.store import Store
from runner.sandbox.tokens import Tokens


class PurgeCalls:
    """``/api/v2/interactions/purge``: the article's calls, and a count that is our extension."""

    def __init__(self, store: Store, jobs: Jobs, gate: Gate, faults: Faults) -> None:
        self._store = store
        self._jobs = jobs
        self._gate = gate
        self._faults = faults

    def blueprint(self) -> Blueprint:
        """The routes."""
        routes = Blueprint("purge", __name__, url_prefix="/api/v2/interactions/purge")
        routes.add_url_rule("", view_func=self.submit, methods=["POST"])
        routes.add_url_rule("/<purge_id>", view_func=self.poll, methods=["GET"])
        routes.add_url_rule("/count", view_func=self.count, methods=["POST"])
        return routes

    def submit(self) -> tuple[Response, int]:
        """Start a purge job (scope ``purge:write``)."""
        self._gate.scoped(WRITE_SCOPE)
        items = parse(json_body())
        purge_id = self._jobs.submit(items, lambda: strike(self._faults, Stage.JOB))
        g.effect = True
        answer = {"purgeId": purge_id, "status": "pending", "interactions": [item.echo for item in items]}
        return jsonify(answer), 202

    def poll(self, purge_id: str) -> Response:
        """Tell how a job is doing (scope ``purge:read``)."""
        self._gate.scoped(READ_SCOPE)
        return jsonify(self._jobs.view(purge_id))

    def count(self) -> Response:
        """Tell how many interactions the same body would purge (scope ``purge:read``)."""
        self._gate.scoped(READ_SCOPE)
        total = sum(self._store.count(item) for item in parse(json_body(), counting=True))
        response = jsonify({"total": total})
        response.headers["X-Sandbox-Extension"] = "true"
        return response


class TokenCalls:
    """``POST /oauth/token``: client credentials by form body or by Basic (RFC 6749 section 2.3.1)."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens

    def blueprint(self) -> Blueprint:
        """The routes."""
        routes = Blueprint("oauth", __name__)
        routes.add_url_rule("/oauth/token", view_func=self.token, methods=["POST"])
        return routes

    def token(self) -> tuple[Response, int]:
        """Issue an access token."""
        if request.form.get("grant_type") != "client_credentials":
            return _oauth_error("unsupported_grant_type", "grant_type must be client_credentials"), 400
        granted = self._tokens.issue(*_credentials())
        if granted is None:
            response = _oauth_error("invalid_client", "client authentication failed")
            response.headers["WWW-Authenticate"] = "Basic"
            return response, 401
        token, client = granted
        g.effect = True
        answer = {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": self._tokens.seconds,
            "scope": " ".join(client.scopes),
        }
        return jsonify(answer), 200


def _credentials() -> tuple[str, str]:
    basic = request.authorization
    if basic is not None and basic.type == "basic":
        return basic.username or "", basic.password or ""
    return request.form.get("client_id", ""), request.form.get("client_secret", "")


def _oauth_error(error: str, description: str) -> Response:
    return jsonify({"error": error, "description": description, "error_description": description})


class GovernanceCalls:
    """``POST /governance/{endpoint}``: where notices arrive."""

    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver

    def blueprint(self) -> Blueprint:
        """The routes."""
        routes = Blueprint("governance", __name__)
        routes.add_url_rule("/governance/<endpoint>", view_func=self.receive, methods=["POST"])
        return routes

    def receive(self, endpoint: str) -> tuple[str, int]:
        """Keep a notice; a second delivery of the same is fine and changes nothing."""
        if not re.fullmatch(r"[a-z0-9-]{1,63}", endpoint):
            raise ApiError(404, "an endpoint is named with lower-case letters, digits and hyphens")
        seal = Seal(
            *(request.headers.get(f"webhook-{part}", "") for part in ("id", "timestamp", "signature"))
        )
        g.effect = self._receiver.receive(endpoint, seal, request.get_data())
        return "", 204
