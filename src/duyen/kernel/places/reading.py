"""From the names in an address to the units of today.

An address of three levels is looked up among the old wards, one of two levels among those of today; where
both readings lead to one unit, it is certain. Nothing is guessed: what may be several units keeps them all as
candidates.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeVar

from duyen.kernel.places.address import Address, AddressStatus, Legacy, Reason
from duyen.kernel.places.lines import divide, divide_tail
from duyen.kernel.places.tables import OldDistrict, OldWard, Tables, Ward, tables
from duyen.kernel.places.typos import nearest
from duyen.kernel.places.words import DISTRICT_KINDS, PROVINCE_KINDS, WARD_KINDS, Name, is_spelled, read_name
from duyen.kernel.text import clean

_Unit = TypeVar("_Unit", OldWard, Ward)

MOST_CANDIDATES = 30
_KEPT = 65_536
"""So many readings are kept: a file of a million customers names some ten thousand places again and again."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the names of a place lead to."""

    ward_code: str = ""
    province_code: str = ""
    status: AddressStatus = AddressStatus.AS_GIVEN
    candidates: tuple[str, ...] = ()
    reason: Reason = Reason.NONE


def read_address(street: str = "", ward: str = "", district: str = "", province: str = "") -> Address:
    """Read an address of today or of before 1/7/2025, in four parts or whole in the first one.

    Never raises: what cannot be read stays as it was given, with the status UNKNOWN and the reason.
    """
    street, ward, district, province = clean(street), clean(ward), clean(district), clean(province)
    if not (ward or district or province):
        return _whole_line(street)
    found = read_place(ward, district, province)
    return _address(street, "", Legacy(ward, district, province), found)


def _address(line: str, hamlet: str, legacy: Legacy, found: Reading) -> Address:
    return Address(
        line=line,
        hamlet=hamlet,
        ward_code=found.ward_code,
        province_code=found.province_code,
        status=found.status,
        legacy=legacy,
        candidates=found.candidates,
        reason=found.reason,
    )


def _whole_line(line: str) -> Address:
    """Read an address that stands in one line; without a province and a ward or district it stays a line."""
    for parts in divide(line):
        found = read_place(parts.ward, parts.district, parts.province)
        known = found.ward_code or found.candidates
        if known or (found.province_code and not parts.ward and not parts.district and parts.line):
            legacy = Legacy(parts.ward, parts.district, parts.province)
            return _address(parts.line, parts.hamlet, legacy, found)
    return _address(line, "", Legacy(), Reading())


@lru_cache(maxsize=_KEPT)
def read_place(ward: str, district: str, province: str) -> Reading:
    """Read the names of ward, district and province, each as written; empty ones are not known."""
    ward, district, province = divide_tail(ward, district, province)
    asked = _asked(ward, district, province)
    if province and not asked.province_codes:
        return _province_unknown(asked)
    if not ward:
        return _without_ward(asked)
    return _with_ward(asked) or Reading("", asked.only_province, AddressStatus.UNKNOWN, (), Reason.WARD)


@dataclass(frozen=True, slots=True)
class _Asked:
    """The three names, read; and what province and district may be."""

    table: Tables
    ward: Name
    ward_whole: Name
    district: Name
    province_codes: frozenset[str]
    old_provinces: frozenset[str]
    is_old_province: bool
    districts: tuple[OldDistrict, ...]
    has_district: bool

    @property
    def only_province(self) -> str:
        """Give the province of today, where it is certain."""
        return next(iter(self.province_codes)) if len(self.province_codes) == 1 else ""

    def allows(self, old: OldWard) -> bool:
        """Tell whether an old ward lies where the other names say."""
        return self.allows_district(old.district) and (
            not self.districts or any(old.district is each for each in self.districts)
        )

    def allows_district(self, district: OldDistrict) -> bool:
        """Tell whether a district lies in the province: as it was, or as it is now."""
        if not self.province_codes:
            return True
        return district.province_code in self.province_codes and (
            not self.is_old_province or district.province in self.old_provinces
        )


def _asked(ward: str, district: str, province: str) -> _Asked:
    table = tables()
    read_province = read_name(province, PROVINCE_KINDS)
    codes, olds, is_old = _provinces(table, read_province) if province else (frozenset(), frozenset(), False)
    read = read_name(district, DISTRICT_KINDS)
    asked = _Asked(
        table=table,
        ward=read_name(ward, WARD_KINDS),
        ward_whole=read_name(ward, ()),
        district=read,
        province_codes=codes,
        old_provinces=olds,
        is_old_province=is_old,
        districts=(),
        has_district=bool(district),
    )
    if not district:
        return asked
    return replace(asked, districts=_districts(asked, read))


