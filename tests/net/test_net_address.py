"""Addresses: what is public, what a name may lead to, and that a name is asked for once."""

import socket
import ssl
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st
from support.httppeer import Peer, answer

from runner.net.address import LOOPBACK, AddressGuard, AddressRefused, ask_the_system, is_public
from runner.net.connection import Route
from runner.net.outcome import Answer, Failure, NoAnswer
from runner.net.wire import Limits, Wire

NAME = "hooks.example.com"
LIMITS = Limits(connect=10, read=10, total=20)


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254",
        "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1",
        "198.51.100.7", "203.0.113.7", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
        "168.63.129.16",
        "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1", "100::1", "2001::1", "2001:1ff::1", "2001:db8::1", "2002:7f00:1::",
        "2002:a9fe:a9fe::", "2620:4f:8000::1", "3fff::1", "3fff:fff::1", "5f00::1", "4000::1", "fc00::1",
        "fd12:3456::1", "fe80::1", "fe80::1%1", "fec0::1", "ff02::1",
    ],
)  # fmt: skip
def test_what_is_not_public(address):
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "1.1.1.1", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "168.63.129.15",
     "192.0.1.1", "223.255.255.255", "2001:200::1", "2001:4860:4860::8888", "2606:4700::1", "2a00::1",
     "3ffe::1", "3fff:1000::1"],
)  # fmt: skip
def test_what_is_public(address):
    assert is_public(ip_address(address))


@given(st.ip_addresses())
def test_what_we_call_public_the_standard_library_calls_global(address):
    assert address.is_global or not is_public(address)


def guard(*addresses, also=()):
    asked = []

    def resolve(host, port):
        asked.append((host, port))
        return addresses

    return AddressGuard(tuple(map(ip_network, also)), resolve), asked


def test_one_forbidden_address_among_good_ones_is_enough():
    for answers in (("8.8.8.8", "10.0.0.1"), ("10.0.0.1", "8.8.8.8"), ("2a00::1", "::1"), ("127.0.0.1",)):
        mixed, asked = guard(*answers)
        with pytest.raises(AddressRefused, match="no public address"):
            mixed.addresses(NAME, 443)
        assert asked == [(NAME, 443)]


def test_the_house_is_open_only_where_the_target_says_so():
    inside, _ = guard("10.1.2.3", "8.8.8.8", also=["10.1.2.0/28"])
    assert inside.addresses(NAME, 443) == ("10.1.2.3", "8.8.8.8")
    beside, _ = guard("10.1.2.16", also=["10.1.2.0/28"])
    with pytest.raises(AddressRefused, match=r"10\.1\.2\.16"):
        beside.addresses(NAME, 443)
    other_family, _ = guard("::ffff:10.1.2.3", also=["10.1.2.0/28"])
    with pytest.raises(AddressRefused):
        other_family.addresses(NAME, 443)


def test_a_name_with_hundreds_of_addresses_does_not_take_all_day():
    many, _ = guard(*(f"8.8.{number}.8" for number in range(200)))
    assert many.addresses(NAME, 443) == ("8.8.0.8", "8.8.1.8", "8.8.2.8")
    poisoned, _ = guard(*(f"8.8.{number}.8" for number in range(200)), "127.0.0.1")
    with pytest.raises(AddressRefused):
        poisoned.addresses(NAME, 443)


def test_the_resolver_of_this_machine_knows_itself():
    assert set(ask_the_system("localhost", 443)) & {"127.0.0.1", "::1"}
    assert ask_the_system("8.8.8.8", 443) == ("8.8.8.8",)


