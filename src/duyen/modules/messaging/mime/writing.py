"""Write a mail that goes out: text and simple HTML of the same words, files, and the headers of a thread."""

from __future__ import annotations

import datetime as dt
import html
import mimetypes
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from duyen.modules.messaging.mime.parsing import Enclosed, Person

_LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)]")


@dataclass(frozen=True)
class Letter:
    """A mail that is to go out; `references` are the ids of the thread, the oldest first."""

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


def new_message_id(sender: str) -> str:
    """Make the id under which answers find their mail; its domain is that of the sender."""
    domain = sender.rpartition("@")[2] or "localhost"
    return f"<duyen.{secrets.token_hex(16)}@{domain}>"


def write(letter: Letter) -> bytes:
    """Give the bytes of a mail as they go over the line: the same ones for the same letter."""
    message = EmailMessage(policy=SMTP)
    message["From"] = _address(letter.sender)
    if letter.reply_to is not None and letter.reply_to.address:
        message["Reply-To"] = _address(letter.reply_to)
    message["To"] = [_address(each) for each in letter.to]
    if letter.cc:
        message["Cc"] = [_address(each) for each in letter.cc]
    message["Subject"] = _line(letter.subject)
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
    return message.as_bytes()


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


def _address(person: Person) -> Address:
    return Address(display_name=_line(person.name), addr_spec=person.address)


def _line(text: str) -> str:
    return " ".join(text.split())
