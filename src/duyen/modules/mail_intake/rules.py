"""Who speaks in a mail, how to reach them and what they want. Plain values in, plain values out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from duyen.kernel.emails import EmailError, read_email
from duyen.kernel.phones import PhoneError, read_phone
from duyen.kernel.text import clean, clean_lines, fold

#: So many letters of a mail are kept as what somebody needs; the whole mail stands beside the lead.
MOST_NEED = 4_000
_MOST_NAME, _MOST_LABEL, _MOST_PHONES = 250, 30, 2
#: What forms on websites and people write before a value, folded. A field is known by any of its words.
LABELS = {
    "name": (
        *("ho ten", "ho va ten", "ten", "ten khach hang", "khach hang", "ho ten khach hang", "ten kh"),
        *("full name", "name", "your name", "nguoi lien he", "ten nguoi lien he", "contact name"),
    ),
    "phone": (
        *("dien thoai", "so dien thoai", "sdt", "so dt", "dt", "di dong", "so di dong", "zalo"),
        *("dien thoai lien he", "phone", "phone number", "your phone", "tel", "telephone", "mobile"),
    ),
    "email": (
        *("email", "e-mail", "mail", "dia chi email", "email lien he", "thu dien tu", "your email"),
        *("email address", "e-mail address"),
    ),
    "company": ("cong ty", "ten cong ty", "don vi", "doanh nghiep", "to chuc", "company", "company name"),
    "job_title": ("chuc vu", "chuc danh", "job title", "position"),
    "need": (
        *("nhu cau", "noi dung", "noi dung yeu cau", "yeu cau", "loi nhan", "tin nhan", "ghi chu"),
        *("san pham quan tam", "message", "your message", "comment", "need"),
    ),
}
_FIELD_OF = {label: name for name, labels in LABELS.items() for label in labels}
_LABELLED = re.compile(r"^[\s>*•·\-–]*([^:：|\t]{1,40}?)[\s*]*[:：|\t](.*)$")
_FROM = re.compile(r"^[\s>*]*(?:from|từ|người gửi|de)[\s*]*[:：]\s*(.+@.+)$", re.IGNORECASE)
_HEAD = re.compile(
    r"^[\s>*]*(?:from|từ|người gửi|date|sent|ngày|đã gửi|to|tới|đến|gửi|cc|subject|chủ đề|tiêu đề)"
    r"[\s*]*[:：]",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[^\s@<>\"',;:()\[\]]+@[^\s@<>\"',;:()\[\]]+")
_PHONE = re.compile(r"(?<![\w.+])(?:\+?84|0)(?:[ .()\-]{0,2}\d){8,10}(?!\d)")
_FORWARDS = re.compile(r"^(?:(?:fwd?|tr|ct|chuyển tiếp|re|tl|trả lời)\s*:\s*)+", re.IGNORECASE)
_ROBOTS = re.compile(r"^(?:no-?reply|do-?not-?reply|wordpress|www-data|webmaster|mailer|notification)", re.I)


#: At these everybody may have an address: who shares one with the mailbox is no colleague for that.
_OPEN_TO_ALL = frozenset(
    {
        *("gmail.com", "googlemail.com", "yahoo.com", "yahoo.com.vn", "ymail.com", "outlook.com"),
        *("outlook.com.vn", "hotmail.com", "live.com", "msn.com", "icloud.com", "me.com", "aol.com"),
        *("proton.me", "protonmail.com", "zoho.com", "gmx.com", "mail.com", "yandex.com", "mail.ru"),
    }
)


def is_of_house(address: str, *, box: str) -> bool:
    """Tell whether an address is of the company whose mailbox this is: the box itself, or its domain."""
    domain = address.partition("@")[2]
    return address == box or (domain == box.partition("@")[2] and domain not in _OPEN_TO_ALL)


@dataclass(frozen=True)
class Read:
    """What was read from a mail: nothing stands empty where it was not there."""

    name: str
    phones: list[str] = field(default_factory=list)
    email: str = ""
    company: str = ""
    job_title: str = ""
    need: str = ""

    @property
    def is_reachable(self) -> bool:
        return bool(self.phones or self.email)


def read_letter(
    *,
    senders: Sequence[tuple[str, str]],
    subject: str,
    text: str,
    body: str,
    is_ours: Callable[[str], bool],
) -> Read:
    """Read who speaks in a mail and what they want.

    `senders` are name and address of whoever may have sent it, the likeliest first: who asks for the answer,
    then who sent it. A labelled line comes before the head of a forwarded mail, and that before these. Of
    ourselves (`is_ours`, by address) and of programs nobody is a lead. `body` is the part of `text` that was
    written now.
    """
    lines = clean_lines(text).split("\n")
    labelled = dict(_labelled(lines))
    forwarded = _forwarded(lines)
    theirs = lines[forwarded.below :] if forwarded else clean_lines(body).split("\n")
    people = [(forwarded.name, forwarded.address)] if forwarded else []
    people += [each for each in senders if each[1] and not _ROBOTS.match(each[1])]
    people = [each for each in people if not is_ours(each[1])]
    name, address = people[0] if people else ("", "")
    email = _email(labelled.get("email", "")) or _email(address)
    return Read(
        name=(labelled.get("name") or clean(name) or email)[:_MOST_NAME],
        phones=_phones_in(labelled.get("phone", "")) or (_phones(theirs) if people else []),
        email=email,
        company=labelled.get("company", "")[:_MOST_NAME],
        job_title=labelled.get("job_title", "")[:120],
        need=_need(labelled.get("need", ""), subject, theirs),
    )


def _labelled(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Find the values behind known labels, the first of each; a need goes on to the next label or gap."""
    found: set[str] = set()
    for at, line in enumerate(lines):
        name, value = _label_of(line)
        if not name or name in found:
            continue
        if name == "need":
            value = clean_lines("\n".join([value, *_going_on(lines[at + 1 :], starts=bool(value))]))
        elif not value:
            below = next((each.strip() for each in lines[at + 1 : at + 3] if each.strip()), "")
            value = "" if _label_of(below)[0] else below
        if value:
            found.add(name)
            yield name, clean(value) if name != "need" else value


