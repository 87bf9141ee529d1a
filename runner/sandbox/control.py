"""The calls below ``/sandbox/``: they steer the sandbox and tell what it saw."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from runner.sandbox.faults import Faults, parse
from runner.sandbox.governance import Receiver
from runner.sandbox.journal import Journal
from runner.sandbox.reading import json_body


class ControlCalls:
    """Faults, journal, notices. They need no token: the server listens on loopback only."""

    def __init__(self, faults: Faults, journal: Journal, receiver: Receiver) -> None:
        self._faults = faults
        self._journal = journal
        self._receiver = receiver

    def blueprint(self) -> Blueprint:
        """The routes."""
        routes = Blueprint("control", __name__, url_prefix="/sandbox")
        routes.add_url_rule("/faults", view_func=self.armed, methods=["GET"])
        routes.add_url_rule("/faults", view_func=self.arm, methods=["POST"])
        routes.add_url_rule("/faults", view_func=self.clear, methods=["DELETE"])
        routes.add_url_rule("/journal", view_func=self.journal, methods=["GET"])
        routes.add_url_rule("/notices", view_func=self.notices, methods=["GET"])
        return routes

    def armed(self) -> Response:
        """List the faults that are on."""
        return jsonify({"faults": [fault.describe() for fault in self._faults.armed()]})

    def arm(self) -> tuple[Response, int]:
        """Switch a fault on."""
        fault = parse(json_body())
        self._faults.arm(fault)
        return jsonify(fault.describe()), 201

    def clear(self) -> tuple[str, int]:
        """Switch every fault off, or with ``?on=`` those on one call."""
        self._faults.clear(request.args.get("on"))
        return "", 204

    def journal(self) -> Response:
        """List the requests seen, with ``?method=`` and ``?path=`` only some of them."""
        entries = self._journal.entries(request.args.get("method"), request.args.get("path"))
        return jsonify({"entries": entries})

    def notices(self) -> Response:
        """List the notices that the governance system holds."""
        return jsonify({"notices": self._receiver.notices()})
