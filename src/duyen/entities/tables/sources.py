"""The bytes of a file: what it is by the first ones, unpacked where it is packed, and in which encoding."""

from __future__ import annotations

import codecs
import gzip
import io
import os
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import BinaryIO, cast

from duyen.entities.tables import refusals
from duyen.kernel import encodings
from duyen.kernel.encodings import Recognised

_GZIP = b"\x1f\x8b"
ZIP, OLE = b"PK\x03\x04", bytes.fromhex("d0cf11e0a1b11ae1")
_FIRST = 4096
_NO_TABLES = (
    (b"%PDF", refusals.PDF),
    (b"\xff\xd8\xff", refusals.IMAGE),
    (b"\x89PNG", refusals.IMAGE),
    (b"GIF8", refusals.IMAGE),
    (b"BM", refusals.IMAGE),
    (b"II*\0", refusals.IMAGE),
    (b"MM\0*", refusals.IMAGE),
    (b"{\\rtf", refusals.DOCUMENT),
    (b"Rar!", refusals.ARCHIVE),
    (b"7z\xbc\xaf", refusals.ARCHIVE),
)
_IMAGES_INSIDE = (b"WEBP", b"ftypheic", b"ftypavif", b"ftypmif1")
_WEB_PAGE = re.compile(
    rb"^\s*<(?:!doctype html|html|head|table|meta|\?xml[^>]*>\s*<(?:html|workbook))", re.IGNORECASE
)
_MARKS = (
    (codecs.BOM_UTF8, encodings.UTF_8),
    (codecs.BOM_UTF16_LE, encodings.UTF_16_LE),
    (codecs.BOM_UTF16_BE, encodings.UTF_16_BE),
)
_CONTROLS = bytes({*range(9), 14, 15, *range(16, 27), *range(28, 32)})
_BLOCK = 1024 * 1024
_WORD = re.compile(rb"[A-Za-z\x80-\xff]*[\x80-\xff][A-Za-z\x80-\xff]*")
_ANY_WORD = re.compile(r"[^\s\x00-@\[-`{-~]+")
#: So many different words with marks are enough to tell an encoding.
_ENOUGH_WORDS = 5_000
#: Where at least so much of the lines with marks is UTF-8, the others are slips in a file of UTF-8.
_MOSTLY = 0.6


#: Opens the same bytes from their start, as often as it is asked.
Opens = Callable[[], BinaryIO]


class NotATable(Exception):
    """The file cannot be read; the reason is a sentence of `refusals`, filled in."""

    def __init__(self, reason: object, **params: object) -> None:
        super().__init__(reason)
        self.reason = str(reason) % params if params else reason


@contextmanager
def telling() -> Iterator[None]:
    """Turn what goes wrong with packed or unreadable bytes into its reason."""
    try:
        yield
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise NotATable(refusals.CUT_PACKING) from error
    except OSError as error:
        raise NotATable(error.strerror or error) from error


def first_bytes(opens: Opens) -> bytes:
    """Give the first bytes of a file."""
    with telling(), opens() as file:
        return file.read(_FIRST)


def is_packed(first: bytes) -> bool:
    """Tell whether a file is packed by gzip, whatever its name says."""
    return first.startswith(_GZIP)


def unpacked(opens: Opens) -> Opens:
    """Give the file that is packed in one by gzip."""
    return lambda: cast(BinaryIO, _Unpacked(opens()))  # a GzipFile reads as a binary file does


class _Unpacked(gzip.GzipFile):
    """A packed file that closes what it reads from."""

    def __init__(self, packed: BinaryIO) -> None:
        self._packed = packed
        super().__init__(fileobj=packed, mode="rb")

    def close(self) -> None:
        super().close()
        self._packed.close()


def refuse_what_is_no_text(first: bytes) -> None:
    """Raise NotATable for what is known to hold no lines of text: pictures, documents, archives, programs."""
    if not first:
        raise NotATable(refusals.EMPTY)
    for mark, reason in _NO_TABLES:
        if first.startswith(mark):
            raise NotATable(reason)
    if first[4:12] in _IMAGES_INSIDE or first[8:12] in _IMAGES_INSIDE:
        raise NotATable(refusals.IMAGE)
    if _WEB_PAGE.match(first.removeprefix(codecs.BOM_UTF8)):
        raise NotATable(refusals.WEB_PAGE)
    if _wide_encoding(first) is None and len(first.translate(None, _CONTROLS)) < 0.98 * len(first):
        raise NotATable(refusals.BINARY)


