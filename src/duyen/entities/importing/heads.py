"""Guess from its head, and where that does not help from its cells, what a column of a file holds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.utils import translation

from duyen.entities.beside import code_head
from duyen.entities.csv_files import REASONS
from duyen.entities.entity import Entity
from duyen.entities.fields import Addresses, Code, Day, Emails, Field, Link, Phones, TaxCodeField, Text
from duyen.entities.importing import head_words
from duyen.entities.importing.targets import MADE_AT, SINCE, STATE, Target, targets_of
from duyen.foundation.access.actor import Actor
from duyen.foundation.fields.versions import pinned_version
from duyen.kernel.clock import today
from duyen.kernel.dates import DateError, read_date
from duyen.kernel.emails import EmailError, read_email
from duyen.kernel.phones import PhoneError, read_phone
from duyen.kernel.tax_codes import TaxCodeError, read_tax_code
from duyen.kernel.text import fold

#: So many rows are looked at to see what a column holds.
SAMPLE = 50
#: A column is taken for what so large a share of its filled cells can be read as.
_SHARE = 0.6
_LEAST_CELLS = 3
_REMARK = re.compile(r"\(.*?\)|\[.*?\]")
_SIGNS = re.compile(r"[^0-9a-z]+")
_NUMBER = re.compile(r" ?[0-9]{1,2}$")


@dataclass(frozen=True)
class Guess:
    """Where each column leads, by place, or nothing; `sure` are those that the head names."""

    columns: tuple[str, ...]
    sure: frozenset[int]


def plain_head(head: str) -> str:
    """Give a head as it is compared: folded, without signs and remarks."""
    return _SIGNS.sub(" ", _REMARK.sub(" ", fold(head))).strip()


def is_reason(head: str) -> bool:
    """Tell whether a column holds why its rows were refused the time before."""
    return head.strip().lower() in REASONS


def guess(
    entity: Entity, heads: Sequence[str], *, actor: Actor, sample: Sequence[Sequence[str]] = ()
) -> Guess:
    """Say what the columns under `heads` hold; `sample` are the first rows.

    A head names a field by its label in either language, its name, or a word that files use for it. What
    no head names is known by its cells where these are phones, e-mails or tax codes. Two columns lead to
    one field only where it takes several values.
    """
    targets = targets_of(entity, actor)
    known = _known(entity, frozenset(targets), pinned_version())
    cells = [_cells(sample, place) for place in range(len(heads))]
    plain = [plain_head(head) for head in heads]
    split_name = _splits_names(known, plain)
    columns = [""] * len(heads)
    sure: set[int] = set()
    taken: set[str] = set()
    for rank in (_by_label, _exactly, _numbered, _by_phrase):
        for place, head in enumerate(plain):
            if columns[place] or not head or is_reason(heads[place]):
                continue
            key = split_name.get(head) or rank(known, head)
            if key is None or not _fits(targets[key], cells[place], is_doubtful=head in head_words.DOUBTFUL):
                continue
            if isinstance(targets[key].field, Code) and not _are_codes(entity, cells[place]):
                continue
            if key in taken and not targets[key].takes_several:
                continue
            columns[place] = key
            taken.add(key)
            if rank is not _by_phrase:
                sure.add(place)
    for place, head in enumerate(heads):
        if not columns[place] and not is_reason(head):
            key = _by_cells(targets, cells[place], taken)
            columns[place] = key
            taken.add(key)
    return Guess(tuple(columns), frozenset(sure))


@dataclass(frozen=True)
class _Known:
    """Where a plain head leads, by key: the entity's own words for a field, and all other ones."""

    labels: Mapping[str, str]
    words: Mapping[str, str]

    def get(self, head: str) -> str | None:
        return self.labels.get(head) or self.words.get(head)


@lru_cache(maxsize=64)
def _known(entity: Entity, keys: frozenset[str], _version: int) -> _Known:
    """Collect every head that leads somewhere; what the entity says of itself goes before what is general.

    Kept per version of the definitions, because a company renames its fields.
    """
    labels: dict[str, str] = {}
    words: dict[str, str] = {}
    for each in entity.fields:
        own = f"{each.name}.line" if isinstance(each, Addresses) else each.name
        if own in keys:
            _add(labels, own, (each.name, *_labels(each)))
            _add(words, own, each.heads)
    for each in (field for beside in entity.beside for field in beside.fields if field.name in keys):
        _add(labels, each.name, (each.name, *_labels(each), *_code_heads(each)))
        _add(words, each.name, each.heads)
    for each in entity.fields:
        for key, general in _general(each):
            if key in keys:
                _add(words, key, general)
    if STATE in keys and entity.lifecycle is not None:
        _add(labels, STATE, (entity.lifecycle.column, *_labels(entity.lifecycle.field())))
        _add(labels, SINCE, (entity.lifecycle.since,))
    if MADE_AT in keys:
        _add(words, MADE_AT, ("made at", "ngay lap"))
    return _Known(labels, words)


