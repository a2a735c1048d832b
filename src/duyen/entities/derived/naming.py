"""Which field a name in brackets means: by the words that people see, or by the name that never changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _

from duyen.entities.custom.kinds import OwnDecimal
from duyen.entities.derived.language import rewritten
from duyen.entities.derived.typing import Found, Input, NotFoundHere, Type
from duyen.entities.entity import Entity
from duyen.entities.fields import Choice, Day, Field, Flag, Link, Moment, Score, Text, Whole
from duyen.entities.fields.options import Held, in_both
from duyen.entities.registry import all_entities
from duyen.kernel.text import fold

#: Columns of which the trail tells nothing: what is reckoned from them could not follow.
UNTOLD = frozenset({"version", "completeness", "updated_at", "updated_by_id"})


def type_of(field: Field) -> Type | None:
    """Tell what a formula takes a field for; nothing where none can follow it."""
    if isinstance(field, Score) or UNTOLD & set(field.columns) or field.columns[0].startswith("~"):
        return None
    kinds: tuple[tuple[type | tuple[type, ...], Type], ...] = (
        (Flag, Type.FLAG),
        ((Whole, OwnDecimal), Type.NUMBER),
        ((Day, Moment), Type.DAY),
        (Text, Type.TEXT),
    )
    if isinstance(field, Choice):
        return Type.CHOICE if isinstance(getattr(field, "held", None), Held) else Type.OPAQUE
    return next((type_ for kind, type_ in kinds if isinstance(field, kind)), Type.OPAQUE)


@dataclass(frozen=True)
class Naming:
    """The fields that a formula can name: those of one kind of record, and those behind its links."""

    fields: Mapping[str, Field]
    #: By the name of a link the fields of what it leads to.
    far: Mapping[str, Mapping[str, Field]]

    def find(self, told: str) -> Found:
        """Give the field that stands in brackets. Raises NotFoundHere."""
        here = self._meant(self._words, self.fields, told)
        if here is not None:
            return _found(self.fields[here], "")
        for left, right in _splits(told):
            link = self._meant(self._words, self.far, left)
            if link is None:
                continue
            fields = self.far[link]
            name = self._meant(_words_of(fields), fields, right)
            if name is not None:
                return _found(fields[name], link)
        sentence = _("There is no field “%(name)s” here. Choose one from the list of fields.")
        raise NotFoundHere("unknown_field", sentence % {"name": told})

    def field_of(self, told: Input) -> Field | None:
        """Give the field behind a name that was found earlier; none where it is gone."""
        fields = self.far.get(told.link, {}) if told.link else self.fields
        return fields.get(told.name)

    @cached_property
    def _words(self) -> Mapping[str, tuple[str, ...]]:
        return _words_of(self.fields)

    @staticmethod
    def _meant(words: Mapping[str, tuple[str, ...]], among: Iterable[str], told: str) -> str | None:
        """Find by the name, then by the words as written, then without marks. Raises NotFoundHere."""
        known = set(among)
        if told in known:
            return told
        for plain in (str.casefold, fold):
            meant = [
                name
                for name in words
                if name in known and plain(told) in {plain(each) for each in words[name]}
            ]
            if len(meant) == 1:
                return meant[0]
            if meant:
                sentence = _("Several fields are called “%(name)s”. Write the one you mean as %(names)s.")
                names = ", ".join(f"[{each}]" for each in meant)
                raise NotFoundHere("several", sentence % {"name": told, "names": names})
        return None

    def written(self, source: str) -> str:
        """Give a kept formula as people see it: with the words of today."""
        return rewritten(source, self._shown)

    def kept(self, source: str) -> str:
        """Give a formula as it is kept: with names that never change. Raises NotFoundHere."""
        return rewritten(source, lambda told: self.find(told.strip()).input.path)

    def _shown(self, path: str) -> str:
        try:
            found = self.find(path).input
            field = self.field_of(found)
            words = str(field.label) if field else path
            if found.link:
                words = f"{self.fields[found.link].label}.{words}"
            if not set("[]") & set(words) and self.find(words).input == found:
                return words
        except NotFoundHere:
            return path
        return path


def naming_of(entity: Entity) -> Naming:
    """Give the names for formulas over records of an entity, as it is now."""
    return naming_over(entity.by_name)


def naming_over(fields: Mapping[str, Field]) -> Naming:
    """Give the names for formulas over rows with these fields."""
    known = {each.name: each for each in all_entities()}
    links = (each for each in fields.values() if isinstance(each, Link) and each.to in known)
    far = {each.name: known[each.to].by_name for each in links}
    return Naming(fields, far)


def offered(naming: Naming) -> list[tuple[str, str, Field]]:
    """List what a formula can name: the words for it, its name, and the field; those behind links last."""
    here = [(name, field) for name, field in naming.fields.items() if type_of(field) is not None]
    far = [
        (f"{link}.{name}", field)
        for link, fields in naming.far.items()
        for name, field in fields.items()
        if type_of(field) not in (None, Type.OPAQUE)
    ]
    return [(naming.written(f"[{path}]"), path, field) for path, field in (*here, *far)]


def _found(field: Field, link: str) -> Found:
    type_ = type_of(field)
    if type_ is None:
        sentence = _("“%(name)s” changes by itself or with every write, so no formula can follow it.")
        raise NotFoundHere("untold", sentence % {"name": field.label})
    codes: dict[str, str] = {}
    words: tuple[str, ...] = ()
    if type_ is Type.CHOICE:
        held: Held = field.held  # type: ignore[attr-defined] # of choices
        for each in held.options:
            codes |= {word.casefold(): each.code for word in in_both(each.label)}
        codes |= {each.code.casefold(): each.code for each in held.options}
        words = tuple(str(each.label) for each in held.options)
    return Found(Input(field.name, link), type_, codes, words)


def _splits(told: str) -> list[tuple[str, str]]:
    """Divide at each dot: the words of a field may have dots themselves."""
    places = [place for place, sign in enumerate(told) if sign == "."]
    return [(told[:place].strip(), told[place + 1 :].strip()) for place in places]


def _words_of(fields: Mapping[str, Field]) -> Mapping[str, tuple[str, ...]]:
    return {name: tuple(in_both(field.label)) for name, field in fields.items()}
