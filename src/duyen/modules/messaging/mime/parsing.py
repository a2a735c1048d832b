"""Read a mail from its bytes: who, what, which text, which files. A broken mail gives what it holds."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.policy import Compat32
from email.utils import collapse_rfc2231_value, getaddresses, parsedate_to_datetime

from duyen.modules.messaging.mime.decoding import decode_bytes, decode_words, tidy
from duyen.modules.messaging.mime.html_text import text_of_html

#: So many letters of a text are kept; nobody reads more, and quoted histories grow without end.
MOST_TEXT = 200_000
MOST_PEOPLE = 200
MOST_FILES = 50
_MOST_PARTS = 500
_IDS = re.compile(r"<[^<>\s]{1,290}>")
_ADDRESS = re.compile(r"[^\s@<>\",;]+@[^\s@<>\",;]+")


@dataclass(frozen=True)
class Person:
    """Somebody as a mail names her; the address in lower case, empty where there is none."""

    name: str
    address: str

    @property
    def shown(self) -> str:
        return f"{self.name} <{self.address}>" if self.name and self.address else self.name or self.address


@dataclass(frozen=True)
class Enclosed:
    """A file in a mail: the name by which it is called, and its content."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Headers:
    """What the head of a mail says: enough to decide where it belongs."""

    message_id: str
    references: tuple[str, ...]
    sender: Person
    reply_to: Person
    to: tuple[Person, ...]
    cc: tuple[Person, ...]
    subject: str
    at: dt.datetime | None
    #: Headers by which programs give themselves away, by lower-case name.
    marks: dict[str, str]
    fingerprint: str


@dataclass(frozen=True)
class Mail:
    """A whole mail. `text` is its plain text; `files` are what came with it.

    `forwarded` is the first mail that was forwarded as a file: who sent it, its subject and its text.
    """

    headers: Headers
    text: str
    files: tuple[Enclosed, ...] = ()
    left_out: int = 0
    report: Report | None = None
    forwarded: str = ""


@dataclass(frozen=True)
class Failed:
    """One address to which a server could not deliver, and its words."""

    address: str
    action: str
    status: str
    said: str


@dataclass(frozen=True)
class Report:
    """What a delivery status notification tells: whom it could not reach, and of which mail (RFC 3464)."""

    failed: tuple[Failed, ...]
    about: tuple[str, ...] = field(default=())


class _AsWritten(Compat32):
    """Gives headers as they came, bytes that nobody declared among them."""

    def header_fetch_parse(self, name: str, value: str) -> str:
        return value


_AS_WRITTEN = _AsWritten()
_MARKS = (
    *("auto-submitted", "precedence", "x-autoreply", "x-autorespond", "x-auto-response-suppress", "list-id"),
    *("list-unsubscribe", "x-failed-recipients", "return-path", "content-type", "x-loop", "feedback-id"),
    *("x-spam-flag", "x-spam-status", "x-ms-exchange-organization-scl"),
)


def read_headers(data: bytes) -> Headers:
    """Read the head of a mail."""
    return _headers(message_from_bytes(data, policy=_AS_WRITTEN))


def read_mail(data: bytes) -> Mail:
    """Read a whole mail. Never fails: what cannot be read is left out."""
    message = message_from_bytes(data, policy=_AS_WRITTEN)
    headers = _headers(message)
    parts = _Parts()
    parts.take(message)
    text = parts.text()
    files = tuple(parts.files[:MOST_FILES])
    report = _report(message)
    left_out = max(0, len(parts.files) - MOST_FILES)
    return Mail(headers, text[:MOST_TEXT], files, left_out, report, parts.forwarded[:MOST_TEXT])


def _headers(message: Message) -> Headers:
    sender = next(iter(_people(message, "from")), Person("", ""))
    own_id = next(iter(_IDS.findall(_raw(message, "message-id"))), "")
    references = [*_IDS.findall(_raw(message, "references")), *_IDS.findall(_raw(message, "in-reply-to"))]
    marks = {name: " ".join(_raw(message, name).split())[:300] for name in _MARKS if message.get(name)}
    told = "\n".join((own_id, sender.address, _raw(message, "date"), decode_words(message.get("subject"))))
    return Headers(
        message_id=own_id[:300],
        references=tuple(dict.fromkeys(references[-50:])),
        sender=sender,
        reply_to=next(iter(_people(message, "reply-to")), Person("", "")),
        to=_people(message, "to"),
        cc=_people(message, "cc"),
        subject=decode_words(message.get("subject"))[:500],
        at=_moment(_raw(message, "date")),
        marks=marks,
        fingerprint=hashlib.sha256(told.encode("utf-8", "replace")).hexdigest(),
    )


def _raw(message: Message, name: str) -> str:
    return str(message.get(name) or "")


def _people(message: Message, name: str) -> tuple[Person, ...]:
    """Read people in a header. Names are decoded last: they may hold commas."""
    given = [str(each).replace("\r", "").replace("\n", " ") for each in message.get_all(name) or ()]
    found = []
    for said, address in getaddresses(given):
        known = _ADDRESS.fullmatch(address.strip())
        shown = decode_words(said).strip("'\" ")
        if known or shown:
            found.append(Person(shown[:120], tidy(known[0]).lower()[:254] if known else ""))
    return tuple(found[:MOST_PEOPLE])


