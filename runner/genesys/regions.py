"""Where an organisation may live, and the check that credentials go nowhere else.

Source: the region tables of the platform's own SDKs, command line and Terraform provider, which
agree on these eighteen.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from runner.errors import UsageError
from runner.model.target import Target
from runner.net.origin import Origin, read_origin

DOMAINS: Mapping[str, str] = {
    "us-east-1": "mypurecloud.com",
    "us-east-2": "use2.us-gov-pure.cloud",
    "us-west-2": "usw2.pure.cloud",
    "ca-central-1": "cac1.pure.cloud",
    "sa-east-1": "sae1.pure.cloud",
    "mx-central-1": "mxc1.pure.cloud",
    "eu-west-1": "mypurecloud.ie",
    "eu-west-2": "euw2.pure.cloud",
    "eu-central-1": "mypurecloud.de",
    "eu-central-2": "euc2.pure.cloud",
    "eusc-de-east-1": "edee1.eusc-pure.cloud",
    "me-central-1": "mec1.pure.cloud",
    "ap-south-1": "aps1.pure.cloud",
    "ap-northeast-1": "mypurecloud.jp",
    "ap-northeast-2": "apne2.pure.cloud",
    "ap-northeast-3": "apne3.pure.cloud",
    "ap-southeast-1": "apse1.pure.cloud",
    "ap-southeast-2": "mypurecloud.com.au",
}


def check_base_url(target: Target, base_url: str, login_url: str, allow_host: Collection[str] = ()) -> None:
    """Let credentials go to a target's own hosts only.

    Both must be https on the hosts of the target's region, or on a host that ``allow_host`` (from
    the command line) names, as ``host`` or ``host:port``. A sandbox target may use http on
    loopback and nothing else, whatever is allowed: it needs no approval, so it must never reach
    an organisation. Raises ``UsageError``, which quotes no URL: one may hold a password.
    """
    _check(target, "GENESYS_CLOUD_BASE_URL", base_url, "api", allow_host)
    _check(target, "GENESYS_CLOUD_LOGIN_URL", login_url, "login", allow_host)


def _check(target: Target, variable: str, url: str, service: str, allow_host: Collection[str]) -> None:
    try:
        origin = read_origin(url)
    except ValueError as error:
        raise _refused(
            target, variable, str(error), hint=f"set {variable} to {_usual(target, service)}"
        ) from None
    if target.is_sandbox:
        if not (origin.scheme == "http" and origin.on_loopback):
            raise _refused(
                target,
                variable,
                f"is not http on loopback, which is all that region {target.region} may use",
                hint=f"set {variable} to the address that purgectl sandbox prints",
            )
    elif origin.scheme != "https":
        raise _refused(target, variable, "is not https", hint=f"set {variable} to {_usual(target, service)}")
    elif not (_of_region(target, origin, service) or _allowed(origin, allow_host)):
        raise _refused(
            target,
            variable,
            f"names {origin.authority}, which is not the {service} host of region {target.region}",
            hint=f"set it to {_usual(target, service)}, or give --allow-host {origin.authority}",
        )


def _usual(target: Target, service: str) -> str:
    domain = DOMAINS.get(target.region)
    return f"https://{service}.{domain}" if domain else "http://127.0.0.1:<port>"


def _of_region(target: Target, origin: Origin, service: str) -> bool:
    domain = DOMAINS.get(target.region)
    return domain is not None and origin.authority == f"{service}.{domain}"


def _allowed(origin: Origin, allow_host: Collection[str]) -> bool:
    return origin.authority in {host.lower() for host in allow_host}


def _refused(target: Target, variable: str, problem: str, *, hint: str) -> UsageError:
    return UsageError(f"target {target.name}: {variable} {problem}", where=variable, hint=hint)
