"""The environment, read in one place and handed on as values."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from runner.errors import UsageError
from runner.model.target import Target, variable_for

_REPOSITORY = re.compile(r"[A-Za-z0-9-]{1,100}/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What opens one target. The secret never appears in a ``repr``."""

    base_url: str
    login_url: str
    client_id: str
    client_secret: str = field(repr=False)


def variable(name: str, environment: Mapping[str, str] | None = None) -> str:
    """Return a variable without surrounding white space, or an empty text."""
    return (os.environ if environment is None else environment).get(name, "").strip()


def credentials(target: Target, environment: Mapping[str, str] | None = None) -> Credentials:
    """Read the credentials of a target; ``NAME_<TARGET>`` wins over ``NAME``.

    Raises ``UsageError`` naming every variable that is missing.
    """

    def read(name: str) -> str:
        return variable(variable_for(name, target.name), environment) or variable(name, environment)

    needed = ("GENESYS_CLOUD_BASE_URL", "GENESYS_CLOUD_CLIENT_ID", "GENESYS_CLOUD_CLIENT_SECRET")
    missing = [name for name in needed if not read(name)]
    if missing:
        raise UsageError(
            f"no credentials for target {target.name}: {', '.join(missing)} not set",
            hint=f"set {' and '.join(missing)} (or the same with {variable_for('', target.name)} at the end) "
            "in the environment",
        )
    base_url = read("GENESYS_CLOUD_BASE_URL").rstrip("/")
    login_url = read("GENESYS_CLOUD_LOGIN_URL").rstrip("/") or base_url.replace("//api.", "//login.", 1)
    return Credentials(
        base_url, login_url, read("GENESYS_CLOUD_CLIENT_ID"), read("GENESYS_CLOUD_CLIENT_SECRET")
    )


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a webhook's notices go. Neither value appears in a ``repr``: a URL may hold a token."""

    id: str
    url: str = field(repr=False)
    secret: str = field(repr=False)


def endpoint(webhook_id: str, environment: Mapping[str, str] | None = None) -> Endpoint | None:
    """Read the URL and secret of a governance endpoint, or ``None`` when no URL is set.

    The bare names serve the endpoint ``governance``.
    """

    def read(name: str) -> str:
        bare = variable(name, environment) if webhook_id == "governance" else ""
        return variable(variable_for(name, webhook_id), environment) or bare

    url = read("GOVERNANCE_WEBHOOK_URL")
    return Endpoint(webhook_id, url, read("GOVERNANCE_WEBHOOK_SECRET")) if url else None


@dataclass(frozen=True, slots=True)
class ForgeAccess:
    """The way to the forge that keeps the policies: its API, the repository there, and a token."""

    api_url: str
    repository: str
    token: str = field(repr=False)


def forge_access(environment: Mapping[str, str] | None = None) -> ForgeAccess:
    """Read where evidence of approval comes from; GitHub Actions sets all but the token itself.

    Raises ``UsageError`` naming what is missing or cannot be a repository.
    """
    needed = ("GITHUB_REPOSITORY", "GITHUB_TOKEN")
    missing = [name for name in needed if not variable(name, environment)]
    if missing:
        raise UsageError(
            f"nobody can be asked who approved what: {' and '.join(missing)} not set",
            hint="set GITHUB_REPOSITORY to owner/name, and GITHUB_TOKEN to a token that may read its "
            "contents and pull requests",
        )
    repository = variable("GITHUB_REPOSITORY", environment)
    if not _REPOSITORY.fullmatch(repository):
        raise UsageError(
            "GITHUB_REPOSITORY is no owner/name", where="GITHUB_REPOSITORY", hint="write it as owner/name"
        )
    api_url = variable("GITHUB_API_URL", environment) or "https://api.github.com"
    return ForgeAccess(api_url, repository, variable("GITHUB_TOKEN", environment))


def kill_switch_open(environment: Mapping[str, str] | None = None) -> bool:
    """Whether ``PURGE_ENABLED`` allows submissions: anything but ``true`` does not."""
    return variable("PURGE_ENABLED", environment) == "true"
