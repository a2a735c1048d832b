"""Reading a mail: labelled lines first, then the head of a forwarded one, then who asks for the answer."""

from __future__ import annotations

import pytest

from duyen.modules.mail_intake.rules import Read, is_of_house, read_letter
from duyen.modules.messaging.rules import why_nobody_wrote

LAN = ("Nguyễn Thị Lan", "lan@customer.example.org")
COLLEAGUE = ("Trần Hạnh", "hanh@company.example.com")


def read(
    text: str,
    *,
    senders: tuple[tuple[str, str], ...] = (LAN,),
    subject: str = "Hỏi lắp mạng",
    body: str | None = None,
) -> Read:
    return read_letter(
        senders=senders,
        subject=subject,
        text=text,
        body=text if body is None else body,
        is_ours=lambda address: address.endswith("@company.example.com"),
    )


def test_a_person_who_writes_is_the_lead() -> None:
    found = read("Cho tôi hỏi giá cáp quang.\nGọi 0359 000 111 nhé.")

    assert (found.name, found.email, found.phones) == (LAN[0], LAN[1], ["0359 000 111"])
    assert found.need == "Hỏi lắp mạng\n\nCho tôi hỏi giá cáp quang.\nGọi 0359 000 111 nhé."


@pytest.mark.parametrize(
    "text",
    [
        "Họ tên: Phạm Văn Minh\nĐiện thoại: 0359.000.222\nEmail: minh@other.example.org\nCông ty: Sao Mai\n"
        "Chức vụ: Giám đốc\nNhu cầu: Tổng đài 20 máy\ncho hai văn phòng\n\nGửi từ website",
        "*HỌ VÀ TÊN* : Phạm Văn Minh\n- Sđt： 0359.000.222\n- E-mail : <minh@other.example.org>\n"
        "- Đơn vị: Sao Mai\n- Chức danh: Giám đốc\n- Nội dung:\nTổng đài 20 máy\ncho hai văn phòng",
        "Full name | Phạm Văn Minh\nPhone | 0359.000.222\nYour email | minh@other.example.org\n"
        "Company | Sao Mai\nPosition | Giám đốc\nMessage | Tổng đài 20 máy\ncho hai văn phòng",
        "Họ tên:\nPhạm Văn Minh\nĐiện thoại:\n0359.000.222\nEmail:\nminh@other.example.org\n"
        "Công ty:\nSao Mai\nChức vụ:\nGiám đốc\nNhu cầu:\nTổng đài 20 máy\ncho hai văn phòng",
    ],
)
def test_labelled_lines_come_before_the_sender(text: str) -> None:
    found = read(text, senders=(("Website", "no-reply@company.example.com"),))

    assert (found.name, found.phones, found.email) == (
        "Phạm Văn Minh",
        ["0359.000.222"],
        "minh@other.example.org",
    )
    assert (found.company, found.job_title) == ("Sao Mai", "Giám đốc")
    assert found.need == "Tổng đài 20 máy\ncho hai văn phòng"


@pytest.mark.parametrize(
    "head",
    [
        "---------- Forwarded message ---------\nTừ: Nguyễn Thị Lan <lan@customer.example.org>\n"
        "Date: Th 5, 26 thg 11, 2026\nSubject: Hỏi giá\nTo: <hanh@company.example.com>\n",
        "________________________________\n*From:* Nguyễn Thị Lan [mailto:lan@customer.example.org]\n"
        "*Sent:* Thursday\n*To:* hanh@company.example.com\n*Subject:* Hỏi giá\n",
        '> Người gửi: "Nguyễn Thị Lan" <Lan@customer.example.org>\n> Ngày: 26/11/2026\n> Tới: hanh\n',
    ],
)
def test_of_a_forwarded_mail_its_sender_is_the_lead(head: str) -> None:
    text = f"Em xem giúp, số của chị là 0359 000 999.\n\n{head}\nTôi cần lắp mạng, gọi 0359 000 111."
    found = read(text, senders=(COLLEAGUE,), subject="Fwd: Hỏi giá", body="Em xem giúp.")

    assert (found.name, found.email) == (LAN[0], LAN[1])
    assert found.phones == ["0359 000 111"]
    assert found.need == "Hỏi giá\n\nTôi cần lắp mạng, gọi 0359 000 111."


