"""The way from this machine to a server, as the environment has it."""

from __future__ import annotations

from runner import __version__
from runner.cli.environment import variable
from runner.net.connection import Route


def route() -> Route:
    """Return how every request leaves: under purgectl's name, by the proxy and certificates given."""
    return Route(
        user_agent=f"purgectl/{__version__}",
        proxy=variable("HTTPS_PROXY") or None,
        ca_file=variable("SSL_CERT_FILE") or None,
    )