def _moment(text: str) -> dt.datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    try:
        aware = found if found.tzinfo else found.replace(tzinfo=dt.UTC)
        moment = aware.astimezone(dt.UTC)
    except (OverflowError, ValueError):
        return None
    return moment if 1990 <= moment.year <= 2100 else None


class _Parts:
    """Walks through the parts of a mail once: texts in one place, files in the other."""

    def __init__(self) -> None:
        self._plain: list[str] = []
        self._html: list[str] = []
        self.files: list[Enclosed] = []
        self.forwarded = ""
        self._seen = 0

    def take(self, part: Message) -> None:
        self._seen += 1
        if self._seen > _MOST_PARTS:
            return
        kind = part.get_content_type()
        if kind in ("message/delivery-status", "message/disposition-notification", "text/rfc822-headers"):
            return
        if kind == "message/rfc822":
            self._take_enclosed_mail(part)
        elif part.is_multipart():
            for each in _inner(part):
                self.take(each)
        elif part.get_content_maintype() == "text" and not _is_file(part):
            self._take_text(part, kind)
        else:
            self._take_file(part)

    def _take_text(self, part: Message, kind: str) -> None:
        text = decode_bytes(_content(part), _charset(part))
        if kind == "text/html":
            self._html.append(text)
        elif kind == "text/calendar":
            self.files.append(Enclosed(_name_of(part) or "invite.ics", _content(part)))
        else:
            is_flowed = str(part.get_param("format") or "").lower() == "flowed"
            self._plain.append(_unflow(text) if is_flowed else text)

    def _take_file(self, part: Message) -> None:
        content = _content(part)
        if content:
            self.files.append(Enclosed(_name_of(part) or _nameless(part, len(self.files)), content))

    def _take_enclosed_mail(self, part: Message) -> None:
        """Keep a mail that was forwarded as a file, by its subject; it is not opened any further."""
        inner = next(_inner(part), None)
        if inner is not None:
            subject = decode_words(inner.get("subject"))[:80] or "mail"
            text = _Parts()
            text.take(inner)
            sender = next(iter(_people(inner, "from")), Person("", ""))
            told = f"From: {sender.name} <{sender.address}>\nSubject: {subject}\n\n{text.text()}"
            self.forwarded = self.forwarded or told
            self.files.append(Enclosed(f"{subject}.txt", told.encode()))

    def text(self) -> str:
        """Give the plain text; that of the HTML where the plain one is missing or only says to look there."""
        plain = "\n".join(self._plain).strip()
        if self._html and (not plain or len(plain) < 40):
            told = text_of_html("\n".join(self._html))
            return tidy(told) if len(told) > len(plain) else plain
        return plain


def _inner(part: Message) -> Iterator[Message]:
    payload = part.get_payload()
    return (each for each in payload if isinstance(each, Message)) if isinstance(payload, list) else iter(())


def _content(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _charset(part: Message) -> str:
    given = part.get_param("charset")
    return collapse_rfc2231_value(given) if given else ""


def _is_file(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or bool(part.get_filename())


def _name_of(part: Message) -> str:
    """Give the name of a file; Outlook writes encoded words where RFC 2231 has a way of its own."""
    given = part.get_filename()
    return decode_words(given)[:190].strip() if given else ""


_ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "application/pdf": "pdf"}


def _nameless(part: Message, count: int) -> str:
    ending = _ENDINGS.get(part.get_content_type(), "bin")
    return f"{part.get_content_maintype()}-{count + 1}.{ending}"


def _unflow(text: str) -> str:
    """Join the lines of a flowed text (RFC 3676): one that ends in a space goes on in the next."""
    out: list[str] = []
    goes_on = False
    for line in text.split("\n"):
        plain = line[1:] if line.startswith(" ") else line
        if goes_on and not plain.startswith(">"):
            out[-1] += plain
        else:
            out.append(plain)
        goes_on = plain.endswith(" ") and plain != "-- "
    return "\n".join(out)


def _report(message: Message) -> Report | None:
    """Read a report of deliveries, as RFC 3464 has it."""
    if message.get_content_type() != "multipart/report":
        return None
    failed: list[Failed] = []
    about: list[str] = []
    for part in message.walk():
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            failed += [each for block in _inner(part) if (each := _recipient(block))]
        elif kind == "text/rfc822-headers":
            about += _IDS.findall(_raw(message_from_bytes(_content(part), policy=_AS_WRITTEN), "message-id"))
        elif kind == "message/rfc822":
            about += [each for inner in _inner(part) for each in _IDS.findall(_raw(inner, "message-id"))]
    return Report(tuple(failed[:MOST_PEOPLE]), tuple(dict.fromkeys(about)))


def _recipient(block: Message) -> Failed | None:
    action = _raw(block, "action").strip().lower()
    named = _raw(block, "original-recipient") or _raw(block, "final-recipient")
    address = _ADDRESS.search(named)
    if not action or not address:
        return None
    said = decode_words(_raw(block, "diagnostic-code").partition(";")[2] or _raw(block, "diagnostic-code"))
    return Failed(tidy(address[0]).lower(), action, _raw(block, "status").strip()[:20], said[:500])


def addresses_of(people: Sequence[Person]) -> list[str]:
    """List the addresses of people, once each."""
    return list(dict.fromkeys(each.address for each in people if each.address))
