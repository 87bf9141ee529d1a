"""The formats that a schema may ask for, each with a checker of our own.

The library enforces ``date-time`` only when an extra package is present, and ``duration`` not at
all in draft-07; here a format is always checked, and says what is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network

from jsonschema import FormatChecker

from runner.model.duration import parse_calendar_duration
from runner.model.time import exclusive_end, parse_day

_DURATION = re.compile(
    r"P(?:(?P<weeks>\d{1,4})W|(?:(?P<days>\d{1,5})D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d{1,6})H)?(?:(?P<minutes>\d{1,7})M)?(?:(?P<seconds>\d{1,9})S)?)?)",
    re.ASCII,
)
LONGEST_DURATION = timedelta(days=3660)


def parse_duration(text: str) -> timedelta:
    """Read an ISO 8601 duration of fixed length. Raises ``ValueError`` with a sentence.

    Source: ISO 8601-1 section 5.5.2, without years and months, which have no fixed length.
    """
    found = _DURATION.fullmatch(text)
    if found is None or text == "P":
        raise ValueError("must be a duration such as PT24H or P90D, without months and years")
    length = timedelta(**{unit: int(count) for unit, count in found.groupdict(default="0").items()})
    if not timedelta() < length <= LONGEST_DURATION:
        raise ValueError(f"must be longer than nothing and at most {LONGEST_DURATION.days} days")
    return length


_NETWORK = re.compile(r"[0-9a-f.:]+/\d{1,3}", re.ASCII)
_INSIDE = tuple(map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")))
_NARROW = {4: 24, 6: 64}


def parse_private_network(text: str) -> IPv4Network | IPv6Network:
    """Read a narrow network of private addresses (RFC 1918, RFC 4193). Raises ``ValueError`` with a sentence.

    Narrow, for it is the house of one receiver; and never loopback or link-local, where the machine
    itself and the metadata service of its cloud answer.
    """
    try:
        network = ip_network(text if _NETWORK.fullmatch(text) else "")
    except ValueError:
        raise ValueError("must be a network such as 10.1.2.0/28, without host bits") from None
    if network.prefixlen < _NARROW[network.version]:
        raise ValueError("must be narrow: /24 to /32, or /64 to /128 for IPv6")
    if not any(network.network_address in each for each in _INSIDE):
        raise ValueError("must lie in 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or fc00::/7")
    return network


def _checker(parse: Callable[[str], object]) -> Callable[[object], bool]:
    def check(value: object) -> bool:
        if isinstance(value, str):
            parse(value)
        return True

    return check


FORMATS = FormatChecker(formats=())
FORMATS.checks("date-time", raises=ValueError)(_checker(exclusive_end))
FORMATS.checks("date", raises=ValueError)(_checker(parse_day))
FORMATS.checks("duration", raises=ValueError)(_checker(parse_duration))
FORMATS.checks("calendar-duration", raises=ValueError)(_checker(parse_calendar_duration))
FORMATS.checks("private-network", raises=ValueError)(_checker(parse_private_network))
