"""The units of today and of before 1/7/2025, read once from the tables beside, when somebody first asks.

Source of the codes: Decision 19/2025/QĐ-TTg; where the tables come from stands in `kernel/data/README.md`.
"""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from duyen.kernel.places.words import (
    DISTRICT_KINDS,
    PROVINCE_KINDS,
    WARD_KINDS,
    Name,
    read_name,
)

_DATA = Path(__file__).parent.parent / "data"

PROVINCES = {
    "01": "Thành phố Hà Nội", "04": "Tỉnh Cao Bằng", "08": "Tỉnh Tuyên Quang", "11": "Tỉnh Điện Biên",
    "12": "Tỉnh Lai Châu", "14": "Tỉnh Sơn La", "15": "Tỉnh Lào Cai", "19": "Tỉnh Thái Nguyên",
    "20": "Tỉnh Lạng Sơn", "22": "Tỉnh Quảng Ninh", "24": "Tỉnh Bắc Ninh", "25": "Tỉnh Phú Thọ",
    "31": "Thành phố Hải Phòng", "33": "Tỉnh Hưng Yên", "37": "Tỉnh Ninh Bình", "38": "Tỉnh Thanh Hóa",
    "40": "Tỉnh Nghệ An", "42": "Tỉnh Hà Tĩnh", "44": "Tỉnh Quảng Trị", "46": "Thành phố Huế",
    "48": "Thành phố Đà Nẵng", "51": "Tỉnh Quảng Ngãi", "52": "Tỉnh Gia Lai", "56": "Tỉnh Khánh Hòa",
    "66": "Tỉnh Đắk Lắk", "68": "Tỉnh Lâm Đồng", "75": "Tỉnh Đồng Nai", "79": "Thành phố Hồ Chí Minh",
    "80": "Tỉnh Tây Ninh", "82": "Tỉnh Đồng Tháp", "86": "Tỉnh Vĩnh Long", "91": "Tỉnh An Giang",
    "92": "Thành phố Cần Thơ", "96": "Tỉnh Cà Mau",
}  # fmt: skip
"""The 34 provinces and cities since 1/7/2025 by code (Resolution 202/2025/QH15)."""

_PROVINCE_ALIASES = {
    "Thành phố Hồ Chí Minh": "hcm tphcm hcmc saigon sg tpsg hochiminhcity",
    "Thành phố Hà Nội": "hn hanoi thudohanoi",
    "Thành phố Hải Phòng": "hp",
    "Thành phố Huế": "thuathienhue tthue hue",
    "Tỉnh Bà Rịa - Vũng Tàu": "brvt bariavt vungtau baria",
    "Tỉnh Đắk Lắk": "daclac daklac darlac",
    "Tỉnh Đắk Nông": "dacnong",
    "Tỉnh Kon Tum": "contum congtum",
    "Tỉnh Bắc Kạn": "baccan",
    "Tỉnh Quảng Ninh": "qn",
}
"""Other ways to write a province, as keys; «đn» is left out, because it means two."""

_OLD_DISTRICTS = {
    ("Thành phố Hồ Chí Minh", "Thành phố Thủ Đức"): ("Quận 2", "Quận 9"),
    ("Thành phố Huế", "Quận Thuận Hóa"): ("Thành phố Huế",),
    ("Thành phố Huế", "Quận Phú Xuân"): ("Thành phố Huế",),
}
"""Districts that ended shortly before 2025 and still stand in papers: Resolutions 1111/NQ-UBTVQH14 (2020) and
1314/NQ-UBTVQH15 (2024)."""

_ISLANDS = (
    ("Thành phố Hải Phòng", "Huyện Bạch Long Vĩ", "11948"),
    ("Tỉnh Quảng Trị", "Huyện Cồn Cỏ", "19742"),
    ("Thành phố Đà Nẵng", "Huyện Hoàng Sa", "20333"),
    ("Tỉnh Quảng Ngãi", "Huyện Lý Sơn", "21548"),
    ("Tỉnh Bà Rịa - Vũng Tàu", "Huyện Côn Đảo", "26732"),
)
"""Districts that had no wards; each became one special zone."""


@dataclass(frozen=True, slots=True)
class Ward:
    """One ward, commune or special zone of today: «Phường Lê Chân», code 11383 in province 31."""

    code: str
    name: str
    province_code: str
    read: Name

    @property
    def province(self) -> str:
        """Name the province or city."""
        return PROVINCES[self.province_code]

    @property
    def bare_name(self) -> str:
        """Name the ward without its kind: «Lê Chân»."""
        return self.name.split(" ", self.read.kind.count(" ") + 1)[-1]

    @property
    def label(self) -> str:
        """Name the ward with its province, short: «Phường Lê Chân, Hải Phòng»."""
        return f"{self.name}, {short_name(self.province)}"


