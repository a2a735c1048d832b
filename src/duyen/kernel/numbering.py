"""Patterns of record numbers, such as KH-{unit}-{yy}-{n:06} or {n:04}/{yyyy}/HĐDV-{unit}."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from duyen.kernel.errors import DomainError
from duyen.kernel.text import clean
from duyen.kernel.words import mark

MAX_LENGTH = 40
"""The longest pattern; a code is hardly longer, and must fit on a printed line."""

_PART = re.compile(r"\{(unit|yy|yyyy|n(?::0[1-9])?)\}")


class CodePatternError(DomainError):
    """A pattern of record numbers that cannot be used."""

    code = "code_pattern"
    sentence: object = mark(
        "“%(pattern)s” is not a pattern for codes. Use letters, digits and signs with {unit}, {yy} or {yyyy},"
        " and {n:06}."
    )


class CodePatternNumber(CodePatternError):
    code = "code_pattern_number"
    sentence = mark("A pattern for codes needs the running number once. Write it as {n:06} in “%(pattern)s”.")


class CodePatternRepeats(CodePatternError):
    code = "code_pattern_repeats"
    sentence = mark("“%(pattern)s” names the unit or the year twice. Keep one of them.")


@dataclass(frozen=True)
class CodeParts:
    """What a code says; `year` has two digits where its pattern writes two."""

    number: int
    unit: str | None = None
    year: int | None = None


@dataclass(frozen=True)
class CodePattern:
    """How the codes of one table are written. Raises CodePatternError when it cannot be one.

    `{n}` or `{n:06}` is the running number, `{unit}` the code of the issuing unit, `{yy}` or `{yyyy}` the
    year. The running number counts per unit where the pattern names the unit, else for the whole company;
    per year where it names the year, else for ever.
    """

    text: str

    def __post_init__(self) -> None:
        names = [name.split(":")[0] for name in _PART.findall(self.text)]
        literal = _PART.sub("", self.text)
        if (
            not self.text
            or len(self.text) > MAX_LENGTH
            or self.text != clean(self.text)
            or set(literal) & {*"{}"}
        ):
            raise CodePatternError(pattern=self.text)
        if names.count("n") != 1:
            raise CodePatternNumber(pattern=self.text)
        if names.count("unit") > 1 or names.count("yy") + names.count("yyyy") > 1:
            raise CodePatternRepeats(pattern=self.text)

    @property
    def names_unit(self) -> bool:
        """Tell whether each issuing unit counts by itself."""
        return "{unit}" in self.text

    @property
    def names_year(self) -> bool:
        """Tell whether each year counts from 1."""
        return "{yy" in self.text

    def counter_key(self, series: str, *, unit_id: int, head_office_id: int, year: int) -> str:
        """Return the key of the counter that the next code of `series` takes its number from."""
        issuer = unit_id if self.names_unit else head_office_id
        return f"{series}:{issuer}:{year if self.names_year else '-'}"

    def format(self, *, unit: str, year: int, number: int) -> str:
        """Write the code; a number wider than the pattern is written whole."""
        return self.text.format(unit=unit, yy=f"{year % 100:02}", yyyy=f"{year:04}", n=number)

    def read(self, code: str) -> CodeParts | None:
        """Take `code` apart, or return None when it is not of this pattern."""
        found = self._expression.fullmatch(code)
        if found is None:
            return None
        parts = found.groupdict()
        year = parts.get("yy") or parts.get("yyyy")
        return CodeParts(int(parts["n"]), parts.get("unit"), int(year) if year else None)

    @cached_property
    def _expression(self) -> re.Pattern[str]:
        digits = {"unit": ".+?", "yy": "[0-9]{2}", "yyyy": "[0-9]{4}"}
        pieces = []
        end = 0
        for part in _PART.finditer(self.text):
            name, _, width = part[1].partition(":")
            shape = digits.get(name) or f"[0-9]{{{int(width or 1)},}}"
            pieces += [re.escape(self.text[end : part.start()]), f"(?P<{name}>{shape})"]
            end = part.end()
        return re.compile("".join(pieces) + re.escape(self.text[end:]))
