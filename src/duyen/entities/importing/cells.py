"""Turn the cells of a line into what the fields of a record read; no database is asked."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils import translation
from django.utils.translation import gettext as _

from duyen.entities.beside import Beside
from duyen.entities.csv_writing import armed
from duyen.entities.entity import Entity
from duyen.entities.fields import (
    Addresses,
    Choice,
    Code,
    Day,
    Emails,
    Field,
    Flag,
    Link,
    LongText,
    Phones,
    Tags,
)
from duyen.entities.importing.targets import MADE_AT, PAST, SINCE, STATE, Target
from duyen.entities.standard import Life
from duyen.kernel.clock import ZONE, now, today
from duyen.kernel.dates import DateError, read_date
from duyen.kernel.errors import FieldProblem
from duyen.kernel.text import clean, fold

_YES = frozenset({"co", "x", "yes", "y", "1", "true", "dung", "v", "on", "✓", "✔"})
_NO = frozenset({"khong", "no", "n", "0", "false", "sai", "ko", "k", "off", "-"})
#: A spreadsheet counts days from here; five digits in a column of days are such a count.
_SHEET_EPOCH = dt.date(1899, 12, 30)
_SHEET_DAY = re.compile(r"[1-7][0-9]{4}(?:\.0+)?")
_SEVERAL = re.compile(r"[;\n|]")
_SEVERAL_PHONES = re.compile(r"[;\n|,]|\s(?:hoặc|và|or)\s", re.IGNORECASE)
_DIGIT = re.compile(r"[0-9]")
#: A slash divides two phone numbers where both sides have so many digits, and may stand within one else.
_DIGITS_OF_A_PHONE = 8
_SEVERAL_MAILS = re.compile(r"[;\n|,\s]+")
_SEVERAL_TAGS = re.compile(r"[;\n|,]")
NAME_ORDER = ("family", "middle", "given")
_LONGEST_SHOWN = 40


@dataclass
class Tied:
    """What a line says of one thing beside its record: the cells that name the other one, and values."""

    texts: list[str] = field(default_factory=list)
    values: dict[str, object] = field(default_factory=dict)


@dataclass
class Line:
    """What one line says: values by field, texts of links to find, a past, and what cannot be read."""

    values: dict[str, object] = field(default_factory=dict)
    several: dict[str, list[str]] = field(default_factory=dict)
    parts: dict[str, dict[int, dict[str, str]]] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    moments: dict[str, dt.datetime] = field(default_factory=dict)
    state: str = ""
    #: The own code of the record that the line means, which the line cannot set.
    code: str = ""
    problems: list[FieldProblem] = field(default_factory=list)
    #: What the line says of what stands beside the record, by the link to the other record.
    beside: dict[str, Tied] = field(default_factory=dict)

    @property
    def life(self) -> Life | None:
        """What lies behind the record, as far as the line tells of it."""
        if not self.moments and not self.state:
            return None
        since = self.moments.get(SINCE)
        made_at = self.moments.get(MADE_AT) or since or now()
        return Life(made_at, self.state, max(since or made_at, made_at))


#: Puts one cell where it belongs.
_Put = Callable[[Line, str], None]


class LineReader:
    """Reads the lines of one file by its mapping; what depends on the whole file is worked out once."""

    def __init__(self, entity: Entity, columns: Sequence[str], targets: Mapping[str, Target]) -> None:
        self._entity = entity
        self._width = len(columns)
        self._nth: dict[str, int] = {}
        self._puts: list[tuple[int, _Put]] = [
            (place, self._put_for(targets[key])) for place, key in enumerate(columns) if key
        ]

    def read(self, cells: Sequence[str]) -> Line:
        """Read one line."""
        line = Line()
        if len(cells) != self._width:
            told = _("This line has %(cells)s cells, the first line %(heads)s. Check its commas and quotes.")
            told %= {"cells": len(cells), "heads": self._width}
            line.problems.append(FieldProblem("", "cells", told))
            return line
        for place, put in self._puts:
            cell = cells[place]
            if cell and not cell.isspace():
                put(line, armed(cell) if cell[0] == "'" else cell)
        if line.parts:
            self._put_together(line)
        line.values.update(line.several)
        return line

    def _put_for(self, target: Target) -> _Put:
        if target.key.startswith(PAST):
            return self._past(target)
        found = target.field
        if found is None:
            raise KeyError(target.key)
        if target.beside is not None:
            return self._beside(found, target.beside)
        if target.part:
            return self._part(found, target)
        return self._plain(found)

    def _beside(self, found: Field, beside: Beside) -> _Put:
        """Keep what a line says of something beside its record apart from what it says of the record."""
        name = beside.link.name
        if found is beside.link:
            return lambda line, cell: line.beside.setdefault(name, Tied()).texts.append(clean(cell))
        put = self._plain(found)

        def put_beside(line: Line, cell: str) -> None:
            inner = Line(problems=line.problems)
            put(inner, cell)
            line.beside.setdefault(name, Tied()).values.update(inner.values)

        return put_beside

    def _plain(self, found: Field) -> _Put:
        if isinstance(found, Link):
            return lambda line, cell: line.links.__setitem__(found.name, clean(cell))
        if isinstance(found, Code):
            return lambda line, cell: setattr(line, "code", clean(cell))
        if isinstance(found, Choice):
            return _choice(found)
        if isinstance(found, Flag):
            return _flag(found)
        if isinstance(found, Day):
            return lambda line, cell: line.values.__setitem__(found.name, _day(cell))
        if found.blank == ():
            return _several(found)
        if isinstance(found, LongText):
            return _lines(found)
        return lambda line, cell: line.values.__setitem__(found.name, cell)

    def _part(self, found: Field, target: Target) -> _Put:
        """Collect the parts of an address, the nth of a part with the nth of the others, or of a name."""
        name, part = found.name, target.part
        nth = self._nth[target.key] = self._nth.get(target.key, -1) + 1

        def put(line: Line, cell: str) -> None:
            line.parts.setdefault(name, {}).setdefault(nth, {})[part] = cell

        return put

    def _put_together(self, line: Line) -> None:
        """Make addresses and names of their parts."""
        for name, parts in line.parts.items():
            if isinstance(self._entity.field(name), Addresses):
                line.values[name] = [address for _nth, address in sorted(parts.items())]
            else:
                whole = {part: clean(cell) for each in parts.values() for part, cell in each.items()}
                line.values[name] = " ".join(whole[part] for part in NAME_ORDER if whole.get(part))

    def _past(self, target: Target) -> _Put:
        lifecycle = self._entity.lifecycle
        if target.key == STATE and lifecycle is not None:
            words = _words_of(lifecycle.field())

            def put_state(line: Line, cell: str) -> None:
                code = words.get(fold(cell))
                if code is None:
                    line.problems.append(FieldProblem("", "state", _unknown(cell, words_of=target)))
                else:
                    line.state = code

            return put_state

        def put_moment(line: Line, cell: str) -> None:
            moment = _moment(cell)
            if moment is None or moment > now():
                told = _("%(field)s: “%(given)s” is no past day. Write it as 31/12/2024.")
                told %= {"field": target.label, "given": _short(cell)}
                line.problems.append(FieldProblem("", "past", told))
            else:
                line.moments[target.key] = moment

        return put_moment


def _short(cell: str) -> str:
    text = clean(cell)
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"


def _words_of(choice: Choice) -> dict[str, str]:
    """Give the code behind each way to write an option: code, word in either language, other words."""
    found: dict[str, str] = {}
    for option in choice.options:
        found.setdefault(fold(option.code), option.code)
    for option in choice.options:
        for word in option.words:
            found.setdefault(fold(word), option.code)
        for language in ("vi", "en"):
            with translation.override(language):
                found.setdefault(fold(str(option.label)), option.code)
    return found


def _unknown(cell: str, *, words_of: Choice | Target) -> str:
    if isinstance(words_of, Choice):
        choices = "; ".join(str(option.label) for option in words_of.held.offered)
        told = _("“%(given)s” is not one of the choices. Choose: %(choices)s.")
        return told % {"given": _short(cell), "choices": choices}
    return _("%(field)s: “%(given)s” is not known.") % {"field": words_of.label, "given": _short(cell)}


def _choice(found: Choice) -> _Put:
    words, name, other, kept_in = _words_of(found), found.name, found.other, found.other_in

    def put(line: Line, cell: str) -> None:
        code = words.get(fold(cell))
        if code is not None:
            line.values[name] = code
        elif other:
            line.values[name] = other
            line.values.setdefault(kept_in, clean(cell))
        else:
            line.problems.append(FieldProblem(name, "unknown_choice", _unknown(cell, words_of=found)))

    return put


def _flag(found: Flag) -> _Put:
    def put(line: Line, cell: str) -> None:
        word = fold(cell) or cell.strip()
        if word in _YES or word in _NO:
            line.values[found.name] = word in _YES
        else:
            told = _("“%(given)s” is neither yes nor no. Write “có” or “không”.") % {"given": _short(cell)}
            line.problems.append(FieldProblem(found.name, "yes_or_no", told))

    return put


def _day(cell: str) -> str:
    """Give a day as the field reads it; a spreadsheet's count of days becomes the day that it counts."""
    text = cell.strip()
    if _SHEET_DAY.fullmatch(text):
        return (_SHEET_EPOCH + dt.timedelta(days=int(float(text)))).isoformat()
    return text


