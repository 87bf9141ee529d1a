"""Delivery of one notice to its endpoint: one attempt, bounded, with a fresh signature."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from runner.errors import UsageError
from runner.model.notice import Delivery, Notice
from runner.net.address import LOOPBACK, AddressGuard, Network, Resolver, ask_the_system
from runner.net.connection import Route, never
from runner.net.outcome import Failure, NoAnswer
from runner.net.wire import Limits, Wire
from runner.notices.guard import check_url
from runner.notices.schedule import NO_URL
from runner.notices.signature import Secret
from runner.ports import Clock, Interruption

LIMITS = Limits(connect=5, read=20, total=20, size=16 * 1024)

_RESULTS = {Failure.TIMEOUT: "timeout", Failure.TLS: "tls", Failure.ADDRESS: "address"}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where notices go. Neither URL nor secret appears in a ``repr``: a URL may hold a token.

    ``allow_private`` are the networks inside the house to which its name may lead.
    """

    url: str = field(repr=False)
    secret: Secret = field(repr=False)
    allow_private: tuple[Network, ...] = ()


class WebhookNotifier:
    """``ports.Notifier``: a POST signed by Standard Webhooks, with the article's two headers.

    ``endpoints`` maps a webhook's id to its endpoint. A notice for any other is not deliverable
    here, and waits for a run that knows the URL. Each endpoint has a connection of its own, made to
    an address that was checked; a proxy, where ``route`` names one, resolves and checks itself. An
    ``interruption`` cuts an attempt off: the same notice comes again, with the same id.
    """

    def __init__(
        self,
        endpoints: Mapping[str, Endpoint],
        clock: Clock,
        route: Route,
        *,
        sandbox: bool,
        limits: Limits = LIMITS,
        resolve: Resolver = ask_the_system,
        interruption: Interruption | None = None,
    ) -> None:
        self._endpoints = endpoints
        self._clock = clock
        self._sandbox = sandbox
        self._unwanted = never if interruption is None else interruption.requested
        house = LOOPBACK if sandbox else ()
        self._wires = {
            name: Wire(
                limits=limits,
                route=replace(route, guard=AddressGuard((*house, *endpoint.allow_private), resolve)),
            )
            for name, endpoint in endpoints.items()
        }

    def deliver(self, notice: Notice) -> Delivery:
        """Try once.

        Results: ``http-<status>``, ``connect``, ``tls``, ``timeout``, ``no-url``; ``guard`` for a URL
        and ``address`` for an address that notices may not go to. Any 2xx is a delivery; what else
        the receiver says is read up to 16 KiB and forgotten.
        """
        endpoint = self._endpoints.get(notice.endpoint)
        if endpoint is None:
            return Delivery(delivered=False, result=NO_URL)
        try:
            check_url(endpoint.url, sandbox=self._sandbox)
            headers = self._headers(notice, endpoint.secret)
        except (UsageError, ValueError):
            return Delivery(delivered=False, result="guard")
        wire = self._wires[notice.endpoint]
        outcome = wire.exchange(
            "POST", endpoint.url, headers=headers, body=notice.body, fresh=True, unwanted=self._unwanted
        )
        if isinstance(outcome, NoAnswer):
            return Delivery(delivered=False, result=_RESULTS.get(outcome.failure, "connect"))
        return Delivery(outcome.successful, f"http-{outcome.status}", outcome.retry_after)

    def close(self) -> None:
        """Close the connections that are kept."""
        for wire in self._wires.values():
            wire.close()

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
