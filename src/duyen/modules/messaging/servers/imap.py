"""Read a mailbox by IMAP: which mails are there, their heads, whole mails. Nothing is changed in it.

The folder is opened read-only and mails are looked at with PEEK, so that what is unread stays so for its
owner. What a server announces is believed only up to a bound, so that none can fill the memory.
"""

from __future__ import annotations

import binascii
import datetime as dt
import imaplib
import re
import socket
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from duyen.modules.messaging.servers.connecting import SECONDS, Place, connect, find, told, trust
from duyen.modules.messaging.servers.problems import (
    HungUp,
    NoFolder,
    NotSecured,
    StrangeAnswer,
    TooMuch,
    WrongPassword,
    said,
)

#: The largest mail that is fetched whole; of a larger one the head alone is kept.
MOST_BYTES = 40 * 1024 * 1024
_MOST_ANSWER = MOST_BYTES + 1024
#: So many mails are searched through by one command, so that no answer grows without bound.
_SEARCHED = 20_000
_HEAD = "(UID INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER])"
_UID = re.compile(rb"UID (\d+)")
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_CODES = re.compile(r"^\[[A-Z -]+\]\s*")


@dataclass(frozen=True)
class Account:
    """Where a mailbox is and how one signs in. The password stands in no representation."""

    place: Place
    username: str
    password: str
    folder: str = "INBOX"

    def __repr__(self) -> str:
        return f"Account({self.place!r}, {self.username!r})"


@dataclass(frozen=True)
class Head:
    """The head of a mail as it lies in the box."""

    uid: int
    size: int
    arrived_at: dt.datetime | None
    data: bytes


class _Judged:
    """Connects to the address that was judged instead of looking the name up a second time."""

    ip: str
    #: So many bytes one answer may still hold, however many parts it has.
    allowance = _MOST_ANSWER

    def _create_socket(self, timeout: float | None) -> socket.socket:
        return connect(self.ip, self.port, timeout or SECONDS)  # type: ignore[attr-defined]

    def read(self, size: int) -> bytes:
        self.allowance -= size
        if self.allowance < 0:
            raise TooMuch(host=self.host)  # type: ignore[attr-defined]
        return super().read(size)  # type: ignore[misc, no-any-return]


class _Plain(_Judged, imaplib.IMAP4):
    def __init__(self, ip: str, place: Place, seconds: float) -> None:
        self.ip = ip
        super().__init__(place.host, place.port, seconds)


class _Secured(_Judged, imaplib.IMAP4_SSL):
    def __init__(self, ip: str, place: Place, seconds: float) -> None:
        self.ip = ip
        super().__init__(place.host, place.port, ssl_context=trust(), timeout=seconds)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        raw = connect(self.ip, self.port, timeout or SECONDS)
        try:
            secured: socket.socket = self.ssl_context.wrap_socket(raw, server_hostname=self.host)
        except BaseException:
            raw.close()
            raise
        return secured