@dataclass(frozen=True, slots=True)
class OldWard:
    """One ward of before 1/7/2025 and the codes of the units that took it, the largest share first."""

    code: str
    name: str
    read: Name
    district: OldDistrict
    ward_codes: tuple[str, ...]


@dataclass(slots=True, eq=False)
class OldDistrict:
    """One district of before 1/7/2025. `keys` are the names by which it is found."""

    name: str
    province: str
    province_code: str
    read: Name
    keys: set[str]
    wards: list[OldWard] = field(default_factory=list)
    ward_codes: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Tables:
    """All units, by the keys of their names."""

    wards: dict[str, Ward]
    by_key: dict[str, list[Ward]]
    old_by_key: dict[str, list[OldWard]]
    districts: list[OldDistrict]
    districts_by_key: dict[str, list[OldDistrict]]
    new_provinces: dict[str, str]
    old_provinces: dict[str, str]
    became: dict[str, str]
    wards_of: dict[str, list[Ward]]
    old_wards: dict[str, OldWard]


def short_name(province: str) -> str:
    """Give «Hải Phòng» for «Thành phố Hải Phòng»."""
    return province.removeprefix("Thành phố ").removeprefix("Tỉnh ")


@cache
def tables() -> Tables:
    """Read the tables; takes about a fifth of a second, once in a process."""
    wards = {
        row["code"]: Ward(row["code"], row["name"], row["province_code"], read_name(row["name"], WARD_KINDS))
        for row in _rows("wards.csv.gz")
    }
    made = Tables(wards, _keyed(wards.values()), defaultdict(list), [], defaultdict(list), {}, {}, {}, {}, {})
    for ward in wards.values():
        made.wards_of.setdefault(ward.province_code, []).append(ward)
    _add_old_wards(made)
    _add_provinces(made)
    return made


def _rows(name: str) -> Iterator[dict[str, str]]:
    with gzip.open(_DATA / name, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _keyed(wards: Iterable[Ward]) -> dict[str, list[Ward]]:
    found: dict[str, list[Ward]] = defaultdict(list)
    for ward in wards:
        found[ward.read.key].append(ward)
    return found


def _add_old_wards(made: Tables) -> None:
    splits = {row["old_ward_code"]: tuple(row["ward_codes"].split()) for row in _rows("split_wards.csv.gz")}
    codes = {name: code for code, name in PROVINCES.items()}
    by_name = {(ward.province_code, ward.name): ward.code for ward in made.wards.values()}
    districts: dict[tuple[str, str], OldDistrict] = {}
    for row in _rows("old_wards.csv.gz"):
        province_code = codes[row["new_province"]]
        place = (row["old_province"], row["old_district"])
        district = districts.get(place) or districts.setdefault(place, _district(*place, province_code))
        code, name = row["old_ward_code"], row["old_ward"]
        went = splits.get(code) or (by_name[province_code, row["new_ward"]],)
        old = OldWard(code, name, read_name(name, WARD_KINDS), district, went)
        district.wards.append(old)
        made.old_wards[code] = old
        district.ward_codes.update(went)
        made.old_by_key[old.read.key].append(old)
        made.became[row["old_province"]] = province_code
    for province, name, code in _ISLANDS:
        district = _district(province, name, made.wards[code].province_code)
        district.ward_codes.add(code)
        districts[province, name] = district
    made.districts = list(districts.values())
    for district in made.districts:
        for key in district.keys:
            made.districts_by_key[key].append(district)


def _district(province: str, name: str, province_code: str) -> OldDistrict:
    read = read_name(name, DISTRICT_KINDS)
    former = _OLD_DISTRICTS.get((province, name), ())
    keys = {read.key, *(read_name(each, DISTRICT_KINDS).key for each in former)}
    return OldDistrict(name, province, province_code, read, keys)


def _add_provinces(made: Tables) -> None:
    for code, name in PROVINCES.items():
        for key in _province_keys(name):
            made.new_provinces[key] = code
    for name in made.became:
        for key in _province_keys(name):
            made.old_provinces[key] = name


def _province_keys(name: str) -> list[str]:
    return [read_name(name, PROVINCE_KINDS).key, *_PROVINCE_ALIASES.get(name, "").split()]
