"""Which kinds of file there are: by their ending, what they are called in HTTP, and how their content begins.

A declared ending must fit the content; see `contents`. Whatever is not listed here is not taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Look(StrEnum):
    """How the content of a kind is recognised."""

    PICTURE = "picture"
    PDF = "pdf"
    TEXT = "text"
    OFFICE_ZIP = "office_zip"
    OPEN_DOCUMENT = "open_document"
    OLD_OFFICE = "old_office"
    BYTES = "bytes"


@dataclass(frozen=True)
class Kind:
    """One kind of file. `starts` are the ways in which it may begin, as pairs of offset and bytes.

    `inside` is what a packed kind must hold: a folder of an office file, or the type of an open document.
    `icon` is that of the list. `pictured` says that previews are made of it. `is_usual` leaves out what
    carries macros: a company has to allow it first.
    """

    endings: tuple[str, ...]
    mime: str
    look: Look
    icon: str
    starts: tuple[tuple[int, bytes], ...] = ()
    inside: str = ""
    pictured: bool = False
    is_usual: bool = True


_OLE = ((0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),)
_ZIP = ((0, b"PK\x03\x04"), (0, b"PK\x05\x06"))
_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif")
_OPENXML = "application/vnd.openxmlformats-officedocument"


def _packed(ending: str, mime: str, folder: str, *, icon: str, is_usual: bool = True) -> Kind:
    return Kind((ending,), mime, Look.OFFICE_ZIP, icon, _ZIP, folder, is_usual=is_usual)


def _open(ending: str, name: str, *, icon: str) -> Kind:
    mime = f"application/vnd.oasis.opendocument.{name}"
    return Kind((ending,), mime, Look.OPEN_DOCUMENT, icon, _ZIP, mime)


def _old(ending: str, mime: str, *, icon: str) -> Kind:
    return Kind((ending,), mime, Look.OLD_OFFICE, icon, _OLE)


def _text(*endings: str, mime: str = "text/plain") -> Kind:
    return Kind(endings, mime, Look.TEXT, icon="file-text")


def _bytes(*endings: str, mime: str, icon: str, starts: tuple[tuple[int, bytes], ...]) -> Kind:
    return Kind(endings, mime, Look.BYTES, icon, starts)


def _picture(*endings: str, mime: str, starts: tuple[tuple[int, bytes], ...], pictured: bool = True) -> Kind:
    return Kind(endings, mime, Look.PICTURE, icon="image", starts=starts, pictured=pictured)


KINDS: tuple[Kind, ...] = (
    _picture("jpg", "jpeg", mime="image/jpeg", starts=((0, b"\xff\xd8\xff"),)),
    _picture("png", mime="image/png", starts=((0, b"\x89PNG\r\n\x1a\n"),)),
    _picture("gif", mime="image/gif", starts=((0, b"GIF87a"), (0, b"GIF89a"))),
    _picture("webp", mime="image/webp", starts=((8, b"WEBP"),)),
    _picture("bmp", mime="image/bmp", starts=((0, b"BM"),)),
    _picture("tif", "tiff", mime="image/tiff", starts=((0, b"II*\x00"), (0, b"MM\x00*"))),
    _picture(
        "heic", "heif", "avif", mime="image/heic", pictured=False,
        starts=tuple((4, b"ftyp" + brand) for brand in _BRANDS),
    ),
    Kind(("pdf",), "application/pdf", Look.PDF, icon="file-text", pictured=True),
    _packed("docx", f"{_OPENXML}.wordprocessingml.document", "word/", icon="file-text"),
    _packed("xlsx", f"{_OPENXML}.spreadsheetml.sheet", "xl/", icon="file-spreadsheet"),
    _packed("pptx", f"{_OPENXML}.presentationml.presentation", "ppt/", icon="presentation"),
    _packed(
        "docm", "application/vnd.ms-word.document.macroEnabled.12", "word/", icon="file-text",
        is_usual=False,
    ),
    _packed(
        "xlsm", "application/vnd.ms-excel.sheet.macroEnabled.12", "xl/", icon="file-spreadsheet",
        is_usual=False,
    ),
    _packed(
        "pptm", "application/vnd.ms-powerpoint.presentation.macroEnabled.12", "ppt/", icon="presentation",
        is_usual=False,
    ),
    _open("odt", "text", icon="file-text"),
    _open("ods", "spreadsheet", icon="file-spreadsheet"),
    _open("odp", "presentation", icon="presentation"),
    _old("doc", "application/msword", icon="file-text"),
    _old("xls", "application/vnd.ms-excel", icon="file-spreadsheet"),
    _old("ppt", "application/vnd.ms-powerpoint", icon="presentation"),
    _old("msg", "application/vnd.ms-outlook", icon="mail"),
    _bytes("rtf", mime="application/rtf", icon="file-text", starts=((0, b"{\\rtf"),)),
    _text("txt", "md", "log"),
    _text("csv", mime="text/csv"),
    _text("tsv", mime="text/tab-separated-values"),
    _text("json", mime="application/json"),
    _text("xml", mime="application/xml"),
    _text("vcf", mime="text/vcard"),
    _text("ics", mime="text/calendar"),
    _text("eml", mime="message/rfc822"),
    _text("html", "htm", mime="text/html"),
    _text("svg", mime="image/svg+xml"),
    _bytes("zip", mime="application/zip", icon="file-archive", starts=_ZIP),
    _bytes("rar", mime="application/vnd.rar", icon="file-archive", starts=((0, b"Rar!\x1a\x07"),)),
    _bytes(
        "7z", mime="application/x-7z-compressed", icon="file-archive",
        starts=((0, b"7z\xbc\xaf\x27\x1c"),),
    ),
    _bytes("gz", mime="application/gzip", icon="file-archive", starts=((0, b"\x1f\x8b"),)),
    _bytes(
        "mp3", mime="audio/mpeg", icon="mic",
        starts=((0, b"ID3"), (0, b"\xff\xfb"), (0, b"\xff\xf3"), (0, b"\xff\xf2")),
    ),
    _bytes("wav", mime="audio/wav", icon="mic", starts=((8, b"WAVE"),)),
    _bytes("ogg", mime="audio/ogg", icon="mic", starts=((0, b"OggS"),)),
    _bytes("amr", mime="audio/amr", icon="mic", starts=((0, b"#!AMR"),)),
    _bytes("aac", mime="audio/aac", icon="mic", starts=((0, b"\xff\xf1"), (0, b"\xff\xf9"), (0, b"ADIF"))),
    _bytes("m4a", mime="audio/mp4", icon="mic", starts=((4, b"ftyp"),)),
    _bytes("mp4", "m4v", mime="video/mp4", icon="video", starts=((4, b"ftyp"),)),
    _bytes("mov", mime="video/quicktime", icon="video", starts=((4, b"ftyp"), (4, b"moov"), (4, b"wide"))),
    _bytes("3gp", mime="video/3gpp", icon="video", starts=((4, b"ftyp"),)),
    _bytes("webm", "mkv", mime="video/webm", icon="video", starts=((0, b"\x1a\x45\xdf\xa3"),)),
    _bytes("avi", mime="video/x-msvideo", icon="video", starts=((8, b"AVI "),)),
    _bytes("dwg", mime="image/vnd.dwg", icon="file", starts=((0, b"AC10"),)),
    _bytes("psd", mime="image/vnd.adobe.photoshop", icon="image", starts=((0, b"8BPS"),)),
)  # fmt: skip

BY_ENDING: Mapping[str, Kind] = {ending: kind for kind in KINDS for ending in kind.endings}
#: What a company takes until it decides otherwise.
USUAL: tuple[str, ...] = tuple(ending for kind in KINDS if kind.is_usual for ending in kind.endings)


def kind_of(ending: str) -> Kind | None:
    """Give the kind of an ending, without its dot."""
    return BY_ENDING.get(ending.lower())
