"""What a field lets one choose from: options, and lists of them that the company goes on with as it likes.

A list is declared with its options. What the company changed of it is read through the living description of
the moment, so that forms, filters, files, REST and exports follow at once and nobody asks the database twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, overload

from django.utils.functional import lazy
from django.utils.translation import get_language, override

from duyen.entities.fields.base import Label
from duyen.foundation.choices.kept import UNTOUCHED, KeptItem, KeptList
from duyen.foundation.choices.living import living_lists

#: By these signs a file parts several options that stand in one cell.
PARTING = ",;|"
#: The tones in which an option can be drawn.
TONES = ("gray", "blue", "green", "amber", "red", "violet", "teal")


@dataclass(frozen=True)
class Option:
    """One choice: its code in the tables and the API, its word, and the tone of its badge.

    `words` are further ways in which a file may write it. A retired one stays on the records that hold it,
    and no other record can get it.
    """

    code: str
    label: Label
    tone: str = "gray"
    words: tuple[str, ...] = ()
    is_retired: bool = False


@dataclass(frozen=True)
class Held:
    """A list as it stands: what can be seen, in its order, and what each code means.

    `by_code` also knows codes that went into another one: `others` gives those by the one that stands for
    them, `was` tells what they were.
    """

    options: tuple[Option, ...]
    by_code: Mapping[str, Option]
    others: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    was: Mapping[str, Option] = field(default_factory=dict)

    @property
    def offered(self) -> list[Option]:
        """The options that a record can still get."""
        return [each for each in self.options if not each.is_retired]

    def standing(self, code: str) -> str:
        """Give the code that stands for this one; an unknown code stands for itself."""
        found = self.by_code.get(code)
        return found.code if found else code

    def word(self, code: str) -> Label:
        """Give the word of a code, its own also where it went into another one; else the code."""
        found = self.was.get(code) or self.by_code.get(code)
        return found.label if found else code

    def every(self, code: str) -> list[str]:
        """List the codes that mean the same as this one, itself first."""
        return [code, *self.others.get(code, ())]


def in_words(vi: str, en: str, declared: Label = "") -> Label:
    """Give a word in the reader's language; where that is missing the declared one, then the other."""
    return _read_lazily(vi, en, declared)


def _read(vi: str, en: str, declared: Label) -> str:
    is_vietnamese = (get_language() or "vi").startswith("vi")
    mine, other = (vi, en) if is_vietnamese else (en, vi)
    return mine or str(declared or "") or other


_read_lazily = lazy(_read, str)


class ChoiceList(Sequence[Option]):
    """A list of options that the company may go on with.

    Where the code branches on its codes it `is_fixed`: nothing is added, retired or merged, only renamed,
    coloured and ordered. `merges` tells whether records can be rewritten from one item to another.
    """

    takes_words = False
    #: Whether a module declares it; else the company made it.
    is_declared = True

    def __init__(
        self,
        name: str,
        label: Label,
        options: Iterable[Option] = (),
        *,
        is_fixed: bool = False,
        merges: bool = True,
    ) -> None:
        self.name, self.label = name, label
        self.declared = {each.code: each for each in options}
        self.is_fixed = is_fixed
        self.merges = merges and not is_fixed
        self._made: tuple[KeptList, Held] = (UNTOUCHED, _made(self.declared, UNTOUCHED))
        if self.is_declared:
            declared_lists.setdefault(name, self)

    @property
    def kept(self) -> KeptList:
        """What the company changed of it, as the moment's description has it."""
        return living_lists().get(self.name, UNTOUCHED)

    def held(self) -> Held:
        """Give the list as it stands."""
        kept, (known, made) = self.kept, self._made
        if kept is not known:
            made = _made(self.declared, kept)
            self._made = (kept, made)
        return made

    @overload
    def __getitem__(self, place: int) -> Option: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Option, ...]: ...
    def __getitem__(self, place: int | slice) -> Option | tuple[Option, ...]:
        return self.held().options[place]

    def __iter__(self) -> Iterator[Option]:
        return iter(self.held().options)

    def __len__(self) -> int:
        return len(self.held().options)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"


