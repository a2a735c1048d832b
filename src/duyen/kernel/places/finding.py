"""Wards found from a few typed letters: by their names of today, and by those of before 1/7/2025.

What was typed is one run of letters, so that «le chan», «lechan» and «Phường Lê Chân» ask the same. It may
hold the ward, the district and the province, in this order or from the largest down.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain

from duyen.kernel.places.tables import OldDistrict, OldWard, Tables, Ward, short_name, tables
from duyen.kernel.places.words import key_of
from duyen.kernel.text import fold

FEWEST_LETTERS = 2
_KINDS = re.compile(
    r"(?:^|(?<=[\s,]))(?:phuong|thi tran|dac khu|xa|quan|huyen|thi xa|thanh pho|tinh|"
    r"tt|dk|tx|tp|[pxqht](?=[.\s\d]))[.\s]*(?=\S)"
)
_GAP = "|"


@dataclass(frozen=True, slots=True)
class Found:
    """One ward of today; `old` is the one of before by whose name it was found."""

    ward: Ward
    old: OldWard | None = None

    @property
    def value(self) -> str:
        """Give the ward's code, and after a dash the old one's."""
        return f"{self.ward.code}-{self.old.code}" if self.old else self.ward.code

    @property
    def before(self) -> str:
        """Name the old ward with its district: «Phường Lạch Tray, Quận Ngô Quyền»."""
        return f"{self.old.name}, {self.old.district.name}" if self.old else ""


def find_places(typed: str, *, limit: int = 10) -> list[Found]:
    """Give the wards that what was typed may mean, the likeliest first; none for less than two letters."""
    folded = fold(typed)
    runs = dict.fromkeys(
        _run(each) for each in (_KINDS.sub("", folded), _KINDS.sub("", folded, count=1), folded)
    )
    asked = [run for run in runs if len(run) >= FEWEST_LETTERS or run.isdigit()]
    found: dict[str, Found] = {}
    for way in (_whole_names, _place_first, _begun_names):
        for each in chain.from_iterable(way(run) for run in asked):
            found.setdefault(each.ward.code, each)
            if len(found) >= limit:
                return list(found.values())
    return list(found.values())


def _run(folded: str) -> str:
    """Join the words; a sign stands between two numbers, so that «p1 q3» is not ward 13."""
    words = [key_of(word) for word in re.split(r"[^a-z0-9]+", folded)]
    joined = ""
    for word in words:
        joined += _GAP + word if joined[-1:].isdigit() and word[:1].isdigit() else word
    return joined


def _whole_names(run: str) -> Iterator[Found]:
    """Give the wards whose whole name begins what was typed, with district or province behind it."""
    table = tables()
    ends = range(len(run), 0, -1)
    for end in ends:
        name, rest = run[:end], _rest(run, end)
        if rest is None:
            continue
        for ward in table.by_key.get(name, ()):
            if _is_begun(rest, _provinces_of(ward)) or _is_begun(rest, _old_places_of(table, ward)):
                yield Found(ward)
        for old in table.old_by_key.get(name, ()):
            if _is_begun(rest, _places_of(old.district)):
                yield from _became(table, old)


def _place_first(run: str) -> Iterator[Found]:
    """Give the wards of a district or province that begins what was typed, with the ward's name behind it."""
    table = tables()
    for end in range(len(run), 1, -1):
        name, rest = run[:end], _rest(run, end)
        if rest is None:
            continue
        for code in _codes_of(table, name):
            yield from (Found(ward) for ward in table.wards_of[code] if ward.read.key.startswith(rest))
        for district in table.districts_by_key.get(name, ()):
            if rest:
                yield from _in_district(table, district, rest)


def _in_district(table: Tables, district: OldDistrict, rest: str) -> Iterator[Found]:
    for old in district.wards:
        if old.read.key.startswith(rest):
            yield from _became(table, old)
    for code in sorted(district.ward_codes):
        if table.wards[code].read.key.startswith(rest):
            yield Found(table.wards[code])


def _begun_names(run: str) -> Iterator[Found]:
    """Give the wards whose name begins with what was typed; then by a later word of it; old ones last."""
    for keys, units in (_index(), _inner_index(), _old_index()):
        at = bisect_left(keys, run)
        while at < len(keys) and keys[at].startswith(run):
            unit = units[at]
            if isinstance(unit, OldWard):
                yield from _became(tables(), unit)
            else:
                yield Found(unit)
            at += 1


def _became(table: Tables, old: OldWard) -> Iterator[Found]:
    yield from (Found(table.wards[code], old) for code in old.ward_codes)


def _rest(run: str, end: int) -> str | None:
    """Give what stands behind a name, or nothing at all where the cut goes through a number."""
    if run[end - 1 : end].isdigit() and run[end : end + 1].isdigit():
        return None
    return run[end:].removeprefix(_GAP)


def _is_begun(rest: str, places: Iterable[str]) -> bool:
    return not rest or any(place.startswith(rest) for place in places)


def _codes_of(table: Tables, name: str) -> list[str]:
    new, old = table.new_provinces.get(name), table.old_provinces.get(name)
    return list(dict.fromkeys(code for code in (new, table.became.get(old or "")) if code))


@cache
def _province_names() -> dict[str, tuple[str, ...]]:
    """Give the keys of each province of today, with those of the ones that went into it."""
    table = tables()
    names: dict[str, list[str]] = {}
    for key, code in table.new_provinces.items():
        names.setdefault(code, []).append(key)
    for key, name in table.old_provinces.items():
        names.setdefault(table.became[name], []).append(key)
    return {code: tuple(keys) for code, keys in names.items()}


def _provinces_of(ward: Ward) -> tuple[str, ...]:
    return _province_names()[ward.province_code]


def _old_places_of(table: Tables, ward: Ward) -> Iterator[str]:
    """Give the districts that went into a ward, as they still stand in papers."""
    for district in _districts_of()[ward.code]:
        yield from _places_of(district)


@cache
def _districts_of() -> dict[str, list[OldDistrict]]:
    found: dict[str, list[OldDistrict]] = {code: [] for code in tables().wards}
    for district in tables().districts:
        for code in district.ward_codes:
            found[code].append(district)
    return found


def _places_of(district: OldDistrict) -> Iterator[str]:
    old = key_of(fold(short_name(district.province)))
    new = _province_names()[district.province_code]
    for key in district.keys:
        yield key + old
        yield from (key + each for each in new)
    yield old
    yield from new


_Index = tuple[list[str], Sequence[Ward | OldWard]]
_Units = Sequence[tuple[str, str, Ward | OldWard]]


@cache
def _index() -> _Index:
    """Give the names of today in the order of their keys."""
    return _sorted([(ward.read.key, ward.code, ward) for ward in tables().wards.values()])


@cache
def _old_index() -> _Index:
    """Give the names of before in the order of their keys."""
    olds = (old for district in tables().districts for old in district.wards)
    return _sorted([(old.read.key, old.code, old) for old in olds])


@cache
def _inner_index() -> _Index:
    """Give the ends of the names of today that begin with a word inside of them."""
    units = []
    for ward in tables().wards.values():
        words = fold(ward.name).split()
        second = ward.read.kind.count(" ") + 2
        units += [(key_of("".join(words[start:])), ward.code, ward) for start in range(second, len(words))]
    return _sorted(units)


def _sorted(units: _Units) -> _Index:
    ordered = sorted(units, key=lambda unit: unit[:2])
    return [unit[0] for unit in ordered], [unit[2] for unit in ordered]
