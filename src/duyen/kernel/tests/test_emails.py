"""E-mail addresses."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duyen.kernel.emails import EmailDomain, EmailEmpty, EmailError, EmailTooLong, read_email


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("lan@example.com", "lan@example.com"),
        (" Lan.Nguyen@Example.COM.VN ", "Lan.Nguyen@example.com.vn"),
        ("Nguyễn Lan <lan@example.com>", "lan@example.com"),
        ("mailto:lan@example.com", "lan@example.com"),
        ("lan@example.com;", "lan@example.com"),
        ("lan+mua.hang_2026@sub.example.com", "lan+mua.hang_2026@sub.example.com"),
        ("o'neill@example.ie", "o'neill@example.ie"),
        ("lan@cửahàng.example", "lan@cửahàng.example"),
        ("lan\u200b@example.com", "lan@example.com"),
        ("a@b.vn", "a@b.vn"),
    ],
)
def test_reads_an_address_and_lowers_its_domain(written: str, address: str) -> None:
    assert read_email(written) == address


@pytest.mark.parametrize(
    ("written", "error"),
    [
        ("", EmailEmpty), (" ", EmailEmpty), ("lan", EmailError), ("không có", EmailError),
        ("@example.com", EmailError),
        ("lan@", EmailDomain), ("lan@example", EmailDomain), ("lan@example.c", EmailDomain),
        ("lan@exa mple.com", EmailDomain),
        ("lan@example..com", EmailDomain), ("lan@.com", EmailDomain), ("lan@-example.com", EmailDomain),
        ("lan@example.123", EmailDomain), ("lan@@example.com", EmailError),
        ("lan nguyen@example.com", EmailError),
        ("lan..n@example.com", EmailError), (".lan@example.com", EmailError),
        ("a@example.com, b@example.com", EmailError),
        ("a" * 65 + "@example.com", EmailError), ("a@" + "b." * 130 + "com", EmailTooLong),
    ],
)  # fmt: skip
def test_refuses_a_slip_of_the_hand(written: str, error: type[EmailError]) -> None:
    with pytest.raises(EmailError) as refusal:
        read_email(written)

    assert type(refusal.value) is error
    assert str(refusal.value)


@given(st.emails())
def test_accepts_addresses_of_the_standard_and_changes_nothing_the_second_time(address: str) -> None:
    with suppress(EmailDomain):  # the standard allows domains without letters at their end
        read = read_email(address)

        assert read.lower() == address.lower()
        assert read_email(read) == read


@given(st.text(max_size=30))
def test_meets_any_text_with_an_address_or_its_own_refusal(text: str) -> None:
    with suppress(EmailError):
        assert "@" in read_email(text)
