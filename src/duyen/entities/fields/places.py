"""Fields that say where: postal addresses, and the ward and province of the main one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from duyen.entities.fields.base import Field, FieldRefused
from duyen.entities.fields.lists import items_of
from duyen.entities.fields.options import Option
from duyen.entities.fields.simple import Choice
from duyen.entities.sql import Sql, name
from duyen.kernel.places import (
    PROVINCES,
    Address,
    AddressStatus,
    Legacy,
    Ward,
    all_wards,
    old_names_of,
    read_address,
    short_name,
    ward_of,
)
from duyen.kernel.text import clean, fold, sort_key

#: What an address may be sent with; `ward`, `district` and `province` are names as people write them.
ADDRESS_PARTS = (
    *("label", "line", "hamlet", "ward", "district", "province"),
    *("ward_code", "province_code", "legacy", "status", "candidates"),
)
_LEGACY_PARTS = ("ward", "district", "province")
_LONGEST = {"label": 40, "line": 300, "hamlet": 200}
#: The state of a record is that of its least certain address.
_WORST = (
    *(AddressStatus.NEEDS_REVIEW, AddressStatus.UNKNOWN, AddressStatus.CONVERTED, AddressStatus.AS_GIVEN),
)
STATUSES = (
    Option("as_given", _("In today's units"), "green"),
    Option("converted", _("Converted"), "blue"),
    Option("needs_review", _("To be checked"), "amber"),
    Option("unknown", _("Not found"), "red"),
)


@dataclass(frozen=True)
class Addresses(Field):
    """Postal addresses in the units since 1/7/2025, the main one first.

    Each keeps its line, hamlet and label, the codes of ward and province, the state in which they were read
    (`kernel.places.AddressStatus`), and in `legacy` ward, district and province as they were entered, where
    that says more than the codes. `copies` are columns fed from the main one; its part `status` is that of
    the least certain one.
    """

    copies: tuple[tuple[str, str], ...] = ()

    widget: ClassVar[str] = "addresses"
    blank: ClassVar[Any] = ()
    operators: ClassVar[tuple[str, ...]] = ("empty",)
    json_in: ClassVar[Any] = list[str | dict[str, Any]] | None
    json_out: ClassVar[Any] = list[dict[str, Any]]

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column or self.name, *(column for column, _part in self.copies))

    @property
    def status_column(self) -> str:
        """Name the column that tells how certain the addresses are, if there is one."""
        return next((column for column, part in self.copies if part == "status"), "")

    def clean(self, raw: object) -> tuple[dict[str, Any], ...]:
        return tuple(address for item in items_of(raw) if (address := read_item(item)))

    def store(self, value: tuple[dict[str, Any], ...]) -> dict[str, object]:
        main: Mapping[str, Any] = value[0] if value else {}
        copied = {column: main.get(part, "") for column, part in self.copies}
        if self.status_column:
            held = {address.get("status", "") for address in value}
            copied[self.status_column] = next((each.value for each in _WORST if each.value in held), "")
        return {self.columns[0]: list(value), **copied}

    def load(self, row: Mapping[str, Any]) -> tuple[dict[str, Any], ...]:
        return tuple(row[self.columns[0]] or ())

    def to_json(self, value: Any) -> Any:
        return [_told(address) for address in value]

    def show(self, value: Any) -> str:
        return " · ".join(show_address(address) for address in value) or "—"

    def condition(self, alias: str, operator: str, operand: object) -> Sql:
        column = f"{alias}.{name(self.columns[0])}"
        return Sql(f"{column} = '[]'::jsonb" if operand is True else f"{column} <> '[]'::jsonb")


# --- reading ------------------------------------------------------------------------------------------------


def read_item(item: object) -> dict[str, Any]:
    """Read one address as it was sent, into the form that is kept; nothing for an empty one.

    Raises FieldRefused.
    """
    if isinstance(item, str):
        item = {"line": item}
    if not isinstance(item, Mapping):
        raise FieldRefused("address", _("Give an address as an object with line, ward and province."))
    unknown = [key for key in item if key not in ADDRESS_PARTS]
    if unknown:
        raise FieldRefused("address_part", _("An address has no part “%(part)s”."), part=str(unknown[0])[:40])
    label, line, hamlet = (_text(item, part) for part in ("label", "line", "hamlet"))
    code = _text(item, "ward_code")
    read = _of_code(code, item, line) if code else _of_names(item, line)
    kept = {
        "label": label,
        "line": read.line,
        "hamlet": hamlet or read.hamlet,
        "ward_code": read.ward_code,
        "province_code": read.province_code,
        "status": read.status.value,
        "legacy": _kept_legacy(read),
    }
    address = {part: value for part, value in kept.items() if value}
    return address if set(address) - {"label", "status"} else {}


def _text(item: Mapping[str, Any], part: str) -> str:
    given = item.get(part)
    text = clean(str(given)) if given is not None else ""
    longest = _LONGEST.get(part, 200)
    if len(text) > longest:
        raise FieldRefused(
            "too_long",
            _("Too long: %(length)s characters. Shorten it to %(most)s."),
            length=len(text),
            most=longest,
        )
    return text


def _entered(item: Mapping[str, Any]) -> tuple[Legacy, Legacy]:
    """Give the names that were sent, and those that were kept from before."""
    held = item.get("legacy")
    if held is not None and not isinstance(held, Mapping):
        raise FieldRefused("address", _("Give an address as an object with line, ward and province."))
    named = Legacy(*(_text(item, part) for part in _LEGACY_PARTS))
    return named, Legacy(*(_text(held or {}, part) for part in _LEGACY_PARTS))


def _of_code(code: str, item: Mapping[str, Any], line: str) -> Address:
    """Take the ward that was chosen; what was written stays beside it."""
    ward = ward_of(code)
    if ward is None:
        raise FieldRefused("ward_code", _("No ward has the code %(given)s."), given=code[:20])
    if _text(item, "province_code") not in ("", ward.province_code):
        raise FieldRefused(
            "province_code", _("%(ward)s does not lie in the province that is given."), ward=ward.label
        )
    named, held = _entered(item)
    if held != Legacy() and named.ward not in ("", ward.name, held.ward):
        raise FieldRefused(
            "ward_code", _("The code means %(ward)s. Leave out either the code or the name."), ward=ward.label
        )
    legacy = held if held != Legacy() else named
    is_new = legacy == Legacy() or _names(legacy, ward)
    status = AddressStatus.AS_GIVEN if is_new else AddressStatus.CONVERTED
    return Address(line, ward.code, ward.province_code, status, legacy)


def _names(legacy: Legacy, ward: Ward) -> bool:
    """Tell whether what was written means this ward of today."""
    read = read_address("", legacy.ward, legacy.district, legacy.province or ward.province)
    return read.status is AddressStatus.AS_GIVEN and read.ward_code in ("", ward.code)


def _of_names(item: Mapping[str, Any], line: str) -> Address:
    named, held = _entered(item)
    code = _text(item, "province_code")
    if code and code not in PROVINCES:
        raise FieldRefused("province_code", _("No province has the code %(given)s."), given=code[:20])
    # What is sent back as it was given holds the names as they were entered, and the province's of today.
    entered = named if named.ward or named.district or held == Legacy() else held
    if code and not entered.province:
        entered = Legacy(entered.ward, entered.district, PROVINCES[code])
    return read_address(line, entered.ward, entered.district, entered.province)


def _kept_legacy(read: Address) -> dict[str, str]:
    """Give what was entered, unless the codes say just that."""
    legacy, ward = read.legacy, ward_of(read.ward_code)
    by_code = Legacy(ward.name if ward else "", "", PROVINCES.get(read.province_code, ""))
    if legacy == by_code or legacy == Legacy(by_code.ward, "", short_name(by_code.province)):
        return {}
    return {part: text for part in _LEGACY_PARTS if (text := getattr(legacy, part))}


# --- showing ----------------------------------------------------------------------------------------------


def show_address(address: Mapping[str, Any]) -> str:
    """Give one address on one line, from the house to the province, in today's units where they are known."""
    parts = (address.get("line"), address.get("hamlet"), show_place(address))
    return ", ".join(str(part) for part in parts if part)


