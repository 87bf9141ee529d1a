"""Notices leave for https on a name, and for nothing that could be a machine inside."""

import pytest

from runner.errors import UsageError
from runner.notices.guard import check_url


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example.com", "https://hooks.example.com/", "https://hooks.example.com:443/a/b?token=hunter2",
        "HTTPS://Hooks.Example.COM/a", "https://a.b.c.d.example.xn--p1ai/a", "https://x-1.example.com/%7Ea",
    ],
)  # fmt: skip
@pytest.mark.parametrize("sandbox", [True, False])
def test_https_on_a_name(url, sandbox):
    check_url(url, sandbox=sandbox)


@pytest.mark.parametrize("host", ["127.0.0.1:9000", "[::1]:9000", "localhost:9000", "127.8.8.8"])
def test_http_on_loopback_is_for_a_sandbox_only(host):
    check_url(f"http://{host}/governance", sandbox=True)
    with pytest.raises(UsageError, match="must be https"):
        check_url(f"http://{host}/governance", sandbox=False)


REFUSED = [
    ("http://hooks.example.com/a", "must be https"),
    ("ftp://hooks.example.com/a", "must be scheme"),
    ("https://hooks.example.com:8443/a", "must use port 443"),
    ("https://hooks.example.com:80/a", "must use port 443"),
    ("https://hooks.example.com/a#hunter2", "must have no fragment"),
    ("https://user:hunter2@hooks.example.com/a", "must be scheme"),
    ("https://hooks.example.com@evil.example/a", "must be scheme"),
    ("https://hooks.example.com/a\nb", "must be scheme"),
    ("https://hooks.example.com/a b", "must be scheme"),
    ("https://hooks.exa\tmple.com/a", "must be scheme"),
    ("https://hooks.example.com\\@evil.example/", "must be scheme"),
    ("https://hööks.example.com/", "must be scheme"),
    ("", "must be scheme"),
    ("hooks.example.com/a", "must be scheme"),
    ("https://hooks.example.com:99999/a", "port from 1 to 65535"),
    ("https://localhost/a", "DNS name with a dot"),
    ("https://hooks/a", "DNS name with a dot"),
    ("https://127.0.0.1/a", "DNS name with a dot"),
    ("https://10.0.0.1/a", "DNS name with a dot"),
    ("https://127.1/a", "DNS name with a dot"),
    ("https://0x7f.1/a", "DNS name with a dot"),
    ("https://0x7f.0x1/a", "DNS name with a dot"),
    ("https://2130706433/a", "DNS name with a dot"),
    ("https://[::1]/a", "DNS name with a dot"),
    ("https://[2001:db8::1]/a", "DNS name with a dot"),
    ("https://hooks.example.com./a", "DNS name with a dot"),
    ("https://.example.com/a", "DNS name with a dot"),
    ("https://hooks..example.com/a", "DNS name with a dot"),
    ("https://-hooks.example.com/a", "DNS name with a dot"),
    ("https://" + "a" * 64 + ".example.com/a", "DNS name with a dot"),
]


@pytest.mark.parametrize(("url", "sentence"), REFUSED)
@pytest.mark.parametrize("sandbox", [True, False])
def test_everything_else_is_refused_and_not_quoted(url, sentence, sandbox):
    with pytest.raises(UsageError, match=sentence) as caught:
        check_url(url, sandbox=sandbox)
    assert caught.value.hint
    assert "hunter2" not in caught.value.message + caught.value.where + caught.value.hint