def held_of(options: Sequence[Option]) -> Held:
    """Give options as they stand, whether a list holds them or a field alone."""
    if isinstance(options, ChoiceList):
        return options.held()
    return Held(tuple(options), {each.code: each for each in options})


class WordList(ChoiceList):
    """The words that a company sorts its records by: what stands on the records is the word itself."""

    takes_words = True

    @property
    def takes_free_words(self) -> bool:
        """Whether people may write words that the list does not hold."""
        free = self.kept.takes_free_words
        return True if free is None else free


#: Every list that a module declares, by its name.
declared_lists: dict[str, ChoiceList] = {}


class CompanyList(ChoiceList):
    """A list that the company made, for several fields of its own."""

    is_declared = False

    def __init__(self, name: str) -> None:
        super().__init__(name, _label_lazily(name))


def _label_of(name: str) -> str:
    kept = living_lists().get(name, UNTOUCHED)
    return _read(kept.label_vi, kept.label_en, "") or name


_label_lazily = lazy(_label_of, str)
#: The same list is the same object under every version: fields tell by it what they have in common.
_company_lists: dict[str, CompanyList] = {}


def all_lists() -> dict[str, ChoiceList]:
    """Give every list by its name: those that modules declare, then those that the company made."""
    made = {name: list_named(name) for name, kept in living_lists().items() if kept.label_vi}
    return {**declared_lists, **{name: each for name, each in made.items() if each is not None}}


def list_named(name: str) -> ChoiceList | None:
    """Find one list; none where no module declares it and the company has not made it."""
    if name in declared_lists:
        return declared_lists[name]
    if not living_lists().get(name, UNTOUCHED).label_vi:
        return None
    if name not in _company_lists:
        _company_lists[name] = CompanyList(name)
    return _company_lists[name]


def _made(declared: Mapping[str, Option], kept: KeptList) -> Held:
    """Join what was declared with what the company changed."""
    codes = [*declared, *(code for code in kept.items if code not in declared)]
    merged = {code: end for code in codes if (end := _end(kept, code)) != code}
    placed = sorted(
        (code for code in codes if code not in merged), key=lambda code: _place(kept, codes, code)
    )
    options = {code: _option(declared.get(code), kept.items.get(code)) for code in codes}
    others: dict[str, tuple[str, ...]] = {}
    for code, end in merged.items():
        others[end] = (*others.get(end, ()), code)
        options[end] = replace(options[end], words=(*options[end].words, *_ways(options[code])))
    was = {code: options[code] for code in merged}
    by_code = {code: options[merged.get(code, code)] for code in codes}
    return Held(tuple(options[code] for code in placed), by_code, others, was)


def _end(kept: KeptList, code: str) -> str:
    """Follow where an item went."""
    seen = {code}
    while (item := kept.items.get(code)) and item.merged_into and item.merged_into not in seen:
        code = item.merged_into
        seen.add(code)
    return code


def _place(kept: KeptList, codes: Sequence[str], code: str) -> tuple[bool, int, int]:
    """Order by what the company said, then as declared, then by age."""
    item = kept.items.get(code)
    at = item.position if item else None
    return (at is None, at or 0, codes.index(code))


def _option(declared: Option | None, item: KeptItem | None) -> Option:
    if item is None and declared is not None:
        return declared
    told = item or KeptItem("")
    if declared is None:
        label: Any = in_words(
            told.label_vi, told.label_en, "" if told.label_vi or told.label_en else told.code
        )
        return Option(told.code, label, told.tone or "gray", is_retired=told.is_retired)
    label, words = declared.label, declared.words
    if told.label_vi or told.label_en:
        label = in_words(told.label_vi, told.label_en, declared.label)
        words = (*words, *in_both(declared.label))  # a file may go on writing the word of before
    tone = told.tone or declared.tone
    return replace(declared, label=label, tone=tone, words=words, is_retired=told.is_retired)


def _ways(option: Option) -> tuple[str, ...]:
    """List the ways in which a file may write an item that went into another one."""
    return (option.code, *option.words, *in_both(option.label))


def in_both(label: Label) -> list[str]:
    """Give a word in both languages."""
    found = []
    for language in ("vi", "en"):
        with override(language):
            found.append(str(label))
    return list(dict.fromkeys(found))
