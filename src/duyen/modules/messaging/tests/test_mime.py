"""Mails of all kinds of programs: Vietnamese text right, files by their names, HTML as harmless text."""

from __future__ import annotations

import base64
import datetime as dt
import quopri
import unicodedata
from email import message_from_bytes
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duyen.modules.messaging.mime.decoding import decode_bytes, decode_words
from duyen.modules.messaging.mime.html_text import text_of_html
from duyen.modules.messaging.mime.parsing import Enclosed, Person, read_headers, read_mail
from duyen.modules.messaging.mime.writing import Letter, as_html, new_message_id, write
from duyen.testing.old_encodings import encode

TEXT = (
    "Kính gửi anh Hải, em gửi anh báo giá gói cước và hợp đồng đường truyền. Nhờ anh xem giúp rồi phản hồi "
    "cho em trước thứ Sáu. Trân trọng cảm ơn anh."
)
WORDS = st.lists(
    st.sampled_from(
        [
            "Kính",
            "gửi",
            "Nguyễn",
            "Thị",
            "Hạnh",
            "đặt",
            "mua",
            "đường",
            "truyền",
            "Hải",
            "Phòng",
            "ưu",
            "đãi",
            "quý",
            "khách",
            "ABC",
            "100%",
        ]
    ),
    min_size=1,
    max_size=12,
).map(" ".join)


@pytest.mark.parametrize(
    ("encoding", "label"),
    [
        ("utf-8", "utf-8"),
        ("utf-8", "iso-8859-1"),
        ("utf-8", ""),
        ("utf-8", "us-ascii"),
        ("windows-1258", "windows-1258"),
        ("windows-1258", "iso-8859-1"),
        ("windows-1258", ""),
        ("tcvn3", "us-ascii"),
        ("tcvn3", "x-viet-tcvn5712"),
        ("vni", "iso-8859-1"),
    ],
)
def test_reads_vietnamese_whatever_the_label_says(encoding: str, label: str) -> None:
    assert decode_bytes(encode(TEXT, encoding), label) == TEXT


def test_reads_a_western_text_that_nobody_declared() -> None:
    assert decode_bytes("Sehr geehrte Damen, schöne Grüße aus München".encode("cp1252")) == (
        "Sehr geehrte Damen, schöne Grüße aus München"
    )


@given(WORDS, st.integers(1, 200), st.sampled_from(["B", "Q"]))
def test_joins_encoded_words_that_are_cut_within_a_letter(text: str, cut: int, kind: str) -> None:
    data = text.encode()
    place = cut % max(1, len(data))

    def word(part: bytes) -> str:
        if kind == "B":
            return f"=?utf-8?B?{base64.b64encode(part).decode()}?="
        packed = quopri.encodestring(part, quotetabs=True, header=True).decode().replace("=\n", "")
        return f"=?UTF-8?Q?{packed.replace('?', '=3F')}?="

    said = f"{word(data[:place])}\r\n {word(data[place:])}" if place else word(data)

    assert decode_words(said) == " ".join(text.split())


@given(
    st.binary(max_size=400),
    st.sampled_from(["", "utf-8", "windows-1258", "tcvn3", "x-khong-co", "utf-7", "hex"]),
)
def test_never_fails_on_bytes(data: bytes, label: str) -> None:
    text = decode_bytes(data, label)

    assert unicodedata.is_normalized("NFC", text)
    assert "\x00" not in text


@given(st.text(max_size=300))
def test_never_fails_on_a_header(text: str) -> None:
    assert "\n" not in decode_words(text)


@given(st.binary(max_size=2000))
def test_never_fails_on_a_mail(data: bytes) -> None:
    read_mail(data)
    read_headers(data)


def test_reads_a_subject_of_bare_bytes() -> None:
    data = b"Subject: " + "Báo giá gói cước".encode() + b"\r\nFrom: x@example.com\r\n\r\n"

    assert read_headers(data).subject == "Báo giá gói cước"


