"""Find a person's names and numbers in words that others share, and take them out; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

#: A name of one word is that of many, and part of other words: taking it out would spoil what others wrote.
_LEAST_WORDS = 2
_LEAST_DIGITS = 6
_BETWEEN_DIGITS = r"[\s.\-()]*"
_COUNTRY = "+84"


def mentions(names: Iterable[str], phones: Iterable[str], words: Iterable[str]) -> re.Pattern[str] | None:
    """Compile what finds a person in a text: full names, phones (E.164) however they are written, and words.

    None where nothing is known that could be looked for.
    """
    found = [_name(each) for each in names if len(each.split()) >= _LEAST_WORDS]
    found += [_phone(each) for each in phones if len(each) >= _LEAST_DIGITS]
    found += [rf"(?<!\w){re.escape(each)}(?!\w)" for each in words if each]
    return re.compile("|".join(sorted(set(found), key=len, reverse=True)), re.IGNORECASE) if found else None


def _name(name: str) -> str:
    return r"(?<!\w)" + r"\s+".join(re.escape(each) for each in name.split()) + r"(?!\w)"


def _phone(phone: str) -> str:
    local = phone.removeprefix(_COUNTRY)
    digits = _BETWEEN_DIGITS.join(re.escape(each) for each in local.removeprefix("+"))
    begins = rf"(?:(?:\+|00)?84{_BETWEEN_DIGITS}|\(?0)" if local != phone else r"\+?"
    return rf"(?<![\d+]){begins}{digits}(?!\d)"


def without(value: Any, mentioned: re.Pattern[str], instead: str) -> Any:
    """Give a value with every mention replaced, however deep it stands in lists and objects."""
    if isinstance(value, str):
        return mentioned.sub(instead, value)
    if isinstance(value, list):
        return [without(each, mentioned, instead) for each in value]
    if isinstance(value, Mapping):
        return {key: without(each, mentioned, instead) for key, each in value.items()}
    return value