def _provinces(table: Tables, read: Name) -> tuple[frozenset[str], frozenset[str], bool]:
    """Give the codes of today, the old provinces meant, and whether only an old one has this name."""
    for key in (read.key, read.whole):
        new, old = table.new_provinces.get(key), table.old_provinces.get(key)
        if new:
            return frozenset((new,)), frozenset((old,) if old else ()), False
        if old:
            return frozenset((table.became[old],)), frozenset((old,)), True
    key = nearest(read.key, table.new_provinces | table.old_provinces)
    if not key:
        return frozenset(), frozenset(), False
    new, old = table.new_provinces.get(key), table.old_provinces.get(key)
    if new:
        return frozenset((new,)), frozenset((old,) if old else ()), False
    return frozenset((table.became[old or ""],)), frozenset((old or "",)), True


def _districts(asked: _Asked, read: Name) -> tuple[OldDistrict, ...]:
    table = asked.table
    for key in dict.fromkeys((read.key, read.whole)):
        found = [each for each in table.districts_by_key.get(key, ()) if asked.allows_district(each)]
        if found:
            return _best_districts(found, read)
    near: dict[str, list[OldDistrict]] = {}
    if asked.province_codes:
        for each in table.districts:
            if asked.allows_district(each):
                near.setdefault(each.read.key, []).append(each)
    return tuple(near.get(nearest(read.key, near), ()))


def _best_districts(found: list[OldDistrict], read: Name) -> tuple[OldDistrict, ...]:
    """Keep those of the kind that was written, and of its marks, where there are any."""
    of_kind = [each for each in found if read.kind and each.read.kind == read.kind] or found
    if not read.has_marks:
        return tuple(of_kind)
    return tuple([each for each in of_kind if is_spelled(read, each.read)] or of_kind)


# --- the ward --------------------------------------------------------------------------------------------


def _with_ward(asked: _Asked) -> Reading | None:
    for read in (asked.ward, asked.ward_whole):
        found = _named(asked, read)
        if found:
            return found
        if not asked.ward.kind:
            break
    return _elsewhere(asked) or _misspelled(asked)


def _named(asked: _Asked, read: Name) -> Reading | None:
    """Read a ward whose name is known in the place where it should lie."""
    olds = [each for each in asked.table.old_by_key.get(read.key, ()) if asked.allows(each)]
    news = [each for each in asked.table.by_key.get(read.key, ()) if _lies(asked, each)]
    if asked.has_district and not asked.districts:
        return None
    olds, news = _spelled(read, olds), _spelled(read, news)
    if asked.has_district:
        return _three_levels(asked, read, olds, news)
    return _two_levels(asked, read, olds, news)


def _lies(asked: _Asked, ward: Ward) -> bool:
    """Tell whether a ward of today lies where district and province say; an old district says it loosely."""
    if asked.province_codes and ward.province_code not in asked.province_codes:
        return False
    if asked.districts:
        return any(ward.code in each.ward_codes for each in asked.districts)
    return True


def _spelled(read: Name, units: list[_Unit]) -> list[_Unit]:
    """Keep the units of the kind and the marks that were written, where there are any."""
    if len(units) > 1 and read.kind:
        units = [each for each in units if each.read.kind == read.kind] or units
    if len(units) > 1 and read.has_marks:
        units = [each for each in units if is_spelled(read, each.read)] or units
    return units


def _three_levels(asked: _Asked, read: Name, olds: Sequence[OldWard], news: Sequence[Ward]) -> Reading | None:
    """Read a ward with a district: an old one; or one of today, with the district left over."""
    if asked.district.was and news and olds and not read.was:
        # «Phường An Biên, quận Lê Chân (cũ)»: the district is known to be gone, the ward may be either.
        return _of_codes(asked, [each.code for each in news] + _went(olds), is_old=False)
    if olds:
        return _of_codes(asked, _went(olds), is_old=True, is_split=len(olds) == 1)
    if news:
        return _of_codes(asked, [each.code for each in news], is_old=False)
    return None


