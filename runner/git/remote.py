"""Where a remote is: on this machine, or somewhere that others share."""

from __future__ import annotations

import re
from ipaddress import ip_address

from runner.git.program import Git

REMOTE = "origin"
"""The remote of a clone that everything is fetched from and pushed to."""

_URL = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?:[^/@]*@)?(?P<host>\[[^\]]*\]|[^/:?#]*)")
_HOST_AND_PATH = re.compile(r"(?:[^/@]*@)?[^/:]+:")


def is_near(git: Git, remote: str) -> bool:
    """Whether pushes to a remote stay on this machine. Raises ``GitFailed``."""
    for setting in ("pushurl", "url"):
        answer = git.ask("config", "--get", f"remote.{remote}.{setting}")
        if answer.code == 0:
            return is_near_url(answer.out.decode("utf-8", errors="replace").strip())
    return False


def is_near_url(url: str) -> bool:
    """Whether a URL of git's means this machine: a path, ``file``, or an address on loopback.

    A name that settings replace (``insteadOf``) counts as far away, since it says nothing.
    """
    found = _URL.match(url)
    if found is None:
        return _HOST_AND_PATH.match(url) is None
    host = found["host"].strip("[]").lower()
    return found["scheme"].lower() == "file" or host == "localhost" or _is_loopback(host)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
