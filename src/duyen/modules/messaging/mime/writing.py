"""Write a mail that goes out: text and simple HTML of the same words, files, and the headers of a thread."""

from __future__ import annotations

import datetime as dt
import html
import mimetypes
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import quote

from duyen.modules.messaging.mime.parsing import Enclosed, Person

#: A longer subject is written in parts.
_MOST_PLAIN = 60
_LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)]")


@dataclass(frozen=True)
class Letter:
    """A mail that is to go out; `references` are the ids of the thread, the oldest first.

    Of advertising, `refuse_url` is where a mail program refuses it by one click; without one, `refuse_by` is
    whom one writes to for that.
    """

    message_id: str
    sender: Person
    reply_to: Person | None
    to: Sequence[Person]
    cc: Sequence[Person]
    subject: str
    text: str
    at: dt.datetime
    references: Sequence[str] = ()
    files: Sequence[Enclosed] = field(default=())
    refuse_url: str = ""
    refuse_by: str = ""


def new_message_id(sender: str) -> str:
    """Make the id under which answers find their mail; its domain is that of the sender."""
    domain = sender.rpartition("@")[2] or "localhost"
    return f"<duyen.{secrets.token_hex(16)}@{domain}>"


def write(letter: Letter) -> bytes:
    """Give the bytes of a mail as they go over the line: the same ones for the same letter."""
    message = EmailMessage(policy=SMTP)
    message["Date"] = format_datetime(letter.at)
    message["Message-ID"] = letter.message_id
    if letter.references:
        message["In-Reply-To"] = letter.references[-1]
        message["References"] = " ".join(letter.references[-20:])
    message.set_content(letter.text, cte="quoted-printable")
    message.add_alternative(as_html(letter.text), subtype="html", cte="quoted-printable")
    for each in letter.files:
        kind, _encoding = mimetypes.guess_type(each.name)
        main, _slash, sub = (kind or "application/octet-stream").partition("/")
        if main in ("text", "message"):
            main, sub = "application", "octet-stream"
        message.add_attachment(each.content, maintype=main, subtype=sub, filename=each.name)
    _fix_boundaries(message, letter.message_id)
    return _head(letter) + message.as_bytes()


def _head(letter: Letter) -> bytes:
    """Write the headers with words of people: the library loses blanks between words that it encodes."""
    lines = {"From": _people([letter.sender])}
    if letter.reply_to is not None and letter.reply_to.address:
        lines["Reply-To"] = _people([letter.reply_to])
    lines["To"] = _people(letter.to)
    if letter.cc:
        lines["Cc"] = _people(letter.cc)
    lines["Subject"] = _encoded(_line(letter.subject))
    lines |= _refusing(letter)
    return "".join(f"{name}: {value}\r\n" for name, value in lines.items()).encode()


def _refusing(letter: Letter) -> dict[str, str]:
    """Write how a mail program refuses advertising for its reader (RFC 2369, and RFC 8058 by one click)."""
    ways = [f"<{letter.refuse_url}>"] if letter.refuse_url else []
    if letter.refuse_by and not ways:
        ways.append(f"<mailto:{quote(letter.refuse_by, safe='@')}?subject=TU%20CHOI&body=TU%20CHOI>")
    if not ways:
        return {}
    lines = {"List-Unsubscribe": ",\r\n ".join(ways)}
    if letter.refuse_url.startswith("https://"):
        lines["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return lines


def _people(people: Sequence[Person]) -> str:
    return ",\r\n ".join(_person(each) for each in people)


def _person(person: Person) -> str:
    name = _line(person.name)
    if not name:
        return f"<{person.address}>"
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}" <{person.address}>' if name.isascii() else f"{_encoded(name)}\r\n <{person.address}>"


def _encoded(text: str) -> str:
    """Write text as a header carries it (RFC 2047), in lines short enough for every server."""
    if text.isascii() and len(text) <= _MOST_PLAIN and "=?" not in text:
        return text
    return Header(text, "utf-8", maxlinelen=60).encode(linesep="\r\n")


def _fix_boundaries(message: EmailMessage, message_id: str) -> None:
    """Name the parts after the mail, so that a second try sends the very same bytes."""
    stem = re.sub(r"[^A-Za-z0-9]", "", message_id)[:40]
    for number, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(f"=_{stem}_{number}")


def as_html(text: str) -> str:
    """Give the same words as simple HTML: paragraphs, line breaks, and links that can be followed."""
    paragraphs = [each for each in re.split(r"\n{2,}", text.strip("\n")) if each.strip()]
    body = "".join(f"<p>{_linked(each)}</p>\n" for each in paragraphs)
    return f'<!doctype html>\n<html><head><meta charset="utf-8"></head><body>\n{body}</body></html>\n'


def _linked(text: str) -> str:
    out, end = [], 0
    for found in _LINK.finditer(text):
        address = html.escape(found[0], quote=True)
        out += [html.escape(text[end : found.start()]), f'<a href="{address}">{address}</a>']
        end = found.end()
    return "".join([*out, html.escape(text[end:])]).replace("\n", "<br>\n")


def _line(text: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
