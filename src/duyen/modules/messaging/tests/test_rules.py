"""Decisions about mail, without a database."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duyen.modules.messaging import rules
from duyen.modules.messaging.words import MailKind


def test_fills_fields_in_and_tells_what_is_lacking() -> None:
    made = rules.fill(
        "Gửi {{customer.name}}",
        "Chào {{ customer.name }}, {{customer.tax_code}}",
        {"customer.name": "Hải Long"},
    )

    assert made == rules.Written(
        "Gửi Hải Long", "Chào Hải Long, {{customer.tax_code}}", ("customer.tax_code",)
    )


@given(st.text(max_size=60))
def test_a_value_is_never_read_as_a_template(value: str) -> None:
    made = rules.fill("", "x {{a.b}} y", {"a.b": "{{me.phone}}" + value, "me.phone": "secret"})

    assert made.body == "x {{me.phone}}" + value + " y"


@pytest.mark.parametrize(
    ("marks", "sender", "subject", "has_report", "kind"),
    [
        ({}, "lan@example.com", "Hỏi giá", False, MailKind.MAIL),
        ({"auto-submitted": "no"}, "lan@example.com", "Hỏi giá", False, MailKind.MAIL),
        ({"auto-submitted": "auto-replied; x"}, "lan@example.com", "Hỏi giá", False, MailKind.AUTO_REPLY),
        ({}, "lan@example.com", "Trả lời tự động: Báo giá", False, MailKind.AUTO_REPLY),
        ({}, "lan@example.com", "Out of Office: x", False, MailKind.AUTO_REPLY),
        ({"list-id": "<a.b>"}, "lan@example.com", "Tin", False, MailKind.NOTICE),
        ({"precedence": "bulk"}, "lan@example.com", "Tin", False, MailKind.NOTICE),
        ({"auto-submitted": "auto-generated"}, "lan@example.com", "Tin", False, MailKind.NOTICE),
        ({}, "no-reply@example.com", "Tin", False, MailKind.NOTICE),
        ({}, "mailer-daemon@example.com", "Undelivered Mail Returned to Sender", False, MailKind.BOUNCE),
        ({}, "x@example.com", "Report", True, MailKind.BOUNCE),
    ],
)
def test_tells_what_a_mail_is(
    marks: dict[str, str], sender: str, subject: str, has_report: bool, kind: MailKind
) -> None:
    found = rules.kind_of(marks=marks, sender=sender, subject=subject, has_report=has_report, return_path="")

    assert found is kind


@pytest.mark.parametrize(
    "head",
    [
        "Vào 12:30 T5, 26 thg 11, 2026 Hạnh <hanh@example.com> đã viết:",
        "Vào 12:30 T5, 26 thg 11, 2026 Hạnh\n<hanh@example.com> đã viết:",
        "On Thu, Nov 26, 2026 at 12:30 PM Hanh <hanh@example.com> wrote:",
        "-----Original Message-----",
        "________________________________",
        "From: Hạnh\nSent: Thursday\nTo: Hải",
        "Từ: Hạnh\nĐã gửi: Thứ Năm\nTới: Hải",
    ],
)
def test_parts_an_answer_from_what_hangs_below_it(head: str) -> None:
    now, below = rules.part_quote(f"Đồng ý nhé.\n\n{head}\n> Chào anh")

    assert now == "Đồng ý nhé."
    assert below.startswith(head.split("\n")[0])


def test_keeps_a_quote_in_the_middle_and_a_mail_that_is_all_quote() -> None:
    assert rules.part_quote("> hỏi\nTrả lời ở đây") == ("> hỏi\nTrả lời ở đây", "")
    assert rules.part_quote("> a\n> b") == ("> a\n> b", "")


@given(st.text(max_size=400))
def test_parting_loses_no_word(text: str) -> None:
    now, below = rules.part_quote(text)

    assert "".join((now + below).split()) == "".join(text.split())


def test_leaves_a_failing_box_longer_in_peace_each_time_up_to_an_hour() -> None:
    every = dt.timedelta(minutes=5)

    assert [rules.peace_after(count, every=every).total_seconds() / 60 for count in range(1, 7)] == [
        *(5, 10, 20, 40, 60, 60),
    ]


def test_says_an_answer_once() -> None:
    assert rules.answer_subject("Báo giá") == "Re: Báo giá"
    assert rules.answer_subject("RE: Báo giá") == "RE: Báo giá"
