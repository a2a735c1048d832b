"""Decisions about mail: fields of a template, what kind a mail is, when it is tried again. Plain values."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from duyen.kernel.text import fold
from duyen.modules.messaging.words import Filed, MailKind

# --- templates -----------------------------------------------------------------------------------------

_PLACE = re.compile(r"\{\{\s*([^{}]{0,80}?)\s*\}\}")
ME, COMPANY = "me", "company"


@dataclass(frozen=True)
class Written:
    """A template with its fields filled in; `lacking` are those that gave nothing, as written."""

    subject: str
    body: str
    lacking: tuple[str, ...]


def places_in(*texts: str) -> list[str]:
    """List the fields that texts name, once each, in order."""
    return list(dict.fromkeys(found[1] for text in texts for found in _PLACE.finditer(text)))


def fill(subject: str, body: str, values: Mapping[str, str]) -> Written:
    """Put values where a template names them; a field without one stays as it stands and is told."""
    lacking: list[str] = []

    def one(found: re.Match[str]) -> str:
        value = values.get(found[1], "")
        if not value:
            lacking.append(found[1])
            return found[0]
        return value

    filled = (_PLACE.sub(one, subject), _PLACE.sub(one, body))
    return Written(" ".join(filled[0].split()), filled[1], tuple(dict.fromkeys(lacking)))


def unknown_places(texts: Sequence[str], known: Collection[str]) -> list[str]:
    """List what stands between double braces and is no field."""
    return [each for each in places_in(*texts) if each not in known]


# --- advertising ---------------------------------------------------------------------------------------

#: How advertising begins, and what stands below it (Decree 91/2020/NĐ-CP, articles 13 to 18).
LABEL = "[QC]"
HOW_TO_REFUSE = "Không muốn nhận thư quảng cáo nữa, quý khách trả lời thư này với nội dung: TỪ CHỐI."


_OR_OPEN = "Hoặc mở liên kết này (or unsubscribe here): "
_REFUSES = re.compile(r"\W*(tu choi|unsubscribe)\b")


def as_advertising(subject: str, body: str, link: str = "") -> tuple[str, str]:
    """Give subject and text of a mail as advertising: labelled, with how to refuse it."""
    labelled = subject if subject.startswith((LABEL, "[AD]")) else f"{LABEL} {subject}"
    if HOW_TO_REFUSE not in body:
        body = f"{body}\n\n{HOW_TO_REFUSE}"
    return labelled, f"{body}\n{_OR_OPEN}{link}" if link and link not in body else body


def refuses(text: str) -> bool:
    """Tell whether an answer to advertising begins by saying that no more of it is wanted."""
    return _REFUSES.match(fold(text)) is not None


# --- trying again --------------------------------------------------------------------------------------

#: So long a mail waits before each further try; behind the last one it is refused. About nine hours.
PAUSES = tuple(dt.timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360))
#: Whoever hands a mail to a server has so long; behind it nobody knows what became of it.
LEASE = dt.timedelta(minutes=10)
#: A mailbox that cannot be read is left in peace so long at most.
LONGEST_PEACE = dt.timedelta(hours=1)
#: Its owner is told when it has failed for so long; a wrong password at once.
PATIENCE = dt.timedelta(minutes=15)


def pause_before(tries: int) -> dt.timedelta | None:
    """Give the pause before the next try, after so many; none where that was the last one."""
    return PAUSES[tries - 1] if 0 < tries <= len(PAUSES) else None


def peace_after(failures: int, *, every: dt.timedelta) -> dt.timedelta:
    """Give how long a mailbox is left in peace after so many failures in a row: each time twice as long."""
    times: int = 2 ** min(max(failures - 1, 0), 10)
    return min(every * times, LONGEST_PEACE)


# --- kinds of mail -------------------------------------------------------------------------------------

_ROBOTS = re.compile(r"^(mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?)([+@.-]|$)", re.I)
_AWAY = re.compile(
    r"^(auto(matic)?[ -]?(reply|response)|out of (the )?office|tự động trả lời|trả lời tự động|vắng mặt)",
    re.I,
)
#: Names of reports under which servers that know no RFC 3464 send mails back.
_RETURNED = re.compile(
    r"(undeliver|delivery (status notification|failure|has failed)|returned mail|mail delivery failed"
    r"|không gửi được|thư bị trả lại)",
    re.I,
)


def kind_of(
    *, marks: Mapping[str, str], sender: str, subject: str, has_report: bool, return_path: str
) -> MailKind:
    """Tell what a mail is by its head (RFC 3834, RFC 3464, and what servers do instead).

    `marks` are headers by lower-case name. A mail that a program sends by itself is a notice; one that
    answers by itself is an automatic reply.
    """
    local = sender.partition("@")[0].lower()
    is_daemon = local in ("mailer-daemon", "postmaster") or return_path.strip() == "<>"
    if has_report or "x-failed-recipients" in marks or (is_daemon and _RETURNED.search(subject)):
        return MailKind.BOUNCE
    submitted = marks.get("auto-submitted", "no").partition(";")[0].strip().lower()
    if submitted == "auto-replied" or "x-autoreply" in marks or "x-autorespond" in marks:
        return MailKind.AUTO_REPLY
    if _AWAY.match(subject.strip()) or marks.get("precedence", "").lower() == "auto_reply":
        return MailKind.AUTO_REPLY
    is_to_many = marks.get("precedence", "").lower() in ("bulk", "list", "junk")
    if submitted not in ("no", "") or is_to_many or {"list-id", "list-unsubscribe"} & set(marks):
        return MailKind.NOTICE
    return MailKind.NOTICE if _ROBOTS.match(sender) else MailKind.MAIL


#: From this level of Exchange on a mail counts as spam.
_SPAM_LEVEL = 5


def why_nobody_wrote(*, marks: Mapping[str, str], sender: str, subject: str, box: str) -> Filed | None:
    """Tell why a mail is none that a person wrote to a mailbox: a loop, spam, or one that a program sent.

    A form on a website writes from an address such as no-reply@ and is let in; what says of itself that it
    was sent automatically, or to many, is not (RFC 3834, 2 and 5).
    """
    if sender == box or box in marks.get("x-loop", "").lower():
        return Filed.LOOP
    if is_spam(marks):
        return Filed.SPAM
    return_path = marks.get("return-path", "")
    has_report = marks.get("content-type", "").lower().startswith("multipart/report")
    kind = kind_of(marks=marks, sender="", subject=subject, has_report=has_report, return_path=return_path)
    if sender.partition("@")[0] in ("mailer-daemon", "postmaster"):
        return Filed.AUTOMATIC
    return {
        MailKind.BOUNCE: Filed.AUTOMATIC,
        MailKind.AUTO_REPLY: Filed.AUTOMATIC,
        MailKind.NOTICE: Filed.TO_MANY,
    }.get(kind)


def is_spam(marks: Mapping[str, str]) -> bool:
    """Tell whether a server on the way marked a mail as spam."""
    if marks.get("x-spam-flag", "").lower().startswith("yes"):
        return True
    if marks.get("x-spam-status", "").lower().startswith("yes"):
        return True
    level = marks.get("x-ms-exchange-organization-scl", "").strip()
    return level.isdecimal() and int(level) >= _SPAM_LEVEL


# --- quoted histories ----------------------------------------------------------------------------------

_QUOTE_HEADS = (
    re.compile(
        r"^-{2,}\s*(original message|forwarded message|thư gốc|tin nhắn (gốc|chuyển tiếp))\s*-{2,}", re.I
    ),
    re.compile(r"^(on|vào|ngày|lúc)\b.{6,200}\b(wrote|đã viết|viết)\s*:?\s*$", re.I),
    re.compile(r"^_{20,}\s*$"),
)
_OUTLOOK_HEAD = re.compile(r"^\*?(from|từ|người gửi)\s*:\*?\s*\S", re.I)
_OUTLOOK_NEXT = re.compile(r"^\*?(sent|date|to|subject|đã gửi|ngày|tới|đến|gửi|chủ đề|tiêu đề)\s*:", re.I)


def part_quote(text: str) -> tuple[str, str]:
    """Part what was written now from the mails that hang below it. The two give the whole text."""
    lines = text.split("\n")
    for at, line in enumerate(lines):
        if _begins_quote(lines, at, line):
            now, below = "\n".join(lines[:at]).rstrip(), "\n".join(lines[at:]).strip("\n")
            return (now, below) if now.strip() else (text, "")
    return text, ""


def _begins_quote(lines: Sequence[str], at: int, line: str) -> bool:
    plain = line.strip()
    if any(head.match(plain) for head in _QUOTE_HEADS):
        return True
    if plain.startswith(">"):
        # Quoted to the end; a quote in the middle of an answer belongs to it.
        return all(each.lstrip().startswith(">") or not each.strip() for each in lines[at:])
    if _OUTLOOK_HEAD.match(plain):
        return any(_OUTLOOK_NEXT.match(each.strip()) for each in lines[at + 1 : at + 4])
    # A head that the program broke into two lines.
    joined = f"{plain} {lines[at + 1].strip()}" if at + 1 < len(lines) else ""
    return bool(plain) and bool(_QUOTE_HEADS[1].match(joined))


# --- reading a box -------------------------------------------------------------------------------------


def chunks(first: int, last: int, size: int) -> Iterator[tuple[int, int]]:
    """Part the numbers from `first` to `last` into runs of at most `size`."""
    for start in range(first, last + 1, size):
        yield start, min(start + size - 1, last)


def answer_subject(subject: str) -> str:
    """Give the subject of an answer, with «Re:» once."""
    plain = subject.strip()
    return plain if re.match(r"^(re|tl|trả lời)\s*:", plain, re.I) else f"Re: {plain}"