def test_reads_people_with_commas_and_marks_in_their_names() -> None:
    name = base64.b64encode("Nguyễn, Thị Hạnh".encode()).decode()
    data = f'To: =?utf-8?B?{name}?= <Hanh@Example.com>, "Lê, An" <an@example.com>\r\n\r\n'.encode()

    assert read_headers(data).to == (
        Person("Nguyễn, Thị Hạnh", "hanh@example.com"),
        Person("Lê, An", "an@example.com"),
    )


@pytest.mark.parametrize(
    "disposition",
    [
        "attachment; filename*=utf-8''B%C3%A1o%20gi%C3%A1.pdf",
        'attachment; filename="=?utf-8?B?QsOhbyBnacOhLnBkZg==?="',
        "attachment; filename*0*=utf-8''B%C3%A1o%20; filename*1*=gi%C3%A1.pdf",
        'attachment; filename="Báo giá.pdf"',
    ],
)
def test_reads_the_name_of_a_file_as_each_program_writes_it(disposition: str) -> None:
    data = (
        'Content-Type: multipart/mixed; boundary="x"\r\n\r\n--x\r\nContent-Type: application/pdf\r\n'
        f"Content-Disposition: {disposition}\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERg==\r\n--x--"
    ).encode()

    assert read_mail(data).files == (Enclosed("Báo giá.pdf", b"%PDF"),)


def test_joins_flowed_lines() -> None:
    data = (
        "Content-Type: text/plain; charset=utf-8; format=flowed\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        "Một câu dài \r\nđi tiếp.\r\n\r\nCâu khác.\r\n"
    ).encode()

    assert read_mail(data).text == "Một câu dài đi tiếp.\n\nCâu khác."


def test_turns_html_into_words_and_shows_where_a_link_leads() -> None:
    html = """<html><head><style>p{color:red}</style><title>x</title></head><body>
      <p>Chào <b>anh</b>,<br>xem <a href="https://evil.example.com/x">Ngân hàng của bạn</a></p>
      <script>alert(1)</script><img src="https://spy.example.com/p.gif" alt="">
      <ul><li>Một</li><li>Hai</li></ul><table><tr><td>A</td><td>B</td></tr><tr><td>C</td></tr></table>
      </body></html>"""

    assert text_of_html(html) == (
        "Chào anh,\nxem Ngân hàng của bạn <https://evil.example.com/x>\n\n- Một\n\n- Hai\n\nA B\n\nC"
    )


@given(st.text(alphabet="<>/abps \"'=!-", max_size=300))
def test_never_fails_on_html(html: str) -> None:
    assert isinstance(text_of_html(f"<div>{html}</div>"), str)


@given(
    WORDS,
    WORDS,
    st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=200),
)
def test_reads_what_it_writes(name: str, subject: str, text: str) -> None:
    letter = Letter(
        new_message_id("a@example.com"),
        Person(name, "a@example.com"),
        None,
        [Person(subject, "b@example.com")],
        [],
        subject,
        f"Kính gửi,\n\n{text}",
        dt.datetime(2026, 11, 26, 8, 0, tzinfo=dt.UTC),
        files=[Enclosed("Hợp đồng.pdf", b"%PDF-1.7")],
    )

    data = write(letter)
    read = read_mail(data)

    assert data == write(letter)
    assert (read.headers.sender, read.headers.to) == (
        Person(name, "a@example.com"),
        (Person(subject, "b@example.com"),),
    )
    assert (read.headers.subject, read.headers.message_id) == (subject, letter.message_id)
    assert read.files == (Enclosed("Hợp đồng.pdf", b"%PDF-1.7"),)


def test_escapes_what_is_written_into_html() -> None:
    made = as_html('<b>x</b> & https://a.example.com/?q=1&r="2')

    assert "&lt;b&gt;x&lt;/b&gt; &amp;" in made
    assert '<a href="https://a.example.com/?q=1&amp;r=">' in made


def test_ends_lines_as_mail_does() -> None:
    letter = Letter(
        "<a@b>", Person("", "a@example.com"), None, [Person("", "b@example.com")], [], "x", "y", _AT
    )

    assert b"\n" not in write(letter).replace(b"\r\n", b"")
    assert message_from_bytes(write(letter), policy=default)["Subject"] == "x"


_AT = dt.datetime(2026, 11, 26, 8, 0, tzinfo=dt.UTC)
