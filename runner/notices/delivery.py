"""Delivery of one notice to its endpoint: one attempt, bounded, with a fresh signature."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from runner.errors import UsageError
from runner.model.notice import Delivery, Notice
from runner.net.connection import Route
from runner.net.outcome import Failure, NoAnswer
from runner.net.wire import Limits, Wire
from runner.notices.guard import check_url
from runner.notices.signature import Secret
from runner.ports import Clock

LIMITS = Limits(connect=5, read=20, total=20, size=16 * 1024)

_RESULTS = {Failure.TIMEOUT: "timeout", Failure.TLS: "tls"}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where notices go. Neither value appears in a ``repr``: a URL may hold a token."""

    url: str = field(repr=False)
    secret: Secret = field(repr=False)


class WebhookNotifier:
    """``ports.Notifier``: a POST signed by Standard Webhooks, with the article's two headers.

    ``endpoints`` maps a webhook's id to its endpoint. A notice for any other is not deliverable
    here, and waits for a run that knows the URL.
    """

    def __init__(
        self,
        endpoints: Mapping[str, Endpoint],
        clock: Clock,
        route: Route,
        *,
        sandbox: bool,
        limits: Limits = LIMITS,
    ) -> None:
        self._endpoints = endpoints
        self._clock = clock
        self._sandbox = sandbox
        self._wire = Wire(limits=limits, route=route)

    def deliver(self, notice: Notice) -> Delivery:
        """Try once. Results: ``http-<status>``, ``connect``, ``tls``, ``timeout``, ``no-url``, ``guard``.

        Any 2xx is a delivery; what else the receiver says is read up to 16 KiB and forgotten.
        """
        endpoint = self._endpoints.get(notice.endpoint)
        if endpoint is None:
            return Delivery(delivered=False, result="no-url")
        try:
            check_url(endpoint.url, sandbox=self._sandbox)
            headers = self._headers(notice, endpoint.secret)
        except (UsageError, ValueError):
            return Delivery(delivered=False, result="guard")
        outcome = self._wire.exchange("POST", endpoint.url, headers=headers, body=notice.body, fresh=True)
        if isinstance(outcome, NoAnswer):
            return Delivery(delivered=False, result=_RESULTS.get(outcome.failure, "connect"))
        return Delivery(delivered=outcome.successful, result=f"http-{outcome.status}")

    def close(self) -> None:
        """Close the connection that is kept."""
        self._wire.close()

    def _headers(self, notice: Notice, secret: Secret) -> Mapping[str, str]:
        timestamp = int(self._clock.now().timestamp())
        return {
            "Content-Type": "application/cloudevents+json; charset=utf-8",
            "webhook-id": notice.webhook_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": secret.sign(notice.webhook_id, timestamp, notice.body),
            "X-Audit-Source": "genesys-purge-orchestrator",
            "X-Request-ID": notice.webhook_id,
        }