def show_place(address: Mapping[str, Any]) -> str:
    """Give ward and province: those of today, or else what was entered."""
    ward = ward_of(address.get("ward_code", ""))
    if ward is not None:
        return f"{ward.name}, {ward.province}"
    entered = show_legacy(address)
    return entered or PROVINCES.get(address.get("province_code", ""), "")


def show_legacy(address: Mapping[str, Any]) -> str:
    """Give what was entered, where it is not what the codes say."""
    # Before the units of today were known, the names stood in the address itself.
    held = address.get("legacy") or (address if "status" not in address else {})
    return ", ".join(str(held[part]) for part in _LEGACY_PARTS if held.get(part))


def candidates_of(address: Mapping[str, Any]) -> tuple[Address, tuple[Ward, ...]]:
    """Read anew what was entered, and give the wards that come into question."""
    held = address.get("legacy") or {}
    entered = (held.get(part, "") for part in _LEGACY_PARTS)
    read = read_address(address.get("line", ""), *entered)
    wards = (ward_of(code) for code in read.candidates)
    return read, tuple(ward for ward in wards if ward is not None)


def _told(address: Mapping[str, Any]) -> dict[str, Any]:
    """Give an address with the names behind its codes, and with what there is to choose from."""
    ward = ward_of(address.get("ward_code", ""))
    province = PROVINCES.get(address.get("province_code", ""), "")
    told = {
        **address,
        **({"ward": ward.name} if ward else {}),
        **({"province": province} if province else {}),
    }
    if address.get("status") == AddressStatus.NEEDS_REVIEW:
        told["candidates"] = [each.code for each in candidates_of(address)[1]]
    return told


