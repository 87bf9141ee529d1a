"""Origins: scheme, host and port, and nothing else that a URL can hide."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv4Network

_LOOPBACK = IPv4Network("127.0.0.0/8")
_ORIGIN = r"(?P<scheme>https?)://(?P<host>\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::(?P<port>[0-9]{1,5}))?"
_BARE = re.compile(_ORIGIN + r"/?", re.ASCII | re.IGNORECASE)
_WITH_PATH = re.compile(_ORIGIN + r"(?:/[!-~]*)?", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a server listens. ``host`` is in lower case, an IPv6 address in brackets."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        usual = self.port == _USUAL_PORTS[self.scheme]
        return f"{self.scheme}://{self.host}" + ("" if usual else f":{self.port}")

    @property
    def authority(self) -> str:
        """The host, with its port where that is not 443."""
        return self.host if self.port == 443 else f"{self.host}:{self.port}"

    @property
    def on_loopback(self) -> bool:
        """Whether the host is a loopback literal or ``localhost``; no name is resolved."""
        if self.host in ("localhost", "[::1]"):
            return True
        try:
            return IPv4Address(self.host) in _LOOPBACK
        except AddressValueError:
            return False


_USUAL_PORTS = {"http": 80, "https": 443}


def read_origin(url: str) -> Origin:
    """Read a base URL such as ``https://api.mypurecloud.com``.

    Raises ``ValueError`` with a sentence that quotes nothing of it: user information is a secret.
    """
    return _origin(
        _BARE.fullmatch(url), "must be scheme://host[:port], without user, path, query or fragment"
    )


def origin_of(url: str) -> Origin:
    """Read the origin of a URL that may have a path and a query, as a webhook's has.

    Raises ``ValueError`` with a sentence that quotes nothing of it: a path may be a secret.
    """
    if "#" in url:
        raise ValueError("must have no fragment")
    return _origin(
        _WITH_PATH.fullmatch(url),
        "must be scheme://host[:port]/path of visible ASCII characters, without user",
    )


def _origin(match: re.Match[str] | None, otherwise: str) -> Origin:
    if match is None:
        raise ValueError(otherwise)
    scheme = match["scheme"].lower()
    port = int(match["port"]) if match["port"] else _USUAL_PORTS[scheme]
    if not 0 < port < 65536:
        raise ValueError("must have a port from 1 to 65535")
    return Origin(scheme, match["host"].lower(), port)
