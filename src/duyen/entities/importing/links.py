"""Find the records that the cells of a file name: by code, then by name, phone or e-mail; a set at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from duyen.entities.entity import Entity
from duyen.entities.fields import Emails, Link, Phones, Text
from duyen.entities.importing.cells import Line
from duyen.entities.registry import entity_named
from duyen.entities.values import linkable
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import FieldLevel
from duyen.kernel.emails import EmailError, read_email
from duyen.kernel.errors import FieldProblem
from duyen.kernel.phones import PhoneError, read_phone
from duyen.kernel.text import clean, sort_key

_LONGEST_SHOWN = 60
#: A name that so many records bear is looked at no further.
_MOST_ALIKE = 2_000


def find_links(entity: Entity, actor: Actor, lines: Sequence[Line]) -> None:
    """Put the ids of the records that lines name into their values; who cannot be found becomes a problem.

    Each link takes up to four queries for the whole set. Only what the actor may link to is found, and
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


def _refusal(target: Entity, text: str, count: int) -> str:
    words = {"given": text[:_LONGEST_SHOWN], "count": count}
    if count:
        return _("“%(given)s” is the name of %(count)s records. Write the code of the one you mean.") % words
    return _("“%(given)s” is nothing that you can choose here. Write a code, name, phone or e-mail.") % words


class _Finder:
    """Looks for records of one entity, as far as the actor may link to them."""

    def __init__(self, target: Entity, actor: Actor) -> None:
        self.entity = target
        self._rows = linkable(target, actor)
        self._actor = actor

    def find(self, texts: Iterable[str]) -> Mapping[str, Sequence[int]]:
        """Give the ids behind each text; one way to name a record is tried after the other."""
        found: dict[str, list[int]] = {}
        left = set(texts)
        for way in (self._by_code, self._by_email, self._by_title, self._by_phone):
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
