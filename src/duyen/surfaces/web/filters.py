"""How values are written on a page, in the reader's language; templates never format by hand.

Times are shown in Asia/Ho_Chi_Minh. Nothing known is —, zero is 0, a minus is U+2212.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils import formats
from django.utils.translation import get_language
from markupsafe import Markup

from duyen.kernel import clock, dates, phones
from duyen.kernel.money import MINUS, NBSP, Money, show_money, show_short_money
from duyen.kernel.names import hue, initials
from duyen.kernel.text import clean

NOTHING = "—"

Number = int | float | Decimal


def _grouped(value: Number, places: int | None = None) -> str:
    figure = Decimal(str(abs(value)))
    if places is not None:  # Django cuts what is too long; we round as money is rounded
        figure = figure.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    text = formats.number_format(figure, decimal_pos=places, use_l10n=True, force_grouping=True)
    return f"{MINUS}{text}" if value < 0 and figure else text


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


def _locale() -> str:
    return get_language() or "vi"


def _sum(value: Money | int) -> Money:
    """Take a bare number as đồng."""
    return Money(value) if isinstance(value, int) else value


def vnd(value: Money | int | None) -> str:
    """Write a sum of money: 1.234.567 ₫, with a space that does not break."""
    return NOTHING if value is None else show_money(_sum(value), locale=_locale())


def money_figure(value: Money | int | None) -> str:
    """Write a sum without its currency, for columns that name it in their head."""
    return NOTHING if value is None else vnd(value).rpartition(NBSP)[0]


def vnd_short(value: Money | int | None) -> str:
    """Write a sum shortly for tiles and lanes: 2,84 tỷ ₫, 640 triệu ₫."""
    return NOTHING if value is None else show_short_money(_sum(value), locale=_locale())


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
    words = dates.near(value, now=clock.now(), language=_locale())
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
    "zalo": phones.zalo_address,
    "option_value": option_value,
    "text": text,
    "date_typed": _typed(ngay),
    "datetime_typed": _typed(ngay_gio),
    "money_typed": _typed(money_figure),
    "initial": initial,
    "initials": initials,
    "hue": hue,
}
