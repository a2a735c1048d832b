"""Money: whole minor units of one currency, never a float; how it is shared out, shown and read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from duyen.kernel.errors import DomainError
from duyen.kernel.text import fold
from duyen.kernel.words import mark

MINOR_DIGITS = {"VND": 0, "JPY": 0, "KRW": 0}
"""Digits after the decimal mark (ISO 4217); currencies not named here have two."""

SIGNS = {"VND": "₫", "USD": "US$", "EUR": "€"}
"""Currencies that are written with a sign; the others with their code."""

LARGEST = 10**18 - 1
"""The database's bigint holds a little more."""

NBSP, MINUS = "\u00a0", "\u2212"


class MoneyError(DomainError):
    """What was written is no sum of money."""

    code = "money_invalid"
    sentence: object = mark(
        "“%(entered)s” is not a sum of money. Enter one such as 1.234.567, 640 tr or 1,2 tỷ."
    )


class MoneyEmpty(MoneyError):
    code = "money_empty"
    sentence = mark("There is no sum of money. Enter one such as 1.234.567, 640 tr or 1,2 tỷ.")


class MoneyAmbiguous(MoneyError):
    code = "money_ambiguous"
    sentence = mark(
        "“%(entered)s” can be read in two ways. Write all digits of the sum, such as 1.250.000.000."
    )


class MoneyFraction(MoneyError):
    code = "money_fraction"
    sentence = mark("“%(entered)s” goes below the smallest unit of %(currency)s. Round it.")


class MoneyTooLarge(MoneyError):
    code = "money_large"
    sentence = mark("“%(entered)s” is too large a sum. Check the number of zeros.")


class CurrencyMismatch(DomainError):
    """Two currencies met where only one makes sense."""

    code = "currency_mismatch"
    sentence = mark("Sums in %(first)s and %(second)s cannot be added up. Convert one of them first.")


def round_half_up(value: Decimal) -> int:
    """Round to a whole number, a half away from zero: the one place where money is rounded."""
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))


