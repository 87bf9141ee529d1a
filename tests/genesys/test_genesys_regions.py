"""Credentials go to a target's own hosts and nowhere else."""

import pytest
from genesys_platform import make_target

from runner.errors import UsageError
from runner.genesys.regions import DOMAINS, check_base_url


@pytest.mark.parametrize(("region", "domain"), DOMAINS.items())
def test_each_region_has_its_two_hosts(region, domain):
    check_base_url(make_target(region), f"https://api.{domain}", f"https://login.{domain}")


def test_there_are_eighteen_regions():
    assert len(DOMAINS) == len(set(DOMAINS.values())) == 18


@pytest.mark.parametrize("base", ["127.0.0.1:8080", "127.9.9.9", "[::1]:8080", "localhost:8080"])
def test_a_sandbox_may_use_http_on_loopback(base):
    check_base_url(make_target("sandbox"), f"http://{base}", f"http://{base}")


API, LOGIN = "https://api.mypurecloud.de", "https://login.mypurecloud.de"

REFUSED = [
    ("eu-central-1", "http://api.mypurecloud.de", LOGIN, "GENESYS_CLOUD_BASE_URL is not https"),
    ("eu-central-1", API, "http://login.mypurecloud.de", "GENESYS_CLOUD_LOGIN_URL is not https"),
    ("eu-central-1", "https://api.mypurecloud.ie", LOGIN, "is not the api host of region eu-central-1"),
    ("eu-central-1", API, "https://login.mypurecloud.ie", "is not the login host of region eu-central-1"),
    ("eu-central-1", LOGIN, LOGIN, "is not the api host"),
    ("eu-central-1", API, API, "is not the login host"),
    ("eu-central-1", API + ":8443", LOGIN, "names api.mypurecloud.de:8443"),
    ("eu-central-1", "https://evil.example", LOGIN, "names evil.example"),
    ("eu-central-1", "https://api.mypurecloud.de.evil.example", LOGIN, "evil.example"),
    ("eu-central-1", "https://127.0.0.1", LOGIN, "names 127.0.0.1"),
    ("eu-central-1", "http://127.0.0.1:8080", LOGIN, "is not https"),
    ("eu-central-1", API + "/v2", LOGIN, "must be scheme"),
    ("eu-central-1", "https://officer:hunter2@api.mypurecloud.de", LOGIN, "must be scheme"),
    ("eu-central-1", API + "?a=hunter2", LOGIN, "must be scheme"),
    ("eu-central-1", API + "#hunter2", LOGIN, "must be scheme"),
    ("atlantis-1", API, LOGIN, "is not the api host"),
    ("sandbox", API, LOGIN, "is not http on loopback"),
    ("sandbox", "http://sandbox:8080", "http://sandbox:8080", "is not http on loopback"),
    ("sandbox", "http://127.1:8080", "http://127.1:8080", "is not http on loopback"),
    ("sandbox", "https://127.0.0.1:8080", "https://127.0.0.1:8080", "is not http on loopback"),
    ("sandbox", "http://127.0.0.1:8080", "http://10.0.0.1:8080", "GENESYS_CLOUD_LOGIN_URL is not http on"),
]


@pytest.mark.parametrize(("region", "base", "login", "sentence"), REFUSED)
def test_anything_else_is_refused_with_a_way_out(region, base, login, sentence):
    with pytest.raises(UsageError) as caught:
        check_base_url(make_target(region), base, login)
    assert sentence in caught.value.message
    assert caught.value.hint
    assert "hunter2" not in caught.value.message + caught.value.where + caught.value.hint


def test_another_host_must_be_named_on_the_command_line():
    gateway = "https://gateway.example:8443"
    with pytest.raises(UsageError, match="gateway") as caught:
        check_base_url(make_target("eu-central-1"), gateway, LOGIN)
    assert "--allow-host gateway.example:8443" in caught.value.hint
    check_base_url(make_target("eu-central-1"), gateway, LOGIN, ["Gateway.example:8443"])


def test_an_allowed_host_still_needs_https_and_no_sandbox_may_leave_loopback():
    with pytest.raises(UsageError, match="is not https"):
        check_base_url(make_target("eu-central-1"), "http://gateway.example", LOGIN, ["gateway.example"])
    with pytest.raises(UsageError, match="is not http on loopback"):
        check_base_url(make_target("sandbox"), API, LOGIN, ["api.mypurecloud.de", "login.mypurecloud.de"])
