"""How values are written on a page, in the reader's language; templates never format by hand.

Times are shown in Asia/Ho_Chi_Minh. Nothing known is —, zero is 0, a minus is U+2212.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Protocol
from zlib import crc32

from django.utils import formats
from django.utils.translation import get_language, gettext
from markupsafe import Markup

from duyen.kernel import clock, dates, phones
from duyen.kernel.text import clean, fold

NOTHING = "—"
MINUS = "−"
NBSP = "\u00a0"


class Amount(Protocol):
    """What `vnd` reads of a sum of money: whole minor units and the currency's code."""

    @property
    def amount(self) -> int: ...
    @property
    def currency(self) -> str: ...


#: Currencies that are not written with their code, and how many minor digits each has.
SIGNS = {"VND": "₫", "USD": "US$", "EUR": "€"}
MINOR_DIGITS = {"VND": 0, "JPY": 0, "KRW": 0}
#: Short forms for tiles and lanes, largest first.
SCALES = ((1_000_000_000, "billion"), (1_000_000, "million"))

Number = int | float | Decimal


def _grouped(value: Number, places: int | None = None) -> str:
    text = formats.number_format(
        Decimal(str(abs(value))), decimal_pos=places, use_l10n=True, force_grouping=True
    )
    return f"{MINUS}{text}" if value < 0 else text


def so(value: Number | None, places: int | None = None) -> str:
    """Write a number with grouped thousands: 1.234.567 or 3,5."""
    return NOTHING if value is None else _grouped(value, places)


def percent(value: Number | None, places: int = 1) -> str:
    """Write a percentage, given as 34.2 for 34,2%."""
    if value is None:
        return NOTHING
    decimal_mark = formats.get_format("DECIMAL_SEPARATOR")
    text = _grouped(value, places)
    return f"{text.rstrip('0').rstrip(decimal_mark) if decimal_mark in text else text}%"


def _sum(value: Amount | int) -> tuple[Decimal, str, int]:
    """Take a sum apart: major units, the currency's sign, its minor digits."""
    minor, currency = (value, "VND") if isinstance(value, int) else (value.amount, value.currency)
    digits = MINOR_DIGITS.get(currency, 2)
    return Decimal(minor).scaleb(-digits), SIGNS.get(currency, currency), digits


def vnd(value: Amount | int | None) -> str:
    """Write a sum of money: 1.234.567 ₫, with a space that does not break."""
    if value is None:
        return NOTHING
    major, sign, digits = _sum(value)
    return f"{_grouped(major, digits)}{NBSP}{sign}"


def money_figure(value: Amount | int | None) -> str:
    """Write a sum without its currency, for columns that name it in their head."""
    if value is None:
        return NOTHING
    major, _sign, digits = _sum(value)
    return _grouped(major, digits)


def vnd_short(value: Amount | int | None) -> str:
    """Write a sum shortly for tiles and lanes: 2,84 tỷ ₫, 640 triệu ₫."""
    if value is None:
        return NOTHING
    major, sign, _digits = _sum(value)
    for size, name in SCALES:
        if abs(major) >= size:
            figure = _grouped((major / size).quantize(Decimal("0.01")).normalize() + 0)
            scale = {"billion": gettext("billion"), "million": gettext("million")}[name]
            return f"{figure}{NBSP}{scale}{NBSP}{sign}"
    return vnd(value)


def ngay(value: dt.date | None) -> str:
    """Write a day: 23/11/2026."""
    if value is None:
        return NOTHING
    return dates.show_date(value.astimezone(clock.ZONE).date() if isinstance(value, dt.datetime) else value)


def gio(value: dt.datetime | None) -> str:
    """Write a time of day: 09:30."""
    return NOTHING if value is None else dates.show_time(value)


def ngay_gio(value: dt.datetime | None) -> str:
    """Write a moment whole: 23/11/2026 09:30."""
    return NOTHING if value is None else dates.show_moment(value)


def gan(value: dt.datetime | None) -> Markup | str:
    """Write a moment by its distance, with the whole moment for machines and on pointing."""
    if value is None:
        return NOTHING
    words = dates.near(value, now=clock.now(), language=get_language() or "vi")
    moment = value.astimezone(clock.ZONE).isoformat(timespec="minutes")
    return Markup('<time datetime="{}" title="{}">{}</time>').format(moment, ngay_gio(value), words)


def phone(value: str | None) -> str:
    """Write a stored number in groups: 0912 345 678."""
    return phones.show_phone(value) if value else NOTHING


def option_value(option: object) -> str:
    """Return what a choice sends: its `value`, or the `code` of a declared option."""
    if isinstance(option, Mapping):
        return text(option["value"])
    return text(getattr(option, "code", None) if not hasattr(option, "value") else option.value)


def _typed(write: Callable[[Any], str]) -> Callable[[Any], str]:
    """Make the form's version of a filter: what the reader typed comes back as typed, nothing is nothing."""

    def typed(value: object) -> str:
        return text(value) if value is None or isinstance(value, str) else write(value)

    return typed


def text(value: object) -> str:
    """Write a value into a control: nothing for None."""
    return "" if value is None else str(value)


def group_mark() -> str:
    """Return the thousands mark of the reader's language, for the script that groups while typing."""
    return str(formats.get_format("THOUSAND_SEPARATOR"))


def initial(name: str) -> str:
    """Return the first letter of a name, for the logo."""
    return clean(name)[:1].upper()


def initials(name: str) -> str:
    """Return two letters for a name: of its first and last word; of a company (long name), the last two."""
    words = [word for word in clean(name).split() if word[0].isalnum()]
    if not words:
        return "?"
    first = words[0] if len(words) < 4 else words[-2]
    return (first[0] + (words[-1][0] if len(words) > 1 else "")).upper()


def hue(name: str) -> int:
    """Return the colour angle of a name, 0 to 350: the same name has the same colour everywhere."""
    return crc32(fold(name).encode()) % 36 * 10


FILTERS: dict[str, Callable[..., Any]] = {
    "so": so,
    "percent": percent,
    "vnd": vnd,
    "vnd_short": vnd_short,
    "money_figure": money_figure,
    "ngay": ngay,
    "gio": gio,
    "ngay_gio": ngay_gio,
    "gan": gan,
    "phone": phone,
    "option_value": option_value,
    "text": text,
    "date_typed": _typed(ngay),
    "datetime_typed": _typed(ngay_gio),
    "money_typed": _typed(money_figure),
    "initial": initial,
    "initials": initials,
    "hue": hue,
}