def _wide_encoding(first: bytes) -> str | None:
    """Tell UTF-16 by its mark or, without one, by the zeros beside each plain letter."""
    for mark, encoding in _MARKS[1:]:
        if first.startswith(mark):
            return encoding
    low, high = first[0::2].count(0), first[1::2].count(0)
    if max(low, high) * 5 < len(first) // 2 or min(low, high) * 10 > max(low, high):
        return None
    return encodings.UTF_16_LE if high > low else encodings.UTF_16_BE


@dataclass
class _Evidence:
    """What the lines of a file of bytes say: which words they have, and which of them are not UTF-8."""

    words: set[bytes] = field(default_factory=set)
    lines: int = 0
    good: int = 0
    bad: int = 0
    first_bad: int = 0

    def take(self, line: bytes) -> None:
        """Take one line in; whether it is UTF-8 counts always, its words while they are few."""
        try:
            line.decode()
        except UnicodeDecodeError:
            self.bad += 1
            self.first_bad = self.first_bad or self.lines
        else:
            self.good += 1
        if len(self.words) < _ENOUGH_WORDS:
            self.words.update(_WORD.findall(line))


def _evidence(opens: Opens) -> _Evidence:
    """Read the whole file once; blocks of plain ASCII, which are most of many files, are only counted."""
    found = _Evidence()
    with telling(), opens() as file:
        while block := file.read(_BLOCK):
            block += file.readline(_BLOCK)
            if block.isascii():
                found.lines += block.count(b"\n")
                continue
            for line in block.splitlines():
                found.lines += 1
                if not line.isascii():
                    found.take(line)
    return found


def recognise(opens: Opens) -> Recognised:
    """Tell the encoding of a file by its mark or by all of its letters. Raises NotATable when unsure."""
    first = first_bytes(opens)
    wide = _wide_encoding(first)
    if wide is not None:
        return encodings.recognise_letters(_wide_words(opens, wide), within=wide)
    found = _evidence(opens)
    if not found.bad:
        words = {word.decode() for word in found.words}
        return encodings.recognise_letters(words, within=encodings.UTF_8)
    if first.startswith(codecs.BOM_UTF8) or found.good > _MOSTLY * (found.good + found.bad):
        raise NotATable(refusals.MIXED_LETTERS, line=found.first_bad)
    recognised = encodings.recognise_bytes(found.words)
    if recognised is None:
        raise NotATable(refusals.UNKNOWN_LETTERS)
    return recognised


def _wide_words(opens: Opens, encoding: str) -> set[str]:
    """Give different words with marks of a file in UTF-16; reading it says where it is damaged."""
    words: set[str] = set()
    codec = encodings.codec_of(encoding)
    with telling(), opens() as file, io.TextIOWrapper(file, codec, errors="replace", newline="") as text:
        while len(words) < _ENOUGH_WORDS and (block := text.read(_BLOCK)):
            words.update(word for word in _ANY_WORD.findall(block) if not word.isascii())
    return words


def chosen(opens: Opens, encoding: str) -> Recognised:
    """Take the encoding that somebody chose, and tell how far the letters speak for it.

    The letters of a font may stand in a file of UTF-8. Raises NotATable for an encoding that is not known.
    """
    try:
        font = encodings.font_of(encoding)
        encodings.codec_of(encoding)
    except LookupError as error:
        known = ", ".join(encodings.KNOWN)
        raise NotATable(refusals.NO_SUCH_ENCODING, encoding=encoding[:40], known=known) from error
    wide = _wide_encoding(first_bytes(opens))
    if wide is not None:
        return Recognised(f"{wide}+{font}" if font else wide, 1.0)
    found = _evidence(opens)
    if font and font == encoding and found.good and not found.bad:
        encoding = f"{encodings.UTF_8}+{font}"
    return Recognised(encoding, encodings.confidence_in(encoding, found.words))


def line_not_in(opens: Opens, codec: str) -> int:
    """Give the first line that is not in a codec, from 1; 0 for UTF-16, where none can be told."""
    if codec.startswith("utf-16"):
        return 0
    with telling(), opens() as file:
        for number, line in enumerate(file, start=1):
            try:
                line.decode(codec)
            except UnicodeDecodeError:
                return number
    return 0


class Stored(io.RawIOBase):
    """A file that has no name any more, read from its start without moving anybody else's place in it."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._place = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        read = os.pread(self._descriptor, len(buffer), self._place)
        buffer[: len(read)] = read
        self._place += len(read)
        return len(read)
