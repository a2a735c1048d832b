"""Whether a content is what its ending says.

A library names the likeliest type of any content. Here the question is another one: may this content bear
this ending, and is it nothing else beside? See docs/decisions/a-file-is-what-its-ending-says.md.
"""

from __future__ import annotations

import codecs
import struct
import zipfile
from pathlib import Path

from duyen.foundation.files.errors import Disguised, Empty, HoldsMacros, KindNotTaken, TwoInOne
from duyen.foundation.files.kinds import Kind, Look, kind_of
from duyen.foundation.files.names import ending_of

_HEAD = 4096
#: Where a reader of PDF looks for its head.
_PDF_HEAD = 1024
_MOST_MEMBERS = 20_000
_LARGEST_TYPE = 1_000
_WINDOW = 64 * 1024
#: What nobody may disguise as another kind: programs, and what unpacks itself.
_PROGRAMS = (
    b"\x7fELF",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",
    b"MSCF",
    b"L\x00\x00\x00\x01\x14\x02\x00",
)


def judge(path: Path, *, name: str, taken: frozenset[str]) -> Kind:
    """Give the kind of a file by its ending, once its content is found to fit. `taken` are those allowed.

    Raises Empty, KindNotTaken, Disguised, TwoInOne or HoldsMacros.
    """
    ending = ending_of(name)
    kind = kind_of(ending)
    if kind is None or ending not in taken:
        raise KindNotTaken(name=name)
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head:
        raise Empty(name=name)
    if _is_program(head, path) or not _fits(kind, head, path):
        raise Disguised(name=name)
    if kind.look in (Look.PICTURE, Look.PDF) and _holds_an_archive(path):
        raise TwoInOne(name=name)
    if kind.look is Look.OFFICE_ZIP and kind.is_usual and _holds_macros(path):
        raise HoldsMacros(name=name)
    return kind


def _fits(kind: Kind, head: bytes, path: Path) -> bool:
    if kind.look is Look.PDF:
        return _is_pdf(head)
    if kind.look is Look.TEXT:
        return _is_text(path)
    if not any(head[offset : offset + len(start)] == start for offset, start in kind.starts):
        return False
    if kind.look is Look.OFFICE_ZIP:
        names = _members(path)
        return "[Content_Types].xml" in names and any(each.startswith(kind.inside) for each in names)
    if kind.look is Look.OPEN_DOCUMENT:
        return _open_document(path) == kind.inside
    return True


def _is_pdf(head: bytes) -> bool:
    """Find the head of a PDF; before it some programs leave spaces, and others hide another file."""
    at = head[:_PDF_HEAD].find(b"%PDF-")
    before = head[:at].removeprefix(codecs.BOM_UTF8)
    return at == 0 or (at > 0 and not before.strip())


def _is_text(path: Path) -> bool:
    """Tell whether a file holds nothing but text, in whatever encoding."""
    with path.open("rb") as file:
        head = file.read(4)
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return True
        while head:
            if b"\x00" in head:
                return False
            head = file.read(_WINDOW)
    return True


def _is_program(head: bytes, path: Path) -> bool:
    if head.startswith(_PROGRAMS):
        return True
    return head.startswith(b"MZ") and _is_windows_program(path)


def _is_windows_program(path: Path) -> bool:
    """Follow the old head of a program to the new one: many a text begins with MZ as well."""
    with path.open("rb") as file:
        file.seek(0x3C)
        place = file.read(4)
        if len(place) < 4:
            return False
        file.seek(struct.unpack("<I", place)[0])
        return file.read(4)[:2] in (b"PE", b"NE", b"LE", b"LX")


def _members(path: Path) -> list[str]:
    """List the names in a packed file, its contents unread; nothing of one that cannot be read."""
    try:
        with zipfile.ZipFile(path) as packed:
            names = packed.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return []
    return names if len(names) <= _MOST_MEMBERS else []


def _open_document(path: Path) -> str:
    """Read the type that an open document says of itself in its first member."""
    try:
        with zipfile.ZipFile(path) as packed, packed.open("mimetype") as member:
            return member.read(_LARGEST_TYPE).decode("ascii", "replace").strip()
    except (zipfile.BadZipFile, KeyError, OSError, ValueError, RuntimeError, NotImplementedError):
        return ""


def _holds_an_archive(path: Path) -> bool:
    """Tell whether a file can be unpacked as well, whatever stands before the archive in it."""
    return zipfile.is_zipfile(path) and bool(_members(path))


def _holds_macros(path: Path) -> bool:
    return any(each.lower().endswith(("vbaproject.bin", "vbadata.xml")) for each in _members(path))
