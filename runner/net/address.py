"""Which addresses a request may go to.

The tables are our own, because ``ipaddress.is_global`` calls NAT64 and 6to4 forms of loopback,
IPv4-compatible addresses and multicast global. Sources: the IANA IPv4 and IPv6 Special-Purpose
Address Registries (RFC 6890), and 168.63.129.16, Azure's host, which hosted runners can reach.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from threading import Thread
from typing import TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network
Resolver: TypeAlias = Callable[[str, int], Sequence[str]]
"""From a name and a port to its addresses, as texts. Raises ``OSError`` when it has none."""

LOOPBACK: tuple[Network, ...] = (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128"))

RESOLVE_SECONDS = 10.0
"""How long a name server may take. The system's own patience is minutes, and cannot be set."""

_TRIED_AT_MOST = 3
"""Addresses of one name: each may take the whole time-out, and a name may have hundreds."""

_SPECIAL_IPV4 = (
    IPv4Network("0.0.0.0/8"),  # this network
    IPv4Network("10.0.0.0/8"),  # private
    IPv4Network("100.64.0.0/10"),  # shared by carriers
    IPv4Network("127.0.0.0/8"),  # loopback
    IPv4Network("168.63.129.16/32"),  # Azure's host
    IPv4Network("169.254.0.0/16"),  # link-local, metadata services
    IPv4Network("172.16.0.0/12"),  # private
    IPv4Network("192.0.0.0/24"),  # protocol assignments
    IPv4Network("192.0.2.0/24"),  # documentation
    IPv4Network("192.31.196.0/24"),  # AS112
    IPv4Network("192.52.193.0/24"),  # multicast tunnelling
    IPv4Network("192.88.99.0/24"),  # 6to4 relays
    IPv4Network("192.168.0.0/16"),  # private
    IPv4Network("192.175.48.0/24"),  # AS112
    IPv4Network("198.18.0.0/15"),  # benchmarking
    IPv4Network("198.51.100.0/24"),  # documentation
    IPv4Network("203.0.113.0/24"),  # documentation
    IPv4Network("224.0.0.0/4"),  # multicast
    IPv4Network("240.0.0.0/4"),  # reserved, broadcast
)
_UNICAST_IPV6 = IPv6Network("2000::/3")
_SPECIAL_IPV6 = (
    IPv6Network("2001::/23"),  # protocol assignments, Teredo
    IPv6Network("2001:db8::/32"),  # documentation
    IPv6Network("2002::/16"),  # 6to4: an IPv4 address in disguise
    IPv6Network("2620:4f:8000::/48"),  # AS112
    IPv6Network("3fff::/20"),  # documentation
)


def is_public(address: Address) -> bool:
    """Whether an address can only be a machine on the public internet."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _SPECIAL_IPV4)
    return address in _UNICAST_IPV6 and not any(address in network for network in _SPECIAL_IPV6)


def ask_the_system(host: str, port: int) -> tuple[str, ...]:
    """``Resolver`` of this machine: its hosts file and its name servers.

    Raises ``TimeoutError``, which is an ``OSError``, when they take longer than ``RESOLVE_SECONDS``.
    """
    found: list[str] = []
    failed: list[OSError] = []

    def ask() -> None:
        try:
            answer = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.extend(dict.fromkeys(str(where[0]) for *_, where in answer))
        except OSError as error:
            failed.append(error)
        except UnicodeError:  # a label that no name can have
            failed.append(socket.gaierror(socket.EAI_NONAME, "not a name"))

    asking = Thread(target=ask, daemon=True)  # nothing ends it before its time, and nobody waits for it
    asking.start()
    asking.join(RESOLVE_SECONDS)
    if asking.is_alive():
        raise TimeoutError("the name servers gave no answer in time")
    if failed:
        raise failed[0]
    return tuple(found)


def first_few(addresses: Sequence[str]) -> tuple[str, ...]:
    """Return as many addresses of a name as are worth trying, in the resolver's order."""
    return tuple(addresses[:_TRIED_AT_MOST])


class AddressRefused(Exception):
    """A name leads to an address that nothing may be sent to. The message names the address."""


@dataclass(frozen=True, slots=True)
class AddressGuard:
    """Lets connections go to public addresses, and to those of the networks ``also``."""

    also: tuple[Network, ...] = ()
    resolve: Resolver = ask_the_system

    def admits(self, address: Address) -> bool:
        """Whether a connection to this address may be made."""
        return is_public(address) or any(address in network for network in self.also)

    def addresses(self, host: str, port: int) -> tuple[str, ...]:
        """Resolve a name, once, and return the addresses to try, in the resolver's order.

        Raises ``AddressRefused`` when any of them is not admitted, for a name that is both public
        and private is somebody's trick; and ``OSError`` when there is none.
        """
        addresses = [ip_address(text) for text in self.resolve(host, port)]
        refused = next((address for address in addresses if not self.admits(address)), None)
        if refused is not None:
            raise AddressRefused(f"its name leads to {refused}, which is no public address")
        return first_few([str(address) for address in addresses])
