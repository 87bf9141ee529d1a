"""What the organisation tells of itself: whose token it is, its limits, its retention."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from runner.sandbox.gate import Gate
from runner.sandbox.problems import ApiError
from runner.sandbox.recordings.archive import MOST_PROTECTED
from runner.sandbox.recordings.jobs import SLOTS
from runner.sandbox.settings import Settings

_LIMITS = {
    "platform.api": {
        "client.credentials.token.rate.per.minute": 300,
        "org.app.user.rate.per.minute": 3000,
        "request.bytes.max": 512_000,
        "token.rate.per.minute": 300,
    },
    "recording": {"bulk.jobs.concurrent.max": SLOTS, "deletion.protection.max": MOST_PROTECTED},
}


class OrganizationCalls:
    """Read-only, but for the end of a token."""

    def __init__(self, settings: Settings, gate: Gate) -> None:
        self._settings = settings
        self._gate = gate

    def blueprint(self) -> Blueprint:
        """The routes; Flask answers HEAD where it answers GET."""
        routes = Blueprint("organization", __name__, url_prefix="/api/v2")
        routes.add_url_rule("/tokens/me", view_func=self.token, methods=["GET"])
        routes.add_url_rule("/tokens/me", view_func=self.drop, methods=["DELETE"])
        routes.add_url_rule(
            "/organizations/limits/namespaces/<namespace>", view_func=self.limits, methods=["GET"]
        )
        routes.add_url_rule("/analytics/dataretention/settings", view_func=self.retention, methods=["GET"])
        return routes

    def token(self) -> Response:
        """Tell whose token it is."""
        client = self._gate.client()
        organization = {"id": self._settings.organization_id, "name": self._settings.organization_name}
        return jsonify(
            {
                "organization": organization,
                "homeOrganization": organization,
                "authorizedScope": list(client.scopes),
                "OAuthClient": {
                    "id": client.id,
                    "name": client.id,
                    "authorizedGrantType": "CLIENT-CREDENTIALS",
                    "organization": organization,
                },
            }
        )

    def drop(self) -> tuple[str, int]:
        """Let the caller's token expire."""
        self._gate.drop()
        return "", 200

    def limits(self, namespace: str) -> Response:
        """Tell the limits of a namespace."""
        self._gate.client()
        if namespace not in _LIMITS:
            raise ApiError(404, "The requested resource was not found.")
        entities = [
            {"key": key, "namespace": namespace, "value": value} for key, value in _LIMITS[namespace].items()
        ]
        return jsonify({"entities": entities})

    def retention(self) -> Response:
        """Tell the maximum retention of interaction data. There is no call here to change it."""
        _, role = self._gate.caller()
        role.need_any("analytics:dataRetention:view")
        set_at = "2024-03-01T09:00:00.000Z"
        return jsonify(
            {"retentionDays": self._settings.retention_days, "dateCreated": set_at, "dateModified": set_at}
        )
