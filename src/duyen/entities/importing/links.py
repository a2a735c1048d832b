"""Find the records that cells of a file name, a set at a time: by code, tax code, e-mail, name or phone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from duyen.entities.beside import Beside
from duyen.entities.entity import Entity
from duyen.entities.fields import Emails, Link, Phones, Records, TaxCodeField, Text
from duyen.entities.importing.cells import Line
from duyen.entities.registry import all_entities, entity_named
from duyen.entities.values import linkable
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import FieldLevel
from duyen.kernel.emails import EmailError, read_email
from duyen.kernel.errors import FieldProblem
from duyen.kernel.phones import PhoneError, read_phone
from duyen.kernel.tax_codes import TaxCodeError, TaxCodeKind, read_tax_code
from duyen.kernel.text import clean, sort_key

_LONGEST_SHOWN = 60
#: A name that so many records bear is looked at no further.
_MOST_ALIKE = 2_000


def find_links(entity: Entity, actor: Actor, lines: Sequence[Line]) -> None:
    """Put the ids of the records that lines name into their values; who cannot be found becomes a problem.

    Each link takes up to five queries for the whole set. Only what the actor may link to is found, and
    what is found twice is not chosen between.
    """
    for link in (each for each in entity.fields if isinstance(each, Link)):
        naming = [line for line in lines if link.name in line.links]
        if not naming:
            continue
        finder = _Finder(entity_named(link.to), actor)
        found = finder.find({line.links[link.name] for line in naming})
        for line in naming:
            text = line.links[link.name]
            ids = found.get(text, ())
            if len(ids) == 1:
                line.values[link.name] = ids[0]
            else:
                told = _refusal(finder.entity, text, len(ids))
                line.problems.append(FieldProblem(link.name, "link", told))
    _find_records(entity, actor, lines)


def _find_records(entity: Entity, actor: Actor, lines: Sequence[Line]) -> None:
    """Put the records that cells name into fields that hold several: each by its code or name."""
    for field in (each for each in entity.fields if isinstance(each, Records)):
        naming = [line for line in lines if field.name in line.values]
        texts = {text for line in naming for text in _words_of(line.values[field.name])}
        if not texts:
            continue
        kinds = [each for each in all_entities() if each.name in field.to or (not field.to and each.party)]
        found = {kind.name: _Finder(kind, actor).find(texts) for kind in kinds}
        for line in naming:
            line.values[field.name] = [_meant_by(each, found, field, line) for each in _items(line, field)]


def _items(line: Line, field: Records) -> Sequence[object]:
    held = line.values[field.name]
    return held if isinstance(held, (list, tuple)) else [held]


def _words_of(held: object) -> list[str]:
    items = held if isinstance(held, (list, tuple)) else [held]
    return [each for each in items if isinstance(each, str) and ":" not in each]


def _meant_by(
    item: object, found: Mapping[str, Mapping[str, Sequence[int]]], field: Records, line: Line
) -> object:
    """Give one record as the field reads it; a name that means none stays a guest where there may be any."""
    if not isinstance(item, str) or ":" in item:
        return item
    meant = {(kind, ids[0]) for kind, by_text in found.items() if len(ids := by_text.get(item, ())) == 1}
    if len({record_id for _kind, record_id in meant}) == 1:
        kind, record_id = min(meant)
        return record_id if field.to == ("users",) else f"{kind}:{record_id}"
    if not field.takes_guests:
        told = _("Nothing that you may see is called “%(given)s”, or several are. Write the code.")
        told %= {"given": item[:_LONGEST_SHOWN]}
        line.problems.append(FieldProblem(field.name, "link", told))
    return item


def find_beside(beside: Beside, actor: Actor, lines: Sequence[Line]) -> dict[int, int | FieldProblem]:
    """Give, by the place of each line that names one, the record to which it ties, or why it cannot.

    Several cells of a line name one and the same record: what a name leaves open, a code settles.
    """
    naming = {
        place: line.beside[beside.link.name].texts for place, line in enumerate(lines) if _names(beside, line)
    }
    if not naming:
        return {}
    finder = _Finder(entity_named(beside.link.to), actor, beside.reach(actor))
    found = finder.find({text for texts in naming.values() for text in texts})
    return {place: _meant(beside, texts, found) for place, texts in naming.items()}


def _names(beside: Beside, line: Line) -> bool:
    told = line.beside.get(beside.link.name)
    return told is not None and bool(told.texts)


def _meant(beside: Beside, texts: Sequence[str], found: Mapping[str, Sequence[int]]) -> int | FieldProblem:
    name = beside.link.name
    sets = [set(found[text]) for text in texts if found.get(text)]
    if not sets:
        return FieldProblem(name, "link", beside.refusal(texts[0][:_LONGEST_SHOWN]))
    meant = set.intersection(*sets)
    if len(meant) == 1:
        return meant.pop()
    if not meant:
        told = _("“%(given)s” do not name one and the same record. Correct one of them.")
        return FieldProblem(name, "link", told % {"given": "”, “".join(texts)[: 2 * _LONGEST_SHOWN]})
    shown = next(text for text in texts if found.get(text))
    return FieldProblem(name, "link", _several(shown, len(meant)))


def _several(text: str, count: int) -> str:
    words = {"given": text[:_LONGEST_SHOWN], "count": count}
    return _("“%(given)s” is the name of %(count)s records. Write the code of the one you mean.") % words


def _refusal(target: Entity, text: str, count: int) -> str:
    if count:
        return _several(text, count)
    told = _("“%(given)s” is nothing that you can choose here. Write a code, name, phone or e-mail.")
    return told % {"given": text[:_LONGEST_SHOWN]}


class _Finder:
    """Looks for records of one entity, as far as the actor may link to them, or among certain `rows`."""

    def __init__(self, target: Entity, actor: Actor, rows: QuerySet[Any] | None = None) -> None:
        self.entity = target
        self._rows = linkable(target, actor) if rows is None else rows
        self._actor = actor

    def find(self, texts: Iterable[str]) -> Mapping[str, Sequence[int]]:
        """Give the ids behind each text; one way to name a record is tried after the other."""
        found: dict[str, list[int]] = {}
        left = set(texts)
        ways = (self._by_code, self._by_tax_code, self._by_email, self._by_title, self._by_phone)
        for way in ways:
            if not left:
                break
            for text, ids in way(left).items():
                found[text] = sorted(set(ids))
            left -= found.keys()
        return found

    def _is_open(self, name: str) -> bool:
        is_public = self.entity.public_labels
        return is_public or self.entity.level(self._actor, name) is not FieldLevel.HIDDEN

    def _by_code(self, texts: set[str]) -> Mapping[str, Sequence[int]]:
        code = self.entity.by_name.get("code")
        if code is None or not self._is_open(code.name):
            return {}
        return self._by_column(code.columns[0], {text: text.upper() for text in texts})

    def _by_tax_code(self, texts: set[str]) -> Mapping[str, Sequence[int]]:
        """Look for tax codes that stand in the open: those of firms."""
        codes = {text: code for text in texts if (code := _tax_code(text))}
        field = next((each for each in self.entity.fields if isinstance(each, TaxCodeField)), None)
        if not codes or field is None or not self._is_open(field.name):
            return {}
        return self._by_column(field.columns[0], codes)

    def _by_title(self, texts: set[str]) -> Mapping[str, Sequence[int]]:
        """Look for whole names; marks count, capitals do not where the names have a key of their own."""
        title = self.entity.field(self.entity.title)
        if not self._is_open(title.name):
            return {}
        if isinstance(title, Text) and title.sort:
            return self._by_column(title.sort, {text: sort_key(clean(text)) for text in texts})
        return self._by_column(title.columns[0], {text: clean(text) for text in texts})

    def _by_column(self, column: str, wanted: Mapping[str, str]) -> Mapping[str, Sequence[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        rows = self._rows.filter(**{f"{column}__in": set(wanted.values())})
        for row_id, value in rows.order_by("pk").values_list("pk", column)[:_MOST_ALIKE]:
            found[value].append(row_id)
        return {text: found[key] for text, key in wanted.items() if key in found}

    def _by_email(self, texts: set[str]) -> Mapping[str, Sequence[int]]:
        mails = {text: mail for text in texts if "@" in text and (mail := _email(text))}
        if not mails:
            return {}
        for each in self.entity.fields:
            if not self._is_open(each.name):
                continue
            if isinstance(each, Emails):
                return self._by_array(each.columns[0], mails)
            if each.name == "email":
                found: dict[str, list[int]] = defaultdict(list)
                rows = self._rows.annotate(_mail=Lower(each.columns[0]))
                rows = rows.filter(_mail__in={mail.lower() for mail in mails.values()})
                for row_id, mail in rows.order_by("pk").values_list("pk", "_mail"):
                    found[mail].append(row_id)
                return {text: found[mail.lower()] for text, mail in mails.items() if mail.lower() in found}
        return {}

    def _by_phone(self, texts: set[str]) -> Mapping[str, Sequence[int]]:
        phones = {text: phone for text in texts if (phone := _phone(text))}
        field = next((each for each in self.entity.fields if isinstance(each, Phones)), None)
        if not phones or field is None or not self._is_open(field.name):
            return {}
        return self._by_array(field.columns[0], phones)

    def _by_array(self, column: str, wanted: Mapping[str, str]) -> Mapping[str, Sequence[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        rows = self._rows.filter(Q(**{f"{column}__overlap": sorted(set(wanted.values()))}))
        for row_id, values in rows.order_by("pk").values_list("pk", column)[:_MOST_ALIKE]:
            for value in values:
                found[value].append(row_id)
        return {text: found[value] for text, value in wanted.items() if value in found}


def _tax_code(text: str) -> str | None:
    try:
        found = read_tax_code(text)
    except TaxCodeError:
        return None
    return None if found.kind is TaxCodeKind.PERSONAL else found.value


def _phone(text: str) -> Any:
    try:
        return read_phone(text).e164
    except PhoneError:
        return None


def _email(text: str) -> Any:
    try:
        return read_email(text)
    except EmailError:
        return None