def _two_levels(asked: _Asked, read: Name, olds: Sequence[OldWard], news: Sequence[Ward]) -> Reading | None:
    """Read a ward without a district: one of today where one has this name and kind, else an old one."""
    exact = [each for each in news if not read.kind or each.read.kind == read.kind]
    if asked.is_old_province and olds and exact:
        # «Phường Tân Bình, Hải Dương»: the province is an old one, the ward may be either.
        return _of_codes(asked, _went(olds) + [each.code for each in exact], is_old=True)
    if exact and not read.was:
        return _of_codes(asked, [each.code for each in exact], is_old=False)
    if olds and news and not any(each.read.kind == read.kind for each in olds):
        return _of_codes(asked, [each.code for each in news] + _went(olds), is_old=True)
    if olds:
        return _of_codes(asked, _went(olds), is_old=True, is_split=len(olds) == 1)
    if news:
        return _of_codes(asked, [each.code for each in news], is_old=False)
    return None


def _went(olds: Iterable[OldWard]) -> list[str]:
    """Give the units of today that took some old wards, the largest shares first."""
    return [code for each in olds for code in each.ward_codes]


def _of_codes(
    asked: _Asked, codes: Sequence[str], *, is_old: bool, is_split: bool = False, doubt: Reason = Reason.NONE
) -> Reading:
    codes = tuple(dict.fromkeys(codes))
    provinces = {asked.table.wards[code].province_code for code in codes}
    province = next(iter(provinces)) if len(provinces) == 1 else ""
    if len(codes) == 1 and not doubt and (asked.province_codes or asked.districts):
        status = AddressStatus.CONVERTED if is_old or asked.is_old_province else AddressStatus.AS_GIVEN
        return Reading(codes[0], province, status)
    if len(codes) > MOST_CANDIDATES:
        return Reading("", province, AddressStatus.UNKNOWN, (), Reason.SEVERAL)
    reason = doubt or (Reason.SPLIT if is_split and len(codes) > 1 else Reason.SEVERAL)
    return Reading("", province, AddressStatus.NEEDS_REVIEW, codes, reason)


def _elsewhere(asked: _Asked) -> Reading | None:
    """Look for the ward in the province when the district has none of this name, or is not known."""
    if not asked.has_district or not asked.province_codes:
        return None
    wide = replace(asked, districts=(), is_old_province=False)
    read, table = asked.ward, asked.table
    olds = _spelled(read, [each for each in table.old_by_key.get(read.key, ()) if wide.allows(each)])
    news = _spelled(read, [each for each in table.by_key.get(read.key, ()) if _lies(wide, each)])
    codes = _went(olds) + [each.code for each in news]
    if not codes:
        return None
    return _of_codes(wide, codes, is_old=True, doubt=Reason.DISTRICT)


def _misspelled(asked: _Asked) -> Reading | None:
    """Offer the units whose name differs by one letter, within the district or the province."""
    near: dict[str, list[str]] = {}
    if asked.districts:
        for district in asked.districts:
            for old in district.wards:
                near.setdefault(old.read.key, []).extend(old.ward_codes)
            for code in sorted(district.ward_codes):
                near.setdefault(asked.table.wards[code].read.key, []).append(code)
    elif asked.only_province and not asked.has_district:
        for ward in asked.table.wards_of[asked.only_province]:
            near.setdefault(ward.read.key, []).append(ward.code)
    key = nearest(asked.ward.key, near)
    return _of_codes(asked, near[key], is_old=True, doubt=Reason.TYPO) if key else None


# --- without a ward ----------------------------------------------------------------------------------------


def _without_ward(asked: _Asked) -> Reading:
    """Read a district alone, or a province alone."""
    codes = sorted({code for each in asked.districts for code in each.ward_codes})
    if codes:
        provinces = {each.province_code for each in asked.districts}
        if len(codes) == 1:
            return _of_codes(asked, codes, is_old=True)
        province = next(iter(provinces)) if len(provinces) == 1 else ""
        return Reading(
            "", province, AddressStatus.NEEDS_REVIEW, tuple(codes[:MOST_CANDIDATES]), Reason.NO_WARD
        )
    if asked.has_district:
        return Reading("", asked.only_province, AddressStatus.UNKNOWN, (), Reason.DISTRICT)
    status = AddressStatus.CONVERTED if asked.is_old_province else AddressStatus.AS_GIVEN
    return Reading("", asked.only_province, status)


def _province_unknown(asked: _Asked) -> Reading:
    """Where the province cannot be read, district and ward may still name one place, to be checked."""
    found = _named(asked, asked.ward) if asked.ward.key else None
    if found is None or not (found.ward_code or found.candidates):
        return Reading("", "", AddressStatus.UNKNOWN, (), Reason.PROVINCE)
    codes = found.candidates or (found.ward_code,)
    return Reading("", "", AddressStatus.NEEDS_REVIEW, codes, Reason.PROVINCE)
