"""Write text as old programs did, so that tests can read it back."""

from __future__ import annotations

import unicodedata

from duyen.kernel import encodings, legacy_letters
from duyen.kernel.letters import TONE_MARKS


def encode(text: str, encoding: str) -> bytes:
    """Return the bytes of `text` in an encoding of `kernel.encodings`. Raises UnicodeEncodeError.

    A capital with a tone has no letter in TCVN3: the small one stands for it, as under a font for capitals.
    """
    text = unicodedata.normalize("NFC", text)
    if encoding == encodings.WINDOWS_1258:
        return "".join(map(_for_1258, text)).encode("cp1258")
    font = encodings.font_of(encoding)
    letters = _inverted(legacy_letters._TCVN3 if font == encodings.TCVN3 else legacy_letters._VNI)
    if font:
        text = "".join(letters.get(sign) or letters.get(sign.lower(), sign) for sign in text)
    codec = encodings.codec_of(encoding)
    return text.encode("utf-8" if codec == "utf-8-sig" else codec)


def _inverted(table: dict[int, str] | dict[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, letter in table.items():
        written = chr(key) if isinstance(key, int) else key
        # Of the two spellings of a capital, typists use the one with the sign as a capital.
        if letter not in found or written.isupper():
            found[letter] = written
    return found


def _for_1258(sign: str) -> str:
    """Write a letter as Windows-1258 keeps it: with its own sign for the tone where it has no whole one."""
    try:
        sign.encode("cp1258")
    except UnicodeEncodeError:
        marks = unicodedata.normalize("NFD", sign)
        letter = unicodedata.normalize("NFC", "".join(mark for mark in marks if mark not in TONE_MARKS))
        return letter + "".join(mark for mark in marks if mark in TONE_MARKS)
    return sign
