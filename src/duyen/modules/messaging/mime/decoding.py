"""Turn the bytes of headers and bodies into Vietnamese text, whatever was said about their encoding.

The label of a mail is often wrong: Outlook calls UTF-8 «iso-8859-1», old programs call Windows-1258 or TCVN3
«us-ascii», and an encoded word may end in the middle of a letter. So UTF-8 wins wherever the bytes are UTF-8,
then the label, then the encoding in which the words are Vietnamese.
"""

from __future__ import annotations

import binascii
import codecs
import quopri
import re
import unicodedata

from duyen.kernel.encodings import (
    WINDOWS_1252,
    WINDOWS_1258,
    codec_of,
    letters_of,
    recognise_bytes,
)

#: Labels that programs put on anything: what they say is believed last.
_DOUBTFUL = {"", "us-ascii", "ascii", "iso-8859-1", "iso8859-1", "latin-1", "windows-1252", "cp1252"}
_DOUBTFUL |= {"unknown-8bit", "8bit", "default", "x-unknown", "unknown", "x-user-defined", "iso-8859-15"}
#: Names that Python does not know.
_ALIASES = {"windows-1258": "cp1258", "x-windows-1258": "cp1258", "tcvn": "tcvn3", "x-viet-tcvn5712": "tcvn3"}
_ALIASES |= {"tcvn-5712": "tcvn3", "tcvn5712-1": "tcvn3", "x-viet-vni": "vni", "cp-850": "cp850"}
_ENCODED = re.compile(r"=\?([^?\s*]+)(?:\*[^?\s]*)?\?([bBqQ])\?([^?]*)\?=")
_WORD = re.compile(rb"[A-Za-z\x80-\xff]*[\x80-\xff][A-Za-z\x80-\xff]*")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029\ufeff]")
#: So many different words are enough to tell an encoding by.
_MOST_WORDS = 400


def decode_bytes(data: bytes, label: str = "") -> str:
    """Give the text of some bytes, in NFC, without control characters; never fails."""
    return tidy(_decoded(data, label.strip().strip("\"'").lower()))


def _decoded(data: bytes, label: str) -> str:
    if data.isascii() and not label.startswith(("utf-7", "utf-16", "iso-2022", "hz")):
        return data.decode("ascii")
    name = _ALIASES.get(label, label)
    if name not in ("utf-16", "utf-16le", "utf-16be"):
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError:
            pass
    if name in ("tcvn3", "vni"):
        return letters_of(name)(data.decode(codec_of(name), "replace"))
    if label not in _DOUBTFUL and _is_known(name):
        text = data.decode(name, "replace")
        if text.count("\ufffd") * 20 <= len(text):
            return text
    return _guessed(data, name)


def _is_known(name: str) -> bool:
    try:
        # A codec that makes bytes of bytes is none of text.
        return codecs.lookup(name)._is_text_encoding
    except (LookupError, ValueError):
        return False


def _guessed(data: bytes, name: str) -> str:
    """Decode by the encoding in which the words with marks are Vietnamese, or as a Western text."""
    words = set(_WORD.findall(data)[: _MOST_WORDS * 4])
    found = recognise_bytes(list(words)[:_MOST_WORDS]) if words else None
    encoding = found.encoding if found else WINDOWS_1258 if name == "cp1258" else WINDOWS_1252
    return letters_of(encoding)(data.decode(codec_of(encoding), "replace"))


def decode_words(raw: object) -> str:
    """Give the text of a header: encoded words joined before they are read, bare bytes recognised.

    Encoded words that follow one another in one encoding are one text: programs cut them between the bytes
    of a letter.
    """
    text = _bare(str(raw or "").replace("\r", "").replace("\n", " ").replace("\t", " "))
    said: list[str] = []
    waiting, label, end = b"", "", 0
    for found in _ENCODED.finditer(text):
        between = text[end : found.start()]
        is_next = bool(waiting) and not between.strip()
        data, named = _word_bytes(found[2], found[3]), found[1].lower()
        if is_next and named == label:
            waiting += data
        else:
            said += [_decoded(waiting, label), "" if is_next else between]
            waiting, label = data, named
        end = found.end()
    said += [_decoded(waiting, label), text[end:]]
    return " ".join(tidy("".join(said)).split())


def _bare(text: str) -> str:
    """Read the bytes that stand in a header without a word about their encoding."""
    if text.isascii():
        return text
    return _decoded(text.encode("utf-8", "surrogateescape"), "")


def _word_bytes(kind: str, text: str) -> bytes:
    if kind in "bB":
        plain = re.sub(r"[^A-Za-z0-9+/]", "", text)
        return binascii.a2b_base64(plain[: len(plain) // 4 * 4 + (len(plain) % 4 > 1) * 4] + "==")
    return quopri.decodestring(text.replace("_", "=20").encode("utf-8", "replace"))


def tidy(text: str) -> str:
    """Bring text into NFC with plain line ends, without signs that are no text."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ")
    plain = plain.encode("utf-8", "replace").decode("utf-8")
    return unicodedata.normalize("NFC", _CONTROL.sub("", plain))