@pytest.fixture(scope="module")
def named(tmp_path_factory):
    """A certificate for the name alone: ``(its file, the server's side)``."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "named.pem"
    encoding = serialization.Encoding.PEM
    private = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(private + signed.public_bytes(encoding))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return path, context


def exchange(url, route):
    wire = Wire(limits=LIMITS, route=route)
    with closing(wire):
        return wire.exchange("POST", url, headers={}, body=b"{}", fresh=True)


@pytest.fixture
def no_other_lookup(monkeypatch):
    """The system's resolver for names fails the test; literal addresses it may read."""
    real = socket.getaddrinfo

    def literal_only(host, *rest, **more):
        ip_address(host)
        return real(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", literal_only)


def test_the_checked_address_is_called_under_the_name(named, no_other_lookup):
    path, context = named
    with Peer(tls=context) as peer:
        peer.plays(answer(204))
        loopback, asked = guard("127.0.0.1", also=["127.0.0.0/8"])
        route = Route("purgectl/test", ca_file=str(path), guard=loopback)
        got = exchange(f"https://{NAME}:{peer.port}/x", route)
        assert isinstance(got, Answer)
        assert got.status == 204
        assert asked == [(NAME, peer.port)]
        assert peer.journal[0].headers["host"] == f"{NAME}:{peer.port}"


def test_a_certificate_for_another_name_is_not_accepted(named, no_other_lookup):
    path, context = named
    with Peer(tls=context) as peer:
        loopback, _ = guard("127.0.0.1", also=["127.0.0.0/8"])
        route = Route("purgectl/test", ca_file=str(path), guard=loopback)
        got = exchange(f"https://other.example.com:{peer.port}/x", route)
        assert (got.failure, got.sent) == (Failure.TLS, False)
        assert peer.journal == []


def test_a_name_that_changes_its_mind_is_not_asked_again(no_other_lookup):
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])
    rebinding = AddressGuard(LOOPBACK, lambda host, port: next(answers))
    with Peer() as peer:
        peer.plays(answer(200))
        url = f"http://{NAME}:{peer.port}/x"
        wire = Wire(limits=LIMITS, route=Route("purgectl/test", guard=rebinding))
        with closing(wire):
            assert wire.exchange("GET", url, headers={}, body=None, fresh=True).status == 200
            refused = wire.exchange("GET", url, headers={}, body=None, fresh=True)
        assert (refused.failure, refused.sent) == (Failure.ADDRESS, False)
        assert len(peer.journal) == 1


def test_a_forbidden_address_is_not_called(no_other_lookup):
    with Peer() as peer:
        strict, _ = guard("127.0.0.1")
        got = exchange(f"http://{NAME}:{peer.port}/x", Route("purgectl/test", guard=strict))
        assert got == NoAnswer(
            Failure.ADDRESS, sent=False, detail="its name leads to 127.0.0.1, which is no public address"
        )
        assert peer.sockets == []


def test_a_redirect_to_the_inside_is_not_followed(no_other_lookup):
    with Peer() as peer, Peer() as inside:
        peer.plays(answer(307, Location=f"{inside.url}/secret"))
        loopback, asked = guard("127.0.0.1", also=["127.0.0.0/8"])
        got = exchange(f"http://{NAME}:{peer.port}/x", Route("purgectl/test", guard=loopback))
        assert got.status == 307
        assert len(asked) == 1
        assert inside.sockets == []


def test_the_second_address_is_tried_when_nobody_answers_at_the_first(no_other_lookup):
    with Peer() as peer:
        peer.plays(answer(200))
        both, asked = guard("127.0.0.9", "127.0.0.1", also=["127.0.0.0/8"])
        got = exchange(f"http://{NAME}:{peer.port}/x", Route("purgectl/test", guard=both))
        assert got.status == 200
        assert len(asked) == 1


@pytest.mark.parametrize("answers", [(), ("127.0.0.9",)])
def test_no_address_and_nobody_there_are_no_connection(answers, no_other_lookup):
    with Peer() as peer:
        nowhere, _ = guard(*answers, also=["127.0.0.0/8"])
        got = exchange(f"http://{NAME}:{peer.port}/x", Route("purgectl/test", guard=nowhere))
        assert (got.failure, got.sent) == (Failure.CONNECT, False)


def test_a_name_that_nobody_knows():
    def unknown(host, port):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    got = exchange(f"https://{NAME}/x", Route("purgectl/test", guard=AddressGuard((), unknown)))
    assert got == NoAnswer(Failure.CONNECT, sent=False, detail="its name cannot be resolved")


def test_behind_a_proxy_the_proxy_resolves(no_other_lookup):
    with Peer() as proxy:
        proxy.plays(answer(403))
        strict, asked = guard("127.0.0.1")
        route = replace(Route("purgectl/test", guard=strict), proxy=proxy.url)
        got = exchange(f"https://{NAME}/x", route)
        assert (got.failure, got.sent) == (Failure.CONNECT, False)
        assert asked == []
        assert [(seen.method, seen.path) for seen in proxy.journal] == [("CONNECT", f"{NAME}:443")]