@dataclass
class Box:
    """An open folder. `validity` names the numbering of its mails; with another one all numbers are new."""

    place: Place
    link: Any
    validity: int
    count: int
    next_uid: int

    def first_since(self, day: dt.date) -> int:
        """Give the lowest number among mails of `day` or later; the next one where there is none."""
        for start in range(1, self.count + 1, _SEARCHED):
            end = min(start + _SEARCHED - 1, self.count)
            found = self._ask("SEARCH", f"{start}:{end}", "SINCE", _day(day))
            uids = [int(each) for each in (found[0] or b"").split()]
            if uids:
                return min(uids)
        return self.next_uid

    def waiting_after(self, uid: int) -> int:
        """Count the mails behind a number, those that `heads_after` will give."""
        return max(0, self.count - self._place_after(uid) + 1) if self.count else 0

    def heads_after(self, uid: int, *, most: int) -> list[Head]:
        """Give the heads of the next mails behind a number, in order."""
        first = self._place_after(uid)
        if first > self.count:
            return []
        return self._heads(f"{first}:{min(first + most - 1, self.count)}", "FETCH")

    def newest(self, most: int, *, before: int | None = None) -> list[Head]:
        """Give the heads of the newest mails, the newest first; `before` a number, for the next page."""
        last = self.count if before is None else self._place_after(before - 1) - 1
        if last < 1:
            return []
        heads = self._heads(f"{max(1, last - most + 1)}:{last}", "FETCH")
        return list(reversed(heads))

    def head(self, uid: int) -> Head | None:
        """Give one head by its number."""
        return next(iter(self._heads(str(uid), "UID")), None)

    def whole(self, uid: int) -> bytes | None:
        """Give a whole mail; nothing where it is gone meanwhile."""
        with self._said():
            kind, found = self.link.uid("FETCH", str(uid), "(UID BODY.PEEK[])")
            self._refuse(kind, found)
        return next((part[1] for part in found or () if isinstance(part, tuple)), None)

    def wholes(self, uids: Collection[int]) -> dict[int, bytes]:
        """Give whole mails by their numbers, in one answer; one that is gone meanwhile is missing."""
        if not uids:
            return {}
        with self._said():
            which = ",".join(map(str, sorted(uids)))
            kind, found = self.link.uid("FETCH", which, "(UID BODY.PEEK[])")
            self._refuse(kind, found)
        return {uid: data for uid, _line, data in _literals(found or ())}

    def _place_after(self, uid: int) -> int:
        """Give the place in the box of the first mail behind a number: places rise with numbers."""
        low, high = 1, self.count + 1
        if uid <= 0 or uid + 1 >= self.next_uid:
            return 1 if uid <= 0 else high
        while low < high:
            middle = (low + high) // 2
            if self._uid_at(middle) > uid:
                high = middle
            else:
                low = middle + 1
        return low

    def _uid_at(self, place: int) -> int:
        with self._said():
            kind, found = self.link.fetch(str(place), "(UID)")
            self._refuse(kind, found)
        numbers = [_UID.search(_bytes(part)) for part in found or () if part]
        return next((int(each[1]) for each in numbers if each), self.next_uid)

    def _heads(self, which: str, by: str) -> list[Head]:
        with self._said():
            kind, found = (
                self.link.uid("FETCH", which, _HEAD) if by == "UID" else self.link.fetch(which, _HEAD)
            )
            self._refuse(kind, found)
        return sorted(_read_heads(found or ()), key=lambda each: each.uid)

    def _ask(self, command: str, *words: str) -> Sequence[Any]:
        with self._said():
            kind, found = self.link.uid(command, *words)
            self._refuse(kind, found)
        return list(found)

    def _refuse(self, kind: str, found: Sequence[Any]) -> None:
        if kind != "OK":
            raise StrangeAnswer(host=self.place.host, said=_plain(found))

    @contextmanager
    def _said(self) -> Iterator[None]:
        self.link.allowance = _MOST_ANSWER
        with _translated(self.place):
            yield


@contextmanager
def opened(account: Account, *, seconds: float = SECONDS) -> Iterator[Box]:
    """Sign in, open the folder for reading, and leave at the end. Raises MailServerProblem."""
    ip = find(account.place)
    with _translated(account.place):
        link = _connected(account.place, ip, seconds)
    try:
        with _translated(account.place):
            _sign_in(link, account)
            box = _open(link, account)
        yield box
    finally:
        with suppress(Exception):
            link.logout()
        with suppress(Exception):
            link.shutdown()


def try_account(account: Account) -> None:
    """Sign in and open the folder, to see whether it works. Raises MailServerProblem."""
    with opened(account):
        pass


@contextmanager
def _translated(place: Place) -> Iterator[None]:
    with told(place):
        try:
            yield
        except imaplib.IMAP4.abort as error:
            if isinstance(error.__cause__ or error.__context__, TimeoutError):
                raise TimeoutError from error
            raise HungUp(host=place.host) from error
        except imaplib.IMAP4.error as error:
            raise StrangeAnswer(host=place.host, said=said(error)) from error


