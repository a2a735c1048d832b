"""How values are written on a page, in the reader's language; templates never format by hand.

Times are shown in Asia/Ho_Chi_Minh. Nothing known is —, zero is 0, a minus is U+2212.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Protocol
from zlib import crc32

from django.utils import formats
from django.utils.translation import gettext, ngettext
from markupsafe import Markup

from duyen.kernel import clock
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


def _local(value: dt.datetime) -> dt.datetime:
    return value.astimezone(clock.ZONE)


def ngay(value: dt.date | None) -> str:
    """Write a day: 23/11/2026."""
    if value is None:
        return NOTHING
    day = _local(value).date() if isinstance(value, dt.datetime) else value
    return formats.date_format(day, "SHORT_DATE_FORMAT")


def gio(value: dt.datetime | dt.time | None) -> str:
    """Write a time of day: 09:30."""
    if value is None:
        return NOTHING
    return f"{_local(value) if isinstance(value, dt.datetime) else value:%H:%M}"


def ngay_gio(value: dt.datetime | None) -> str:
    """Write a moment whole: 23/11/2026 09:30."""
    return NOTHING if value is None else f"{ngay(value)} {gio(value)}"


def in_words(value: dt.datetime, *, now: dt.datetime) -> str:
    """Say how near a moment is: "hôm nay 09:30", "2 ngày trước"; far ones are written whole."""
    seconds = (now - value).total_seconds()
    days = (_local(now).date() - _local(value).date()).days
    if 0 <= seconds < 60:
        return gettext("just now")
    if 0 <= seconds < 3600:
        minutes = int(seconds // 60)
        return ngettext("%(n)s minute ago", "%(n)s minutes ago", minutes) % {"n": minutes}
    near = {0: gettext("today %(time)s"), 1: gettext("yesterday %(time)s"), -1: gettext("tomorrow %(time)s")}
    if days in near:
        return near[days] % {"time": gio(value)}
    if 1 < days <= 7:
        return ngettext("%(n)s day ago", "%(n)s days ago", days) % {"n": days}
    return ngay_gio(value)


def gan(value: dt.datetime | None) -> Markup | str:
    """Write a moment in near words, with the whole moment for machines and on pointing."""
    if value is None:
        return NOTHING
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        _local(value).isoformat(timespec="minutes"), ngay_gio(value), in_words(value, now=clock.now())
    )


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
    "text": text,
    "date_typed": _typed(ngay),
    "datetime_typed": _typed(ngay_gio),
    "money_typed": _typed(money_figure),
    "initial": initial,
    "initials": initials,
    "hue": hue,
}
