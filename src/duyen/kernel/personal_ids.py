"""Personal identity numbers: twelve digits since 2016, nine digits before (no longer valid).

Decree 137/2015/NĐ-CP, article 13: three digits for the province of birth registration, one for century and
sex, two for the year of birth, six at random. There is no check digit: a number is plausible or it is not.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from enum import StrEnum

from duyen.kernel.clock import today
from duyen.kernel.errors import DomainError
from duyen.kernel.words import mark

PROVINCES = {
    "001": "Hà Nội", "002": "Hà Giang", "004": "Cao Bằng", "006": "Bắc Kạn", "008": "Tuyên Quang",
    "010": "Lào Cai", "011": "Điện Biên", "012": "Lai Châu", "014": "Sơn La", "015": "Yên Bái",
    "017": "Hòa Bình", "019": "Thái Nguyên", "020": "Lạng Sơn", "022": "Quảng Ninh", "024": "Bắc Giang",
    "025": "Phú Thọ", "026": "Vĩnh Phúc", "027": "Bắc Ninh", "030": "Hải Dương", "031": "Hải Phòng",
    "033": "Hưng Yên", "034": "Thái Bình", "035": "Hà Nam", "036": "Nam Định", "037": "Ninh Bình",
    "038": "Thanh Hóa", "040": "Nghệ An", "042": "Hà Tĩnh", "044": "Quảng Bình", "045": "Quảng Trị",
    "046": "Thừa Thiên Huế", "048": "Đà Nẵng", "049": "Quảng Nam", "051": "Quảng Ngãi", "052": "Bình Định",
    "054": "Phú Yên", "056": "Khánh Hòa", "058": "Ninh Thuận", "060": "Bình Thuận", "062": "Kon Tum",
    "064": "Gia Lai", "066": "Đắk Lắk", "067": "Đắk Nông", "068": "Lâm Đồng", "070": "Bình Phước",
    "072": "Tây Ninh", "074": "Bình Dương", "075": "Đồng Nai", "077": "Bà Rịa - Vũng Tàu",
    "079": "Hồ Chí Minh", "080": "Long An", "082": "Tiền Giang", "083": "Bến Tre", "084": "Trà Vinh",
    "086": "Vĩnh Long", "087": "Đồng Tháp", "089": "An Giang", "091": "Kiên Giang", "092": "Cần Thơ",
    "093": "Hậu Giang", "094": "Sóc Trăng", "095": "Bạc Liêu", "096": "Cà Mau",
}  # fmt: skip
"""The 63 provinces until 1/7/2025; the mergers changed no personal number."""

FIRST_CENTURY = 1900
LEGACY_ENDED_ON = dt.date(2024, 12, 31)
"""Nine-digit cards were valid until this day (Law 26/2023/QH15 on identification)."""

_SEPARATORS = str.maketrans("", "", " .-\u00a0")
_WRITTEN_BEFORE = re.compile(
    r"^(?:cccd|cmnd|cmt|căn cước|can cuoc|số định danh|so dinh danh)[\s.:]*", re.IGNORECASE
)


class PersonalIdKind(StrEnum):
    CITIZEN = "CITIZEN"
    LEGACY = "LEGACY"


@dataclass(frozen=True, slots=True)
class PersonalId:
    """One number; what it tells of birth serves checking only, never marketing (Law 91/2025/QH15)."""

    value: str
    kind: PersonalIdKind

    @property
    def province(self) -> str | None:
        """Name the province, as of before 1/7/2025, where the birth was registered."""
        return PROVINCES.get(self.value[:3]) if self.kind is PersonalIdKind.CITIZEN else None

    @property
    def birth_year(self) -> int | None:
        """Give the year of birth that a twelve-digit number holds."""
        return birth_year(self.value) if self.kind is PersonalIdKind.CITIZEN else None


class PersonalIdError(DomainError):
    """What was written cannot be a personal number."""

    code = "personal_id_invalid"
    sentence: object = mark("This is not a personal number. Enter the 12 digits on the identity card.")


class PersonalIdEmpty(PersonalIdError):
    code = "personal_id_empty"
    sentence = mark("There is no personal number. Enter the 12 digits on the identity card.")


class PersonalIdLength(PersonalIdError):
    code = "personal_id_length"
    sentence = mark("A personal number has 12 digits, this one has %(digits)s. Check it against the card.")


class PersonalIdProvince(PersonalIdError):
    code = "personal_id_province"
    sentence = mark(
        "No province has the first three digits of this personal number. Check it against the card."
    )


class PersonalIdYear(PersonalIdError):
    code = "personal_id_year"
    sentence = mark("This personal number holds a year of birth to come. Check the 4th to 6th digits.")


def birth_year(number: str) -> int:
    """Give the year of birth in a twelve-digit number: 0, 1 stand for 19xx, 2, 3 for 20xx, 4, 5 for 21xx …"""
    return FIRST_CENTURY + int(number[3]) // 2 * 100 + int(number[4:6])


def fits_birth(number: str, born_on: dt.date) -> bool:
    """Tell whether twelve digits name the year of a birth date.

    They always do on a card: where the year of birth is corrected, the person gets another number (Decree
    70/2024/NĐ-CP on identification). The sex that the number tells of is compared with nothing: a form of
    address is no sex, and none is guessed from a name.
    """
    return birth_year(number) == born_on.year


def is_plausible(number: str) -> bool:
    """Tell whether twelve digits may be a personal number of somebody born by today."""
    return (
        len(number) == 12
        and number.isascii()
        and number.isdigit()
        and number[:3] in PROVINCES
        and birth_year(number) <= today().year
    )


def read_personal_id(text: str) -> PersonalId:
    """Read a personal number of twelve digits, or an old one of nine, with spaces or dots between.

    The refusals name no digit of the number: they end up in logs and screenshots.
    Raises PersonalIdEmpty, PersonalIdLength, PersonalIdProvince, PersonalIdYear or PersonalIdError.
    """
    number = _WRITTEN_BEFORE.sub("", text.strip()).translate(_SEPARATORS)
    if not number:
        raise PersonalIdEmpty
    if not (number.isascii() and number.isdigit()):
        raise PersonalIdError
    if len(number) == 9:
        return PersonalId(number, PersonalIdKind.LEGACY)
    if len(number) != 12:
        raise PersonalIdLength(digits=len(number))
    if number[:3] not in PROVINCES:
        raise PersonalIdProvince
    if not is_plausible(number):
        raise PersonalIdYear
    return PersonalId(number, PersonalIdKind.CITIZEN)