@dataclass(frozen=True, slots=True)
class Money:
    """A sum in minor units (đồng, cents) of one currency."""

    amount: int
    currency: str = "VND"

    def __post_init__(self) -> None:
        if type(self.amount) is not int:
            raise TypeError(f"Money counts whole minor units, not {type(self.amount).__name__}.")

    def __add__(self, other: Money) -> Money:
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.amount <= self._same(other)

    def __bool__(self) -> bool:
        return self.amount != 0

    def times(self, factor: Decimal | int) -> Money:
        """Multiply by a quantity, a rate or a fraction, rounded half up to the minor unit."""
        return Money(round_half_up(self.amount * Decimal(factor)), self.currency)

    def allocate(self, weights: Sequence[int]) -> list[Money]:
        """Share the sum out by `weights`; the shares add up to it exactly.

        Each share is cut to whole units; what is left goes one by one to the largest remainders, the first
        among equals. Raises ValueError without a positive weight or with a negative one.
        """
        total = sum(weights)
        if total <= 0 or min(weights) < 0:
            raise ValueError("Sharing needs weights, none negative and one positive.")
        sign, size = (-1, -self.amount) if self.amount < 0 else (1, self.amount)
        shares = [size * weight // total for weight in weights]
        remainders = [size * weight % total for weight in weights]
        by_remainder = sorted(range(len(weights)), key=lambda place: (-remainders[place], place))
        for place in by_remainder[: size - sum(shares)]:
            shares[place] += 1
        return [Money(sign * share, self.currency) for share in shares]

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise CurrencyMismatch(first=self.currency, second=other.currency)
        return other.amount


def minor_digits(currency: str) -> int:
    """Tell how many digits of `currency` stand after the decimal mark."""
    return MINOR_DIGITS.get(currency, 2)


def show_money(money: Money, *, locale: str = "vi") -> str:
    """Write a sum whole: 1.234.567 ₫, in English 1,234,567 ₫; the space does not break."""
    digits = minor_digits(money.currency)
    return f"{_number(Decimal(money.amount).scaleb(-digits), digits, locale)}{NBSP}{_sign(money.currency)}"


def show_figure(money: Money, *, locale: str = "vi") -> str:
    """Write a sum without its currency: 1.234.567."""
    return show_money(money, locale=locale).rpartition(NBSP)[0]


def show_short_money(money: Money, *, locale: str = "vi") -> str:
    """Write a sum in three or four digits for tiles and lanes: 2,84 tỷ ₫, 640 triệu ₫; small ones whole."""
    major = Decimal(money.amount).scaleb(-minor_digits(money.currency))
    for size, words in _SCALES:
        figure = (major / size).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
        if abs(figure) >= 1:
            places = max(0, -int(figure.normalize().as_tuple().exponent))
            word = words.get(locale, words["en"])
            return f"{_number(figure, places, locale)}{NBSP}{word}{NBSP}{_sign(money.currency)}"
    return show_money(money, locale=locale)


_SCALES = ((10**9, {"vi": "tỷ", "en": "billion"}), (10**6, {"vi": "triệu", "en": "million"}))


def _sign(currency: str) -> str:
    return SIGNS.get(currency, currency)


def _number(value: Decimal, places: int, locale: str) -> str:
    text = f"{abs(value):,.{places}f}"
    if locale == "vi":
        text = text.translate({ord(","): ".", ord("."): ","})
    return f"{MINUS}{text}" if value < 0 else text


_UNITS = {
    **dict.fromkeys(("ty", "ti", "billion", "bn", "b"), 10**9),
    **dict.fromkeys(("trieu", "tr", "million", "m"), 10**6),
    **dict.fromkeys(("nghin", "ngan", "ng", "n", "thousand", "k"), 10**3),
}
_TERM = re.compile(
    r"([0-9][0-9., ]*?) ?(" + "|".join(sorted(_UNITS, key=len, reverse=True)) + r")(?![a-z]) ?"
)
_CURRENCY = re.compile(r" ?(?:vnd|dong|d|₫|us\$|usd|\$|€|eur)$|^(?:vnd|₫|us\$|\$|€) ?")
_FIGURE = re.compile(r"[0-9][0-9.,]*")
_GROUPED = re.compile(r"[0-9]{1,3}(?:([.,])[0-9]{3})(?:\1[0-9]{3})*")


def read_money(text: str, *, currency: str = "VND", locale: str = "vi") -> Money:
    """Read a sum as people type it: 1.234.567, 1,234,567 ₫, 1,2 tỷ, 640tr, 2tr5, 1 tỷ 200 triệu, 500k.

    Before a unit, three digits after the mark that groups in `locale` could be a fraction as well: 1.250 tỷ
    is refused. Raises MoneyEmpty, MoneyAmbiguous, MoneyFraction, MoneyTooLarge or MoneyError.
    """
    entered = text.strip()
    written = _CURRENCY.sub("", _CURRENCY.sub("", fold(entered)))
    is_negative = written.startswith("-")
    written = written.removeprefix("-").removeprefix("+").strip(" ")
    if not written:
        raise MoneyEmpty
    try:
        major = _sum_of_terms(written, entered, "," if locale == "vi" else ".")
    except InvalidOperation as problem:
        raise MoneyError(entered=entered) from problem
    minor = major.scaleb(minor_digits(currency))
    if minor > LARGEST:
        raise MoneyTooLarge(entered=entered)
    if minor != int(minor):
        raise MoneyFraction(entered=entered, currency=currency)
    return Money(-int(minor) if is_negative else int(minor), currency)


def currency_named(text: str) -> str:
    """Tell which currency a written sum names by its sign or code; đồng where it names none."""
    written = text.upper()
    named = (currency for currency, sign in SIGNS.items() if currency in written or sign in written)
    return next(named, "VND")


def _sum_of_terms(written: str, entered: str, decimal_mark: str) -> Decimal:
    """Add up «1 ty 200 trieu»; digits after the last unit are its fraction: «2tr5» is 2,5 million."""
    total, unit, end = Decimal(0), 0, 0
    while term := _TERM.match(written, end):
        if unit and _UNITS[term[2]] >= unit:
            raise MoneyError(entered=entered)
        unit, end = _UNITS[term[2]], term.end()
        total += _decimal(term[1].strip(" "), entered, decimal_mark) * unit
    rest = written[end:]
    if not unit:
        return _decimal(rest, entered, None)
    if rest and not (rest.isascii() and rest.isdigit() and len(rest) <= 3):
        raise MoneyError(entered=entered)
    return total + (Decimal(int(rest)).scaleb(-len(rest)) * unit if rest else 0)


def _decimal(written: str, entered: str, decimal_mark: str | None) -> Decimal:
    """Read digits with marks; `decimal_mark` is given before a unit, where fractions are usual."""
    digits = written.replace(" ", "")
    if not _FIGURE.fullmatch(digits):
        raise MoneyError(entered=entered)
    marks = [sign for sign in digits if sign in ".,"]
    if len(set(marks)) == 2:
        whole, _, fraction = digits.rpartition(marks[-1])
        return Decimal(f"{_ungrouped(whole, entered)}.{fraction}")
    if not marks or digits.startswith("0") or not _GROUPED.fullmatch(digits):
        return Decimal(digits.replace(",", "."))
    if len(marks) > 1 or decimal_mark is None:
        return Decimal(digits.replace(marks[0], ""))
    if marks[0] != decimal_mark:
        raise MoneyAmbiguous(entered=entered)
    return Decimal(digits.replace(",", "."))


def _ungrouped(whole: str, entered: str) -> str:
    if not _GROUPED.fullmatch(whole):
        raise MoneyError(entered=entered)
    return whole.replace(".", "").replace(",", "")
