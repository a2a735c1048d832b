"""The guard: nothing inside a private network is called, however its address is written."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duyen.foundation.webhooks import addresses
from duyen.foundation.webhooks.addresses import (
    Allowed,
    BadAddress,
    BadPort,
    NameUnknown,
    NotHttps,
    Place,
    PrivateAddress,
    allowed,
    find,
    is_public,
    read_address,
    refuse_inside,
)

NOTHING = allowed({})
_CLOSED = [
    *("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10"),
    *("0.0.0.0/8", "224.0.0.0/4", "240.0.0.0/4", "198.18.0.0/15", "192.0.2.0/24", "203.0.113.0/24"),
]


def _inside(network: str) -> st.SearchStrategy[str]:
    known = ipaddress.ip_network(network)
    number = st.integers(int(known.network_address), int(known.broadcast_address))
    return number.map(lambda each: str(ipaddress.ip_address(each)))


_closed_v4 = st.one_of([_inside(each) for each in _CLOSED])


def _to(ip: str) -> addresses.Resolve:
    return lambda _host, _port: [ip]


@given(_closed_v4)
def test_calls_no_private_address_whatever_name_leads_there(ip: str) -> None:
    place = read_address("https://hook.example.com/x", allow=NOTHING)

    with pytest.raises(PrivateAddress, match=r"hook\.example\.com"):
        find(place, allow=NOTHING, resolve=_to(ip))


@given(_closed_v4, st.sampled_from(["::ffff:{}", "64:ff9b::{}", "::{}"]))
def test_calls_none_that_is_wrapped_in_a_long_one(ip: str, form: str) -> None:
    assert not is_public(ipaddress.ip_address(form.format(ip)))


@given(_closed_v4)
def test_calls_none_behind_a_tunnel(ip: str) -> None:
    inside = int(ipaddress.ip_address(ip))

    assert not is_public(ipaddress.IPv6Address((0x2002 << 112) | (inside << 80)))
    assert not is_public(ipaddress.IPv6Address((0x20010000 << 96) | (inside ^ 0xFFFFFFFF)))


@given(st.ip_addresses(v=6))
def test_calls_of_the_long_ones_those_of_the_open_internet_alone(ip: ipaddress.IPv6Address) -> None:
    if is_public(ip):
        assert ip in ipaddress.ip_network("2000::/3") or ip.ipv4_mapped is not None
        assert ip.is_global


@pytest.mark.parametrize("ip", ["fe80::1", "fd00::1", "::1", "::", "ff02::1", "fec0::1", "2001:db8::1"])
def test_calls_no_address_of_the_house(ip: str) -> None:
    assert not is_public(ipaddress.ip_address(ip))


@pytest.mark.parametrize("ip", ["93.184.216.34", "1.1.1.1", "2606:2800:220:1::1"])
def test_calls_the_open_internet(ip: str) -> None:
    place = read_address("https://example.com", allow=NOTHING)

    assert find(place, allow=NOTHING, resolve=_to(ip)) == ip


def test_refuses_a_name_that_leads_outside_and_inside() -> None:
    place = read_address("https://example.com", allow=NOTHING)

    with pytest.raises(PrivateAddress):
        find(place, allow=NOTHING, resolve=lambda _host, _port: ["1.1.1.1", "10.0.0.1"])


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "[::1]", "2130706433", "0x7f.1", "127.1", "0", "017700000001"]
)
def test_refuses_this_machine_under_every_name(host: str) -> None:
    place = read_address(f"https://{host}/", allow=NOTHING)

    with pytest.raises((PrivateAddress, NameUnknown)):
        find(place, allow=NOTHING)


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("http://example.com", NotHttps),
        ("ftp://example.com", BadAddress),
        ("file:///etc/passwd", BadAddress),
        ("example.com/hook", BadAddress),
        ("https://", BadAddress),
        ("https://user:secret@example.com", BadAddress),
        ("https://example.com@10.0.0.1", BadAddress),
        ("https://example.com\\@10.0.0.1", BadAddress),
        ("https://example.com/a b", BadAddress),
        ("https://example.com/\r\nHost: other", BadAddress),
        ("https://example.com:99999", BadAddress),
        ("https://example.com:22", BadPort),
        ("https://example.com:25", BadPort),
        ("https://" + "a" * 600 + ".com", BadAddress),
        ("https://" + "a" * 64 + ".com", BadAddress),
    ],
)
def test_refuses_what_is_no_address_to_call(text: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        read_address(text, allow=NOTHING)


@pytest.mark.parametrize(
    "host", ["localhost", "a.localhost", "192.168.1.10", "[::1]", "2130706433", "0x7f.1", "127.1", "10.0.0.1"]
)
def test_refuses_the_numbers_of_the_house_before_anything_is_sent(host: str) -> None:
    place = read_address(f"https://{host}/", allow=NOTHING)

    with pytest.raises(PrivateAddress):
        refuse_inside(place, allow=NOTHING)
    refuse_inside(place, allow=allowed({addresses.ALLOWED: place.host}))


@pytest.mark.parametrize("host", ["example.com", "93.184.216.34", "192.168.1.10.example.com"])
def test_leaves_names_to_the_moment_of_sending(host: str) -> None:
    refuse_inside(read_address(f"https://{host}/", allow=NOTHING), allow=NOTHING)


def test_takes_an_address_apart() -> None:
    read = read_address("https://Example.COM:8443/hook?for=duyen#part", allow=NOTHING)

    assert read == Place(is_secure=True, host="example.com", port=8443, path="/hook?for=duyen")
    assert read.named == "example.com:8443"
    assert read_address("https://example.com", allow=NOTHING).named == "example.com"


@pytest.mark.parametrize(
    ("words", "text", "ip"),
    [
        ("erp.local", "http://erp.local/hook", "10.1.2.3"),
        ("erp.local:8080", "http://erp.local:8080", "10.1.2.3"),
        ("10.1.0.0/16", "https://erp.local", "10.1.2.3"),
        ("127.0.0.1:9000", "http://127.0.0.1:9000", "127.0.0.1"),
        ("[::1]:9000", "http://[::1]:9000", "::1"),
    ],
)
def test_calls_what_the_operator_allows(words: str, text: str, ip: str) -> None:
    allow = allowed({addresses.ALLOWED: f" {words} ,other.local"})
    place = read_address(text, allow=allow)

    assert find(place, allow=allow, resolve=_to(ip)) == ip


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("erp.local:8080", "https://erp.local:8081"),
        ("10.2.0.0/16", "https://erp.local"),
        ("erp.local", "https://erp.local.example.com"),
        ("*", "https://erp.local"),
        ("", "https://erp.local"),
    ],
)
def test_allows_no_more_than_was_said(words: str, text: str) -> None:
    allow = allowed({addresses.ALLOWED: words})
    place = read_address(text, allow=allow)

    with pytest.raises(PrivateAddress):
        find(place, allow=allow, resolve=_to("10.1.2.3"))


def test_says_so_when_a_name_leads_nowhere() -> None:
    place = read_address("https://nowhere.invalid", allow=NOTHING)

    with pytest.raises(NameUnknown, match=r"nowhere\.invalid"):
        find(place, allow=NOTHING, resolve=lambda _host, _port: [])


def test_nothing_is_allowed_without_the_operator() -> None:
    assert Allowed(frozenset(), ()) == NOTHING