def _moment(cell: str) -> dt.datetime | None:
    """Read a day or a moment of the past; a day is its beginning."""
    text = _day(cell)
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        try:
            moment = dt.datetime.combine(read_date(text, today=today()), dt.time.min)
        except DateError:
            return None
    return moment if moment.tzinfo else moment.replace(tzinfo=ZONE)


def _several(found: Field) -> _Put:
    divide: Callable[[str], Iterable[str]] = _SEVERAL.split
    if isinstance(found, Phones):
        divide = _phones_in
    elif isinstance(found, Emails):
        divide = _SEVERAL_MAILS.split
    elif isinstance(found, Tags):
        divide = _SEVERAL_TAGS.split

    def put(line: Line, cell: str) -> None:
        line.several.setdefault(found.name, []).extend(_filled(divide(cell)))

    return put


def _phones_in(cell: str) -> list[str]:
    found: list[str] = []
    for part in _SEVERAL_PHONES.split(cell):
        sides = part.split("/")
        are_phones = all(len(_DIGIT.findall(side)) >= _DIGITS_OF_A_PHONE for side in sides)
        found.extend(sides if are_phones else [part])
    return found


def _filled(parts: Iterable[str]) -> list[str]:
    return [part.strip() for part in parts if part.strip()]


def _lines(found: Field) -> _Put:
    def put(line: Line, cell: str) -> None:
        held = line.values.get(found.name)
        line.values[found.name] = f"{held}\n{cell}" if held else cell

    return put