def test_who_asks_for_the_answer_comes_before_who_sent_it() -> None:
    form = ("Website", "no-reply@web.example.org")
    assert read("Xin gọi lại.", senders=(LAN, form)).email == LAN[1]
    assert read("Xin gọi lại.", senders=(form, LAN)).email == LAN[1]


def test_nobody_of_ours_is_a_lead() -> None:
    found = read("Nhắc mọi người họp lúc 9 giờ, gọi tôi 0359 000 111.", senders=(COLLEAGUE,))
    assert (found.name, found.is_reachable) == ("", False)


@pytest.mark.parametrize(
    ("address", "box", "is_ours"),
    [
        ("hanh@company.example.com", "leads@company.example.com", True),
        ("lan@customer.example.org", "leads@company.example.com", False),
        ("leads.saobien@gmail.com", "leads.saobien@gmail.com", True),
        ("lan@gmail.com", "leads.saobien@gmail.com", False),
    ],
)
def test_a_provider_for_everybody_makes_nobody_a_colleague(address: str, box: str, is_ours: bool) -> None:
    assert is_of_house(address, box=box) is is_ours


def test_an_address_stands_for_a_name_that_is_missing() -> None:
    assert read("Báo giá giúp.", senders=(("", LAN[1]),)).name == LAN[1]


@pytest.mark.parametrize("phone", ["mười hai", "12", "0999", "1900 1234 5678 9012"])
def test_what_is_no_phone_is_none(phone: str) -> None:
    found = read(f"Họ tên: Minh\nĐiện thoại: {phone}")
    assert (found.phones, found.email) == ([], LAN[1])


@pytest.mark.parametrize(
    "text", ["", "\x00\x00", ":", "Từ:", "Họ tên:", "\n" * 5_000, "a:" * 20_000, "@" * 9_000]
)
def test_reads_whatever_there_is(text: str) -> None:
    found = read(text)
    assert (found.name, found.email) == (LAN[0], LAN[1])


def test_a_long_mail_is_cut_where_it_is_kept_whole_beside() -> None:
    assert len(read("Dài lắm. " * 2_000).need) == 4_000


@pytest.mark.parametrize(
    ("marks", "sender", "why"),
    [
        ({}, "lan@customer.example.org", None),
        ({}, "no-reply@web.example.org", None),
        ({"auto-submitted": "no"}, "lan@customer.example.org", None),
        ({"auto-submitted": "auto-replied"}, "lan@customer.example.org", "automatic"),
        ({"auto-submitted": "auto-generated"}, "lan@customer.example.org", "to_many"),
        ({"x-autoreply": "yes"}, "lan@customer.example.org", "automatic"),
        ({"precedence": "bulk"}, "lan@customer.example.org", "to_many"),
        ({"list-id": "<news.example.org>"}, "lan@customer.example.org", "to_many"),
        ({"x-failed-recipients": "a@b.example"}, "x@customer.example.org", "automatic"),
        ({}, "mailer-daemon@web.example.org", "automatic"),
        ({"x-spam-flag": "YES"}, "lan@customer.example.org", "spam"),
        ({"x-spam-status": "Yes, score=9.1"}, "lan@customer.example.org", "spam"),
        ({"x-ms-exchange-organization-scl": "6"}, "lan@customer.example.org", "spam"),
        ({"x-ms-exchange-organization-scl": "1"}, "lan@customer.example.org", None),
        ({"x-loop": "leads@company.example.com"}, "lan@customer.example.org", "loop"),
        ({}, "leads@company.example.com", "loop"),
    ],
)
def test_tells_what_nobody_wrote(marks: dict[str, str], sender: str, why: str | None) -> None:
    box = "leads@company.example.com"
    assert why_nobody_wrote(marks=marks, sender=sender, subject="Hỏi giá", box=box) == why