def _label_of(line: str) -> tuple[str, str]:
    parts = _LABELLED.match(line)
    if parts is None or len(parts[1]) > _MOST_LABEL:
        return "", ""
    name = _FIELD_OF.get(fold(parts[1]).strip("*• ()"), "")
    return name, parts[2].strip(" *|\t")


def _going_on(lines: Sequence[str], *, starts: bool) -> Iterator[str]:
    for line in lines:
        if _label_of(line)[0] or _HEAD.match(line):
            return
        if not line.strip():
            if starts:
                return
            continue
        starts = True
        yield line


@dataclass(frozen=True)
class _Forwarded:
    name: str
    address: str
    below: int


def _forwarded(lines: Sequence[str]) -> _Forwarded | None:
    """Find the head of the first forwarded mail: who sent it, and where its words begin."""
    for at, line in enumerate(lines):
        found = _FROM.match(line)
        address = _ADDRESS.search(found[1]) if found else None
        if found is None or address is None:
            continue
        below = at + 1
        while below < len(lines) and (_HEAD.match(lines[below]) or not lines[below].strip(" >")):
            below += 1
        before = found[1][: address.start()].replace("mailto:", "")
        return _Forwarded(before.strip(" \"'<[(*"), address[0].lower().strip(".*"), below)
    return None


def _email(text: str) -> str:
    found = _ADDRESS.search(text)
    try:
        return read_email(found[0].strip(".*")) if found else ""
    except EmailError:
        return ""


def _phones_in(value: str) -> list[str]:
    """Give the phones behind a label, as written."""
    return _phones([value]) or _read([value])


def _phones(lines: Iterable[str]) -> list[str]:
    """Give the phones that stand in lines, as written, each once."""
    return _read(each for line in lines for each in _PHONE.findall(line))


def _read(texts: Iterable[str]) -> list[str]:
    found: dict[str, str] = {}
    for each in texts:
        try:
            found.setdefault(read_phone(each).e164, clean(each))
        except PhoneError:
            continue
    return list(found.values())[:_MOST_PHONES]


def _need(labelled: str, subject: str, lines: Sequence[str]) -> str:
    if labelled:
        return labelled[:MOST_NEED]
    about = _FORWARDS.sub("", clean(subject))
    words = clean_lines("\n".join(line.lstrip("> ") for line in lines))
    return "\n\n".join(filter(None, [about, words]))[:MOST_NEED]
