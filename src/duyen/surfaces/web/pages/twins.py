"""Likely duplicates in words, and what of them a form has shown before its record is made."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from duyen.entities.entity import Entity
from duyen.entities.fields import Field, Label
from duyen.entities.merging.apart import never_one
from duyen.entities.registry import entity_named
from duyen.entities.standard import stored
from duyen.entities.twins.finding import find_duplicates, find_like
from duyen.entities.twins.likeness import Likeness
from duyen.entities.values import read_fields
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE, DELETE
from duyen.kernel.errors import DomainError
from duyen.surfaces.web.pages.addresses import list_url, record_url

#: What a form sends back of the proposals that stood beside it.
SEEN = "twin"
#: So many of them stand in the foot of a form; the rest is counted.
_FIRST = 3


class LikelyDuplicates(DomainError):
    """A new record is like others that its maker was not shown yet."""

    code = "likely_duplicate"

    def __init__(self, found: Sequence[Likeness]) -> None:
        super().__init__()
        self.found = found


@dataclass(frozen=True)
class Proposal:
    """One record as a page proposes it: who it is and why, or of a closed one its unit and whom to ask."""

    mark: str
    is_open: bool
    is_likely: bool
    label: str
    code: str
    kind: Label
    url: str
    reasons: Sequence[str]
    unit: str
    ask: str
    merge_url: str = ""


def proposals(entity: Entity, found: Sequence[Likeness]) -> list[Proposal]:
    """Put proposals into words."""
    return [_proposal(entity, each) for each in found]


def mergeable_with(entity: Entity, actor: Actor, record_id: int, told: Sequence[Proposal]) -> list[Proposal]:
    """Lead from the open proposals of a record to the page that merges both.

    To whoever may change one and let the other go; the page says what else stands against it. Two that can
    never be one, such as a person and an organisation, are told without that way.
    """
    if not (entity.has_bin and actor.may(entity.name, CHANGE) and actor.may(entity.name, DELETE)):
        return list(told)
    at = f"{list_url(entity)}/merge?ids={record_id}"
    apart = never_one(entity, record_id, [int(each.mark) for each in told if each.url])
    return [
        replace(each, merge_url=f"{at},{each.mark}") if each.url and int(each.mark) not in apart else each
        for each in told
    ]


def _proposal(entity: Entity, each: Likeness) -> Proposal:
    opener = entity_named(each.entity) if each.entity else None
    return Proposal(
        mark=mark_of(each),
        is_open=each.is_open,
        is_likely=each.is_likely and each.is_open,
        label=each.label,
        code=each.code,
        kind=opener.label if opener is not None and opener is not entity else "",
        url=record_url(opener, each.id) if opener is not None and each.id else "",
        reasons=_reasons(entity, each),
        unit=each.unit,
        ask=each.ask,
    )


def _reasons(entity: Entity, each: Likeness) -> list[str]:
    """Say why, in words: «Same phone 0912 345 678»."""
    told_by = entity_named(entity.meant.keys_of) if entity.meant else entity
    keys = told_by.duplicates.by_code if told_by.duplicates else {}
    told = [
        " ".join([str(keys[code].label), each.shown.get(code, "")]).strip()
        for code in each.reasons
        if code in keys
    ]
    return [*told, *([_("Similar name")] if len(told) < len(each.reasons) else [])]


def mark_of(each: Likeness) -> str:
    """Give the word by which a form tells that it showed a proposal; of a closed one it tells no id."""
    if each.id is not None:
        return str(each.id)
    return "x" + hashlib.sha256(f"{each.unit}|{each.ask}".encode()).hexdigest()[:16]


def refuse_unseen(
    entity: Entity, actor: Actor, fields: Sequence[Field], raw: Mapping[str, object], *, seen: QueryDict
) -> None:
    """Let a form that is sent without having shown its likely duplicates come back once.

    Raises LikelyDuplicates.
    """
    found = like_form(entity, actor, fields, raw)
    shown = set(seen.getlist(SEEN))
    if any(mark_of(each) not in shown for each in found):
        raise LikelyDuplicates(found)


def like_form(
    entity: Entity,
    actor: Actor,
    fields: Sequence[Field],
    raw: Mapping[str, object],
    *,
    row: Mapping[str, Any] | None = None,
) -> list[Likeness]:
    """Find what is like a form; what cannot be read has no say, what it leaves out stays as in `row`."""
    if not proposes(entity, is_new=row is None):
        return []
    values, _problems = read_fields(fields, raw)
    if entity.meant is not None:
        return list(entity.meant.find(actor, stored(entity, values)))
    if row is None:
        return find_duplicates(entity, actor=actor, rows=[values])[0]
    columns = dict(row)
    for name, value in values.items():
        columns.update(entity.field(name).store(value))
    return find_like(entity, actor=actor, given=[columns], leave_out=[int(row["id"])])[0]


def proposes(entity: Entity, *, is_new: bool) -> bool:
    """Tell whether the form of a record proposes others that may be the same."""
    return entity.duplicates is not None or (is_new and entity.meant is not None)


def like_record(entity: Entity, actor: Actor, row: Mapping[str, Any]) -> list[Likeness]:
    """Find what is like a record, given by its columns."""
    return find_like(entity, actor=actor, given=[row], leave_out=[int(row["id"])])[0]


def likely_open(found: Collection[Likeness]) -> list[Likeness]:
    """Keep what is likely a duplicate and open to the reader."""
    return [each for each in found if each.is_likely and each.is_open]


def _once(found: Sequence[Likeness]) -> list[Likeness]:
    """Tell once of closed records in one unit that lead to the same person: their lines would read alike."""
    kept: dict[str, Likeness] = {}
    for each in found:
        kept.setdefault(mark_of(each), each)
    return list(kept.values())


def form_box(
    entity: Entity, found: Sequence[Likeness], *, is_new: bool, asks: bool = False
) -> dict[str, Any]:
    """Give what the box beside a form shows; with `asks` it came instead of a record."""
    told = proposals(entity, _once(found))
    return {
        "proposals": told,
        "some_open": any(each.is_open for each in found),
        "first_proposals": told[:_FIRST],
        "more_proposals": max(len(told) - _FIRST, 0),
        "twins_are_new": is_new,
        "twins_ask": asks,
        "seen_name": SEEN,
    }
