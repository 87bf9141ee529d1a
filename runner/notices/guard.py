"""Which URLs a notice may go to."""

from __future__ import annotations

import re

from runner.errors import UsageError
from runner.net.origin import origin_of

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DNS_NAME = re.compile(rf"(?:{_LABEL}\.)+(?!\d+\Z)[a-z][a-z0-9-]{{0,61}}[a-z0-9]", re.ASCII)


def check_url(url: str, *, sandbox: bool) -> None:
    """Let notices go to https on a public-looking name only, or for a sandbox to http on loopback.

    The host must be a DNS name with a dot, because ``127.1``, ``0x7f.1`` and ``2130706433`` are
    all addresses; the port must be 443. Raises ``UsageError``, which quotes nothing of the URL: a
    path may be a secret.
    """
    try:
        origin = origin_of(url)
    except ValueError as error:
        raise _refused(str(error)) from None
    if sandbox and origin.scheme == "http" and origin.on_loopback:
        return
    if origin.scheme != "https":
        raise _refused("must be https")
    if origin.port != 443:
        raise _refused("must use port 443")
    if not _DNS_NAME.fullmatch(origin.host):
        raise _refused("must name its host by a DNS name with a dot, not by an address")


def _refused(problem: str) -> UsageError:
    return UsageError(
        f"the URL of a governance endpoint {problem}",
        where="GOVERNANCE_WEBHOOK_URL",
        hint="give an address such as https://governance.example.com/purges",
    )