def _connected(place: Place, ip: str, seconds: float) -> imaplib.IMAP4:
    if place.is_tls:
        return _Secured(ip, place, seconds)
    link = _Plain(ip, place, seconds)
    try:
        if "STARTTLS" not in link.capabilities:
            raise NotSecured(host=place.host, port=place.port)
        link.starttls(trust())
    except BaseException:
        with suppress(Exception):
            link.shutdown()
        raise
    return link


def _sign_in(link: imaplib.IMAP4, account: Account) -> None:
    """Sign in in a way that takes any letters; LOGIN takes ASCII alone."""
    given = f"\0{account.username}\0{account.password}".encode()
    try:
        if "AUTH=PLAIN" in link.capabilities:
            link.authenticate("PLAIN", lambda _challenge: given)
        else:
            link.login(account.username, account.password)
    except imaplib.IMAP4.abort:
        raise
    except (imaplib.IMAP4.error, UnicodeEncodeError) as error:
        raise WrongPassword(host=account.place.host, said=_CODES.sub("", said(_first(error)))) from error


def _first(error: BaseException) -> object:
    given = error.args[0] if error.args else ""
    return given[0] if isinstance(given, list) and given else given


def _open(link: imaplib.IMAP4, account: Account) -> Box:
    kind, found = link.select(_quoted(account.folder), readonly=True)
    if kind != "OK":
        raise NoFolder(folder=account.folder)
    count = int((found[0] or b"0").decode())
    validity = _untagged(link, "UIDVALIDITY") or 0
    next_uid = _untagged(link, "UIDNEXT") or 0
    box = Box(account.place, link, validity, count, next_uid)
    if not next_uid:
        # A server may leave it out: the number behind that of the last mail then.
        box.next_uid = box._uid_at(count) + 1 if count else 1
    return box


def _untagged(link: imaplib.IMAP4, name: str) -> int | None:
    _kind, found = link.response(name)
    given = next((each for each in found or () if each), None)
    return int(given) if given is not None and given.isdigit() else None


def _quoted(folder: str) -> str:
    """Write the name of a folder as IMAP does: modified UTF-7 (RFC 3501, 5.1.3), in quotes."""
    out: list[str] = []
    held = ""
    for sign in folder + "\0":
        if " " <= sign <= "~" or sign == "\0":
            if held:
                packed = held.encode("utf-16-be").hex()
                out.append("&" + _base64(bytes.fromhex(packed)) + "-")
                held = ""
            out.append("&-" if sign == "&" else "" if sign == "\0" else sign)
        else:
            held += sign
    name = "".join(out).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{name}"'


def _base64(data: bytes) -> str:
    return binascii.b2a_base64(data, newline=False).decode().rstrip("=").replace("/", ",")


def _read_heads(found: Sequence[Any]) -> Iterator[Head]:
    """Read the answer of a FETCH for heads."""
    for uid, line, data in _literals(found):
        size = _SIZE.search(line)
        yield Head(uid, int(size[1]) if size else 0, _arrived(line), data)


def _literals(found: Sequence[Any]) -> Iterator[tuple[int, bytes, bytes]]:
    """Give number, line and literal of each mail: pairs of a line and its literal, and what closes them."""
    for at, part in enumerate(found):
        if not isinstance(part, tuple):
            continue
        rest = found[at + 1] if at + 1 < len(found) and not isinstance(found[at + 1], tuple) else b""
        line = part[0] + b" " + _bytes(rest)
        uid = _UID.search(line)
        if uid:
            yield int(uid[1]), line, part[1]


def _arrived(line: bytes) -> dt.datetime | None:
    found = imaplib.Internaldate2tuple(line)
    if found is None:
        return None
    return dt.datetime.fromtimestamp(time.mktime(found), dt.UTC)


def _bytes(part: object) -> bytes:
    if isinstance(part, tuple):
        return b" ".join(each for each in part if isinstance(each, bytes))
    return part if isinstance(part, bytes) else b""


def _plain(found: Sequence[Any]) -> str:
    return said(next((each for each in found if each), b""))


def _day(day: dt.date) -> str:
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    return f"{day.day}-{months[day.month - 1]}-{day.year}"
