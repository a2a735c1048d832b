"""Find the records that a link may be set to: by words for a combobox, or by code or name as typed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db.models import F, Func, TextField, Value
from django.db.models.functions import Upper
from django.db.models.lookups import Contains

from duyen.entities.entity import Entity
from duyen.entities.fields import Link, LinkedRecord
from duyen.entities.labels import labels
from duyen.entities.merging.former_codes import behind_former_code
from duyen.entities.registry import entity_named
from duyen.entities.search import search_all
from duyen.entities.values import linkable
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import READ
from duyen.kernel.text import fold

#: Up to so many records of the organisation are offered as one plain list.
FEW = 60


def few_linkable(target: Entity, actor: Actor, *, with_gone: bool = False) -> list[LinkedRecord] | None:
    """List all records that a link may be set to, or nothing when they are too many for one list.

    They stand in the entity's own order, and say of those with one name what tells them apart. `with_gone`
    gives those in the bin too: conditions look for records that still point at them.
    """
    if not target.public_labels:
        return None
    rows = linkable(target, actor, with_gone=with_gone)
    found = _records(target, rows, FEW + 1, order=target.order)
    if len(found) > FEW:
        return None
    return _told_apart(target, found, actor)


def _told_apart(target: Entity, found: list[LinkedRecord], actor: Actor) -> list[LinkedRecord]:
    """Add to records of one name the label of what they belong to; two queries where there are such."""
    named = Counter(each.label for each in found)
    twice = [each.id for each in found if named[each.label] > 1]
    link = target.by_name.get(target.told_apart_by)
    if not isinstance(link, Link) or not twice:
        return found
    held = dict(target.model._default_manager.filter(pk__in=twice).values_list("pk", *link.columns))
    words = labels(actor, entity_named(link.to), set(held.values()))
    return [
        replace(each, label=f"{each.label} · {words[held[each.id]].label}")
        if each.id in held and held[each.id] in words
        else each
        for each in found
    ]


def find_linkable(target: Entity, actor: Actor, words: str, *, limit: int = 12) -> list[LinkedRecord]:
    """Find records that a link may be set to by any part of their name or code, without tone marks.

    Whoever may read the records finds them by whatever else search knows of them, too.
    """
    if target.search and not target.public_labels:
        hits = search_all(words, actor=actor, limit=limit, entities=[target])
        return [LinkedRecord(hit.id, hit.code, hit.label) for hit in hits]
    rows = linkable(target, actor).annotate(folded=_folded(target))
    for word in fold(words).split():
        rows = rows.filter(Contains(F("folded"), Value(word)))
    named = _records(target, rows, limit)
    if named or not target.search or not actor.may(target.name, READ):
        return named
    ids = [hit.id for hit in search_all(words, actor=actor, limit=limit, entities=[target])]
    return _records(target, linkable(target, actor).filter(pk__in=ids), limit)


def typed_linkable(target: Entity, actor: Actor, text: str) -> list[int]:
    """Give the ids of the records whose code or whole name was typed; at most two are looked for."""
    rows = linkable(target, actor)
    if "code" in target.by_name:
        by_code = rows.annotate(shouted=Upper("code")).filter(shouted=text.strip().upper())
        found = list(by_code.order_by("pk").values_list("pk", flat=True)[:2])
        if found:
            return found
        former = behind_former_code(text.strip().upper(), [target], actor)
        if went := [record_id for _entity, record_id, _code, _label in former]:
            return list(linkable(target, actor).filter(pk__in=went).values_list("pk", flat=True))[:2]
    named = find_linkable(target, actor, text, limit=30)
    return [each.id for each in named if fold(each.label) == fold(text)][:2]


def _folded(target: Entity) -> Any:
    return Func(F(_title(target)), function="duyen_fold", output_field=TextField())


def _title(target: Entity) -> str:
    return target.field(target.title).columns[0]


def _records(target: Entity, rows: Any, limit: int, *, order: Sequence[str] = ()) -> list[LinkedRecord]:
    title = target.field(target.title)
    columns: Sequence[str] = ["pk", title.columns[0], *(["code"] if "code" in target.by_name else [])]
    by = order or (title.sort or title.columns[0],)
    ordered = rows.order_by(*by, "pk").values_list(*columns)[:limit]
    return [LinkedRecord(row[0], row[2] if len(row) > 2 else "", row[1]) for row in ordered]