# --- ward and province of the main address ------------------------------------------------------------------


class _ByName(Field):
    """What two kinds of unit have in common: they are found by any of their names, old ones too."""

    def names(self) -> Sequence[tuple[str, str]]:
        """Give each unit's code with each of its folded names."""
        return ()

    def condition(self, alias: str, operator: str, operand: object) -> Sql:
        if operator not in ("contains", "starts"):
            return super().condition(alias, operator, operand)
        if not isinstance(operand, str) or not operand.strip():
            raise FieldRefused("text", _("Give text."))
        wanted, is_begin = fold(operand), operator == "starts"
        named = [
            code for code, each in self.names() if (each.startswith(wanted) if is_begin else wanted in each)
        ]
        return Sql(f"{alias}.{name(self.columns[0])} = ANY(%s)", (list(dict.fromkeys(named)),))


@cache
def _provinces() -> tuple[Option, ...]:
    ordered = sorted(PROVINCES.items(), key=lambda pair: sort_key(short_name(pair[1])))
    return tuple(Option(code, short_name(each)) for code, each in ordered)


@dataclass(frozen=True)
class Province(_ByName, Choice):
    """A province or city since 1/7/2025, by its code of two digits; any of its names leads to it."""

    options: tuple[Option, ...] = _provinces()
    editable: bool = False

    operators: ClassVar[tuple[str, ...]] = ("eq", "ne", "in", "contains", "starts", "empty")

    def clean(self, raw: object) -> str:
        if isinstance(raw, str) and raw not in PROVINCES:
            found = read_address("", "", "", raw).province_code
            if found:
                return found
        return super().clean(raw)

    def names(self) -> Sequence[tuple[str, str]]:
        return _province_names()


@dataclass(frozen=True)
class WardField(_ByName):
    """A ward, commune or special zone since 1/7/2025, by its code of five digits."""

    editable: bool = False

    widget: ClassVar[str] = "ward"
    blank: ClassVar[Any] = ""
    operators: ClassVar[tuple[str, ...]] = ("eq", "ne", "in", "contains", "starts", "empty")

    def clean(self, raw: object) -> str:
        if isinstance(raw, str):
            if ward_of(raw):
                return raw
            read = read_address("", raw)
            code = read.ward_code or (read.candidates[0] if len(read.candidates) == 1 else "")
            if code:
                return code
        raise FieldRefused(
            "unknown_ward",
            _("“%(given)s” names no single ward. Give its code of five digits, or ward and province."),
            given=str(raw)[:60],
        )

    def show(self, value: Any) -> str:
        ward = ward_of(value or "")
        return ward.name if ward else super().show(value)

    def to_json(self, value: Any) -> Any:
        return value or None

    def order_key(self, alias: str) -> str:
        return f"nullif({alias}.{name(self.columns[0])}, '') COLLATE \"C\""

    def names(self) -> Sequence[tuple[str, str]]:
        return _ward_names()

    def _empty(self, column: str, *, wanted: bool) -> Sql:
        return Sql(f"coalesce({column}, '') {'=' if wanted else '<>'} ''")


@cache
def _province_names() -> tuple[tuple[str, str], ...]:
    """Give each province's code with its folded names, old ones too."""
    today = [(code, fold(text)) for code, each in PROVINCES.items() for text in (each, short_name(each))]
    return (*today, *((code, fold(each)) for each, code in old_names_of().items()))


@cache
def _ward_names() -> tuple[tuple[str, str], ...]:
    """Give each ward's code with its folded name, with and without its kind."""
    return tuple(
        pair
        for ward in all_wards()
        for pair in ((ward.code, fold(ward.name)), (ward.code, fold(ward.bare_name)))
    )