def _add(known: dict[str, str], key: str, words: Sequence[str]) -> None:
    for word in words:
        known.setdefault(plain_head(word), key)


def _general(field: Field) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Give the words that files use for such a field, or for its parts, whatever the entity."""
    if isinstance(field, Addresses):
        for part, words in head_words.ADDRESS_PARTS.items():
            yield f"{field.name}.{part}", words
    else:
        yield field.name, head_words.BY_KIND.get(type(field), ())
    if isinstance(field, Text):
        for part in field.parts:
            yield f"{field.name}.{part}", head_words.NAME_PARTS[part]


def _labels(field: Field) -> tuple[str, ...]:
    found = []
    for language in ("vi", "en"):
        with translation.override(language):
            found.append(str(field.label))
    return tuple(found)


def _code_heads(field: Field) -> tuple[str, ...]:
    """Give the heads under which an export writes the code of a link beside the record."""
    found = []
    for language in ("vi", "en") if isinstance(field, Link) else ():
        with translation.override(language):
            found.append(code_head(field))
    return tuple(found)


def _splits_names(known: _Known, plain: Sequence[str]) -> dict[str, str]:
    """Where a name stands in several columns, «Tên» is its last part and not the whole."""
    families = [key for head in plain if (key := known.get(head)) and key.endswith(".family")]
    if not families:
        return {}
    name = families[0].removesuffix(".family")
    return {head: f"{name}.given" for head in ("ten", "name") if known.get(head) == name}


def _by_label(known: _Known, head: str) -> str | None:
    return known.labels.get(head)


def _exactly(known: _Known, head: str) -> str | None:
    return known.get(head)


def _numbered(known: _Known, head: str) -> str | None:
    """«Điện thoại 2» is one more of «Điện thoại»."""
    return known.get(_NUMBER.sub("", head))


def _by_phrase(known: _Known, head: str) -> str | None:
    """Find the longest known head of two words or more that makes up more than half of this one."""
    words = head.split()
    for length in range(len(words) - 1, 1, -1):
        if length * 2 <= len(words):
            return None
        for start in range(len(words) - length + 1):
            key = known.get(" ".join(words[start : start + length]))
            if key is not None:
                return key
    return None


def _cells(sample: Sequence[Sequence[str]], place: int) -> list[str]:
    return [row[place] for row in sample[:SAMPLE] if place < len(row) and row[place].strip()]


def _reads(read: Callable[[str], object], *errors: type[Exception]) -> Callable[[str], bool]:
    def reads(cell: str) -> bool:
        try:
            read(cell)
        except errors:
            return False
        return True

    return reads


def _first(cell: str) -> str:
    return re.split(r"[;\n,]", cell.strip())[0]


_READERS: Mapping[type[Field], Callable[[str], bool]] = {
    Phones: _reads(lambda cell: read_phone(_first(cell)), PhoneError),
    Emails: _reads(lambda cell: read_email(_first(cell)), EmailError),
    TaxCodeField: _reads(read_tax_code, TaxCodeError),
    Day: _reads(lambda cell: read_date(cell, today=today()), DateError),
}


def _share(kind: type[Field], cells: Sequence[str]) -> float:
    read = _READERS[kind]
    return sum(1 for cell in cells if read(cell)) / len(cells)


def _fits(target: Target, cells: Sequence[str], *, is_doubtful: bool) -> bool:
    """Tell whether the cells do not speak against a doubtful head."""
    if target.field is None or type(target.field) not in _READERS or not cells or not is_doubtful:
        return True
    return _share(type(target.field), cells) >= _SHARE


def _are_codes(entity: Entity, cells: Sequence[str]) -> bool:
    """Tell the codes that records have here from those of the system that a file comes from."""
    if entity.code is None or not cells:
        return False
    read = sum(
        1 for cell in cells if entity.code.read(cell.strip()) or entity.code.read(cell.strip().upper())
    )
    return read / len(cells) >= _SHARE


def _by_cells(targets: Mapping[str, Target], cells: Sequence[str], taken: set[str]) -> str:
    """Know a column by what it holds, where no head led there: a second one may hold somebody else's phone.

    E-mails first, then tax codes, whose check digits few phones pass.
    """
    if len(cells) < _LEAST_CELLS:
        return ""
    for kind in (Emails, TaxCodeField, Phones):
        for key, target in targets.items():
            if type(target.field) is kind and key not in taken and _share(kind, cells) >= _SHARE:
                return key
    return ""
