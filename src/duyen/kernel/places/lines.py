"""An address in one line taken apart: what is the house, what the ward, the district, the province."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from duyen.kernel.places.tables import tables
from duyen.kernel.places.words import DISTRICT_KINDS, PROVINCE_KINDS, WARD_KINDS, read_name
from duyen.kernel.text import fold

_COUNTRIES = frozenset(("vietnam", "vn"))
_HAMLET = re.compile(r"^(?:thon|xom|ap|ban|buon|lang|khom|phum|soc|to dan pho|tdp|to|khu pho|kp)[ .]+\S")
# A part that begins with the word for its kind, though no comma stands before it.
_BEFORE_KIND = re.compile(
    r"\s+(?=(?:phường|phuong|thị trấn|thi tran|đặc khu|dac khu|quận|quan|huyện|huyen|thị xã|thi xa|"
    r"thành phố|thanh pho|tỉnh|tinh|p\.|x\.|q\.|h\.|tt\.|tx\.|tp\.|tp\s|xã\s|q\d|p\d))",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"[,;]|\s[-–]\s(?=\S+\s*[.\s])")
_LONGEST_PROVINCE = 4


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of one line, each as it was written."""

    line: str
    ward: str = ""
    district: str = ""
    province: str = ""
    hamlet: str = ""


def divide(line: str) -> Iterator[Parts]:
    """Give the ways in which a line may be an address, the fullest first."""
    pieces = [piece for piece in _pieces(line) if read_name(piece, ()).key not in _COUNTRIES]
    if len(pieces) < 2:
        return
    province = pieces[-1] if is_province(pieces[-1]) else ""
    rest = pieces[:-1] if province else pieces
    district = rest[-1] if len(rest) > 1 and is_district(rest[-1]) else ""
    if district and _is_ward(rest[-2], needs_kind=False) and len(rest) > 2:
        yield _parts(rest[:-2], rest[-2], district, province)
    if district and _is_ward(rest[-2], needs_kind=True):
        yield _parts(rest[:-2], rest[-2], district, province)
    if rest and province and _is_ward(rest[-1], needs_kind=False):
        yield _parts(rest[:-1], rest[-1], "", province)
    if district and province:
        yield _parts(rest[:-1], "", district, province)
    if province and _BETWEEN.search(line):
        yield _parts(rest, "", "", province)


def divide_tail(ward: str, district: str, province: str) -> tuple[str, str, str]:
    """Give ward, district and province where the ward's own cell holds them all."""
    if "," not in ward:
        return ward, district, province
    pieces = [piece.strip() for piece in ward.split(",") if piece.strip()]
    if len(pieces) > 1 and not province and is_province(pieces[-1]):
        province = pieces.pop()
    if len(pieces) > 1 and not district and is_district(pieces[-1]):
        district = pieces.pop()
    # What stands in its own cell as well goes from here.
    for known, kinds in ((province, PROVINCE_KINDS), (district, DISTRICT_KINDS)):
        if len(pieces) > 1 and read_name(pieces[-1], kinds).key == read_name(known, kinds).key:
            pieces.pop()
    return ", ".join(pieces), district, province


def divide_place(text: str) -> tuple[str, str, str]:
    """Give ward, district and province as they stand in one text, or the whole of it as the ward."""
    for parts in divide(f"·, {text}"):
        if parts.line == "·":
            return parts.ward, parts.district, parts.province
    return text, "", ""


def is_province(text: str) -> bool:
    """Tell whether a text names a province, of today or of before."""
    key = read_name(text, PROVINCE_KINDS).key
    return key in tables().new_provinces or key in tables().old_provinces


def is_district(text: str) -> bool:
    """Tell whether a text names a district of before 1/7/2025."""
    return read_name(text, DISTRICT_KINDS).key in tables().districts_by_key


def _is_ward(text: str, *, needs_kind: bool) -> bool:
    read = read_name(text, WARD_KINDS)
    known = read.key in tables().by_key or read.key in tables().old_by_key
    return bool(read.kind) if needs_kind else known or bool(read.kind)


def _pieces(line: str) -> list[str]:
    pieces = [piece.strip() for piece in _BETWEEN.split(line) if piece.strip()]
    if len(pieces) < 3:
        parts = (part.strip(" -") for piece in pieces for part in _BEFORE_KIND.split(piece))
        pieces = [part for part in parts if part]
    return [*pieces[:-1], *_last(pieces[-1])] if pieces else []


def _last(piece: str) -> list[str]:
    """Divide «Q. Ngô Quyền Hải Phòng», where no comma stands before the province."""
    if is_province(piece) or is_district(piece):
        return [piece]
    words = piece.split()
    for count in range(min(_LONGEST_PROVINCE, len(words) - 1), 0, -1):
        end = " ".join(words[-count:])
        if is_province(end) and not read_name(end, PROVINCE_KINDS).key.isdigit():
            return [" ".join(words[:-count]), end]
    return [piece]


def _parts(before: list[str], ward: str, district: str, province: str) -> Parts:
    hamlets = [piece for piece in before[1:] if _HAMLET.match(fold(piece))]
    lines = [piece for piece in before if piece not in hamlets]
    return Parts(", ".join(lines), ward, district, province, ", ".join(hamlets))
