"""Patterns of record numbers, such as KH-{unit}-{yy}-{n:06} for KH-HP-26-000123."""

from __future__ import annotations

import re
from dataclasses import dataclass

from duyen.kernel.errors import DomainError
from duyen.kernel.words import mark

_PLACE = re.compile(r"\{(unit|yy|yyyy|n)(?::0(\d{1,2}))?\}")
_MOST_DIGITS = 12


class BadPattern(DomainError):
    """A pattern of record numbers cannot be used."""

    code = "code_pattern"
    sentence = mark(
        "“%(pattern)s” is not a pattern for numbers. Use {n} once, such as KH-{unit}-{yy}-{n:06};"
        " besides it {unit}, {yy} and {yyyy} are known."
    )


@dataclass(frozen=True)
class CodePattern:
    """How the numbers of one table look. Raises BadPattern when `text` cannot be a pattern.

    A pattern that names the unit counts per issuing unit, one that names the year counts per year.
    """

    text: str

    def __post_init__(self) -> None:
        places = _PLACE.findall(self.text)
        counted = [digits for name, digits in places if name == "n"]
        rest = _PLACE.sub("", self.text)
        wide = any(int(digits or 0) > _MOST_DIGITS for digits in counted)
        padded_elsewhere = any(digits for name, digits in places if name != "n")
        if len(counted) != 1 or wide or padded_elsewhere or "{" in rest or "}" in rest or len(rest) > 20:
            raise BadPattern(pattern=self.text)

    @property
    def names_unit(self) -> bool:
        return "{unit}" in self.text

    @property
    def names_year(self) -> bool:
        return "{yy}" in self.text or "{yyyy}" in self.text

    def format(self, *, unit: str, year: int, number: int) -> str:
        """Write the number of one record: `unit` is the issuing unit's code, `number` counts from 1."""
        values = {"unit": unit, "yy": f"{year % 100:02}", "yyyy": str(year)}

        def fill(place: re.Match[str]) -> str:
            name, digits = place.group(1), int(place.group(2) or 0)
            return str(number).zfill(digits) if name == "n" else values[name]

        return _PLACE.sub(fill, self.text)
