import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.net.origin import Origin, origin_of, read_origin


@pytest.mark.parametrize(
    ("url", "origin", "text"),
    [
        ("https://api.mypurecloud.com", Origin("https", "api.mypurecloud.com", 443), "https://api.mypurecloud.com"),
        ("HTTPS://API.MyPureCloud.com/", Origin("https", "api.mypurecloud.com", 443), "https://api.mypurecloud.com"),
        ("https://gateway.example:8443", Origin("https", "gateway.example", 8443), "https://gateway.example:8443"),
        ("http://127.0.0.1:5000", Origin("http", "127.0.0.1", 5000), "http://127.0.0.1:5000"),
        ("http://[::1]:5000", Origin("http", "[::1]", 5000), "http://[::1]:5000"),
        ("http://localhost", Origin("http", "localhost", 80), "http://localhost"),
    ],
)  # fmt: skip
def test_an_origin_is_read_and_written(url, origin, text):
    assert read_origin(url) == origin
    assert str(origin) == text


NOT_ORIGINS = [
    "", "api.mypurecloud.com", "ftp://api.mypurecloud.com", "//api.mypurecloud.com", "https://",
    "https://user@api.mypurecloud.com", "https://user:hunter2@api.mypurecloud.com",
    "https://api.mypurecloud.com@evil.example", "https://api.mypurecloud.com:443:443",
    "https://api.mypurecloud.com:0", "https://api.mypurecloud.com:65536", "https://api.mypurecloud.com:",
    "https://api.mypurecloud.com/v2", "https://api.mypurecloud.com//", "https://api.mypurecloud.com?x",
    "https://api.mypurecloud.com#x", "https://api.mypurecloud.com\\@evil.example",
    "https://api.my\npurecloud.com", "https://api.mypurecloud.com\n", " https://api.mypurecloud.com",
    "https://api.mypurecloud.com\t", "https://аpi.mypurecloud.com", "https://api.mypurecloud。com",
    "http://127.0.0.1%2eexample.com", "http://[::1%25eth0]", "http://[::1",
]  # fmt: skip


@pytest.mark.parametrize("url", NOT_ORIGINS)
def test_anything_more_or_less_is_refused_without_quoting_it(url):
    with pytest.raises(ValueError, match=r"^must ") as caught:
        read_origin(url)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.10", "[::1]", "localhost"])
def test_loopback_literals(host):
    assert Origin("http", host, 80).on_loopback


@pytest.mark.parametrize(
    "host",
    [
        "127.1", "2130706433", "0x7f.0.0.1", "0177.0.0.1", "128.0.0.1", "10.0.0.1", "0.0.0.0",
        "localhost.example.com", "127.0.0.1.example.com", "[::]", "[::ffff:127.0.0.1]", "[0:0:0:0:0:0:0:1]",
        "sandbox",
    ],
)  # fmt: skip
def test_everything_else_is_not_loopback(host):
    assert not Origin("http", host, 80).on_loopback


def test_a_webhook_url_may_have_a_path_and_a_query_but_no_fragment_and_no_user():
    assert origin_of("https://hooks.example.com/a/b?token=1") == Origin("https", "hooks.example.com", 443)
    for url in ("https://hooks.example.com/a#b", "https://u:p@hooks.example.com/a", "https://hooks.example.com/a\nb",
                "https://hooks.example.com?x", "https://hooks.example.com/ä"):  # fmt: skip
        with pytest.raises(ValueError, match=r"^must "):
            origin_of(url)


@given(st.text(max_size=60))
def test_any_text_is_refused_or_an_origin_that_can_be_written_and_read_again(text):
    for candidate in (text, "https://" + text):
        try:
            origin = read_origin(candidate)
        except ValueError:
            continue
        assert read_origin(str(origin)) == origin
