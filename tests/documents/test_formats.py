from contextlib import suppress
from datetime import timedelta
from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.documents.formats import FORMATS, LONGEST_DURATION, parse_duration, parse_private_network


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("PT24H", timedelta(hours=24)),
        ("P90D", timedelta(days=90)),
        ("P1DT12H30M5S", timedelta(days=1, hours=12, minutes=30, seconds=5)),
        ("P2W", timedelta(weeks=2)),
        ("PT90M", timedelta(minutes=90)),
        ("PT1S", timedelta(seconds=1)),
        ("P3660D", LONGEST_DURATION),
    ],
)
def test_a_duration_has_a_fixed_length(text, length):
    assert parse_duration(text) == length


@pytest.mark.parametrize(
    "text",
    [
        "", "P", "PT", "P1", "24H", "P1Y", "P3M", "P1DT", "PT0S", "P0D", "P1W2D", "-P1D", "PT1.5H", "P1D ",
        "P1D\n", "p1d", "PT1M1H", "P3661D", "P99999D", "P999999D", "PT999999999S",
        "P٣D", "P" + "9" * 5000 + "D",
    ],
)  # fmt: skip
def test_a_duration_without_a_fixed_sensible_length_is_refused(text):
    with pytest.raises(ValueError, match="must be"):
        parse_duration(text)


@given(st.text(alphabet="PTWDHMS0123456789.-", max_size=12))
def test_a_duration_is_read_or_refused(text):
    with suppress(ValueError):
        assert timedelta() < parse_duration(text) <= LONGEST_DURATION


@pytest.mark.parametrize(
    "text", ["10.1.2.0/28", "10.255.255.255/32", "172.16.0.0/24", "172.31.255.0/24", "192.168.1.0/24",
             "192.168.1.7/32", "fd12:3456:789a::/64", "fc00::1/128"],
)  # fmt: skip
def test_a_narrow_network_inside_the_house(text):
    assert parse_private_network(text) == ip_network(text)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "must be a network"),
        ("house", "must be a network"),
        ("10.1.2.3", "must be a network"),
        ("fc00::1%eth0/128", "must be a network"),
        ("10.1.2.3/28", "without host bits"),
        ("10.1.2.0/33", "must be a network"),
        ("010.1.2.0/28", "must be a network"),
        ("10.1.2.0/28\n", "must be a network"),
        ("10.0.0.0/8", "must be narrow"),
        ("0.0.0.0/0", "must be narrow"),
        ("::/0", "must be narrow"),
        ("fd00::/8", "must be narrow"),
        ("192.168.0.0/23", "must be narrow"),
        ("127.0.0.1/32", "must lie in"),
        ("169.254.169.254/32", "must lie in"),
        ("168.63.129.16/32", "must lie in"),
        ("100.64.0.0/24", "must lie in"),
        ("8.8.8.0/24", "must lie in"),
        ("172.32.0.0/24", "must lie in"),
        ("224.0.0.1/32", "must lie in"),
        ("::1/128", "must lie in"),
        ("fe80::/64", "must lie in"),
        ("::ffff:10.1.2.0/124", "must lie in"),
        ("64:ff9b::/96", "must lie in"),
        ("2001:db8::/64", "must lie in"),
    ],
)
def test_any_other_network_is_refused(text, sentence):
    with pytest.raises(ValueError, match=sentence):
        parse_private_network(text)


@pytest.mark.parametrize("name", ["date-time", "date", "duration", "private-network"])
def test_every_format_is_enforced(name):
    assert not FORMATS.conforms("never", name)
    assert FORMATS.conforms(5, name)


@pytest.mark.parametrize(
    "text",
    [
        "9999-12-31T23:59:59.999Z",
        "9999-12-31T23:59:59.999999Z",
        "0001-01-01T00:00:00+01:00",
        "2018-02-30T00:00:00Z",
    ],
)
def test_an_instant_without_a_millisecond_after_it_is_refused(text):
    assert not FORMATS.conforms(text, "date-time")
