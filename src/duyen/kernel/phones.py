"""Phone numbers as people write them, kept in E.164; numbers from before 2018 become those of today."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from phonenumbers import NumberParseException, PhoneNumberFormat, format_number, is_possible_number, parse

from duyen.kernel.errors import DomainError
from duyen.kernel.phone_plan import (
    AREAS,
    MOBILE_PREFIXES,
    NEW_AREA_CODES,
    NEW_MOBILE_PREFIXES,
    SERVICE_LENGTHS,
    SERVICE_PREFIXES,
    SPECIAL_FIXED,
    SUBSCRIBER_DIGITS,
)
from duyen.kernel.text import quoted
from duyen.kernel.words import mark

COUNTRY = "+84"


class PhoneKind(StrEnum):
    MOBILE = "MOBILE"
    LANDLINE = "LANDLINE"
    SERVICE = "SERVICE"
    FOREIGN = "FOREIGN"


@dataclass(frozen=True, slots=True)
class Phone:
    """One phone number: `e164` is compared and called, `entered` is what somebody wrote.

    `converted_from` holds the E.164 form of the number as it was before 2017 or 2018, if it was an old one.
    """

    e164: str
    entered: str
    converted_from: str | None
    kind: PhoneKind


class PhoneError(DomainError):
    """What was written is no phone number that can be called."""

    code = "phone_invalid"
    sentence: object = mark(
        "“%(entered)s” is not a phone number. Enter one such as 0912 345 678 or 024 3825 1234."
    )


class PhoneEmpty(PhoneError):
    code = "phone_empty"
    sentence = mark("There is no phone number. Enter one such as 0912 345 678.")


class PhoneLength(PhoneError):
    code = "phone_length"
    sentence = mark(
        "“%(entered)s” has %(digits)s digits, which fits no Vietnamese number. Check whether one is missing."
    )


class PhonePrefix(PhoneError):
    code = "phone_prefix"
    sentence = mark("“%(entered)s” begins with no known Vietnamese prefix. Check the first digits.")


class PhoneForeign(PhoneError):
    code = "phone_foreign"
    sentence = mark(
        "“%(entered)s” is not a possible number abroad. Enter + and the country code, such as +82 2 312 3456."
    )


_WRITTEN_AROUND = re.compile(r"^(?:tel|đt|dt|sđt|sdt|mobile|zalo|hotline|phone)[\s.:]+", re.IGNORECASE)
_SEPARATORS = str.maketrans("", "", " .-()/\t'\u00a0\u2010\u2011\u2012\u2013\u2014\u200b\ufeff_,")
_FROM_SPREADSHEET = re.compile(r"^\d{9,12}\.0$")


def read_phone(text: str) -> Phone:
    """Read a phone number written in any common way.

    Takes 0912…, 84…, +84…, 0084…, (+84)…, dots, spaces, dashes, and nine digits of a mobile whose 0 a
    spreadsheet lost. Numbers with an old mobile prefix or area code are converted, except where the same
    digits are a mobile number of today. Foreign numbers begin with + or 00.
    Raises PhoneEmpty, PhoneLength, PhonePrefix, PhoneForeign or PhoneError.
    """
    if (
        len(text) == 10
        and text.isascii()
        and text.isdigit()
        and text[0] == "0"
        and text[1:3] in MOBILE_PREFIXES
    ):
        return Phone(COUNTRY + text[1:], text, None, PhoneKind.MOBILE)
    entered = text.strip()
    digits, is_international = _digits(entered)
    if is_international:
        return _foreign(entered, digits)
    return _vietnamese(entered, digits)


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _digits(entered: str) -> tuple[str, bool]:
    """Return the national digits without the leading 0, or all digits of a number from abroad and True."""
    written = entered if entered.isascii() else unicodedata.normalize("NFKC", entered)
    if _FROM_SPREADSHEET.match(written):
        written = written[:-2]
    if not written[:1].isdigit():
        written = _WRITTEN_AROUND.sub("", written)
    written = written.translate(_SEPARATORS)
    has_plus = written.startswith("+")
    digits = written[1:] if has_plus else written
    if not digits:
        raise PhoneEmpty
    if not _is_digits(digits):
        raise PhoneError(entered=quoted(entered))
    if not has_plus and digits.startswith("00"):
        digits, has_plus = digits[2:], True
    if has_plus and not digits.startswith("84"):
        return digits, True
    if has_plus or (digits.startswith("84") and len(digits) > 10):
        digits = digits[2:]
    # «+84 (0) 912…» is written often enough.
    return digits.removeprefix("0"), False


def _vietnamese(entered: str, number: str) -> Phone:
    """Find the plan, present or past, that `number` (without 0) belongs to; the present one wins."""
    if number.startswith(SERVICE_PREFIXES) and len(number) in SERVICE_LENGTHS:
        return Phone(COUNTRY + number, entered, None, PhoneKind.SERVICE)
    if len(number) == 9 and number[:2] in MOBILE_PREFIXES:
        return Phone(COUNTRY + number, entered, None, PhoneKind.MOBILE)
    if _is_landline(number):
        return Phone(COUNTRY + number, entered, None, PhoneKind.LANDLINE)
    if len(number) == 10 and number[:3] in NEW_MOBILE_PREFIXES:
        today = NEW_MOBILE_PREFIXES[number[:3]] + number[3:]
        return Phone(COUNTRY + today, entered, COUNTRY + number, PhoneKind.MOBILE)
    if renewed := _landline_of_today(number):
        return Phone(COUNTRY + renewed, entered, COUNTRY + number, PhoneKind.LANDLINE)
    raise _refusal(entered, number)


def _is_landline(number: str) -> bool:
    area = number[:2] if number[:2] in SUBSCRIBER_DIGITS else number[:3]
    if area in AREAS:
        subscriber = number[len(area) :]
        return len(subscriber) == SUBSCRIBER_DIGITS.get(area, 7) and subscriber[0] not in "01"
    shortest, longest = SPECIAL_FIXED.get(number[:2], (1, 0))
    return shortest <= len(number) <= longest


def _landline_of_today(number: str) -> str | None:
    """Return the number with the area code of 2017, where it has an older one; None where it has not."""
    for size in (3, 2, 1):
        new = NEW_AREA_CODES.get(number[:size])
        subscriber = number[size:]
        if new and len(subscriber) == SUBSCRIBER_DIGITS.get(new, 7) and subscriber[0] not in "01":
            return new + subscriber
    return None


def _refusal(entered: str, number: str) -> PhoneError:
    """Say what is wrong: the prefix, where Vietnamese numbers may have that length; else the length."""
    if len(number) == 9 or (len(number) == 10 and number[0] in "12"):
        return PhonePrefix(entered=quoted(entered))
    return PhoneLength(entered=quoted(entered), digits=sum(sign.isdigit() for sign in entered))


def _foreign(entered: str, digits: str) -> Phone:
    try:
        number = parse("+" + digits, None)
    except NumberParseException as problem:
        raise PhoneForeign(entered=quoted(entered)) from problem
    if not is_possible_number(number):
        raise PhoneForeign(entered=quoted(entered))
    return Phone(format_number(number, PhoneNumberFormat.E164), entered, None, PhoneKind.FOREIGN)


def show_phone(e164: str) -> str:
    """Show an E.164 number in groups: 0912 345 678, 024 3825 1234, 1900 1234, +82 2-312-3456."""
    if not e164.startswith(COUNTRY):
        return _show_foreign(e164)
    number = e164[3:]
    if number.startswith(SERVICE_PREFIXES):
        return f"{number[:4]} {number[4:]}"
    if len(number) == 9:
        return f"0{number[:3]} {number[3:6]} {number[6:]}"
    if number[:2] in SUBSCRIBER_DIGITS:
        return f"0{number[:2]} {number[2:6]} {number[6:]}"
    return f"0{number[:3]} {number[3:7]} {number[7:]}".rstrip()


def _show_foreign(e164: str) -> str:
    try:
        return format_number(parse(e164, None), PhoneNumberFormat.INTERNATIONAL)
    except NumberParseException:
        return e164


def is_mobile(e164: str) -> bool:
    """Tell whether an E.164 number is a Vietnamese mobile number of today."""
    national = e164.removeprefix(COUNTRY)
    return national != e164 and len(national) == 9 and national[:2] in MOBILE_PREFIXES


def zalo_address(e164: str) -> str:
    """Give the address that opens a talk with a number in Zalo, or nothing: only mobile numbers have one.

    Zalo names people by the international number without its plus sign.
    """
    return f"https://zalo.me/{e164.removeprefix('+')}" if is_mobile(e164) else ""
