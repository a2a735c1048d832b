"""What is to be carried out: which list, which rows, which columns, in which order, for what purpose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from duyen.entities.beside import shown_fields
from duyen.entities.entity import Entity
from duyen.entities.errors import BadRequest, InvalidValues, NotAllowed, NotFound
from duyen.entities.fields import Field
from duyen.entities.paging import View, conditions
from duyen.entities.registry import entity_named
from duyen.entities.sorting import Order, read_orders
from duyen.entities.sql import Sql, all_of
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import EXPORT, READ
from duyen.foundation.audit.trail import OnlyLooking
from duyen.kernel.errors import FieldProblem
from duyen.kernel.text import clean

CSV, XLSX = "csv", "xlsx"
FORMATS = (CSV, XLSX)
LONGEST_PURPOSE = 300
MOST_CHOSEN = 10_000
_MOST_COLUMNS = 200


@dataclass(frozen=True)
class Asked:
    """One export as it was asked for; everything is kept by name, so that a job can take it up later.

    `ids` are the chosen rows; none means all that the view shows. No `columns` means those of the list.
    """

    entity: str
    listing: str = ""
    view: View = field(default_factory=View)
    columns: tuple[str, ...] = ()
    ids: tuple[int, ...] | None = None
    format: str = CSV
    purpose: str = ""

    def as_json(self) -> dict[str, Any]:
        """Give what a job keeps of it."""
        view = self.view
        return {
            "entity": self.entity,
            "listing": self.listing,
            "view": {"q": view.q, "filter": view.filter, "sort": view.sort, "deleted": view.deleted},
            "columns": list(self.columns),
            "ids": None if self.ids is None else list(self.ids),
            "format": self.format,
            "purpose": self.purpose,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Asked:
        """Read what `as_json` gave."""
        ids = kept["ids"]
        return cls(
            entity=kept["entity"],
            listing=kept["listing"],
            view=View(**kept["view"]),
            columns=tuple(kept["columns"]),
            ids=None if ids is None else tuple(ids),
            format=kept["format"],
            purpose=kept["purpose"],
        )


@dataclass(frozen=True)
class Export:
    """An export that the actor may take: what was asked, with everything found behind its names."""

    asked: Asked
    actor: Actor
    entity: Entity
    fields: Sequence[Field]
    orders: Sequence[Order]
    where: Sql


def read_purpose(text: str) -> str:
    """Read what a file is for. Raises InvalidValues where nothing is said."""
    said = clean(text)[:LONGEST_PURPOSE]
    if not said:
        sentence = _("Say what the file is for. It stands in the trail beside your name.")
        raise InvalidValues([FieldProblem("purpose", "required", sentence)])
    return said


def with_purpose(asked: Asked) -> Asked:
    """Give what was asked with its purpose as it is kept. Raises InvalidValues."""
    return replace(asked, purpose=read_purpose(asked.purpose))


def judge(asked: Asked, *, actor: Actor) -> Export:
    """Find out what an export holds: rows that the actor may read and export, fields that she may read.

    Raises NotFound, NotAllowed, OnlyLooking or BadRequest.
    """
    try:
        entity = entity_named(asked.entity)
    except KeyError as error:
        raise NotFound from error
    refuse_without_right(entity, actor)
    if asked.format not in FORMATS:
        raise BadRequest(argument="format", what=_("a file is written as csv or xlsx."))
    if asked.ids is not None and not 0 < len(asked.ids) <= MOST_CHOSEN:
        told = _("choose between 1 and %(most)s rows, or take all that a filter shows.")
        raise BadRequest(argument="ids", what=told % {"most": MOST_CHOSEN})
    listing = entity.listing(asked.listing)
    orders = read_orders(entity, listing, actor, asked.view.sort)
    names = asked.columns or (entity.title, *(each for each in listing.columns if each != entity.title))
    fields = _fields(entity, actor, names, is_chosen=bool(asked.columns))
    return Export(asked, actor, entity, fields, orders, _where(entity, actor, asked))


def refuse_without_right(entity: Entity, actor: Actor) -> None:
    """Raise NotFound for what the actor may not read, NotAllowed without the right to export it."""
    if actor.is_looking:
        raise OnlyLooking(name=actor.name)
    if not actor.may(entity.name, READ):
        raise NotFound
    if not actor.may(entity.name, EXPORT):
        raise NotAllowed(why=_("exporting this kind of record is a right of its own."))


def _fields(entity: Entity, actor: Actor, names: Sequence[str], *, is_chosen: bool) -> list[Field]:
    """Give the fields behind names. Raises BadRequest for one that is not there or not open to the actor.

    A list as it is declared leaves out what its reader may not see; a choice that names it is refused.
    """
    if len(names) > _MOST_COLUMNS:
        what = _("a file has at most %(most)s columns.") % {"most": _MOST_COLUMNS}
        raise BadRequest(argument="columns", what=what)
    found = []
    shown = shown_fields(entity, actor)
    for name in dict.fromkeys(names):
        if name in shown:
            found.append(shown[name])
        elif is_chosen:
            what = _("there is no field “%(field)s”.") % {"field": name[:60]}
            raise BadRequest(argument="columns", what=what)
    return found


def _where(entity: Entity, actor: Actor, asked: Asked) -> Sql:
    """Say which rows: inside both rights, and chosen by id or by the filter. Raises BadRequest."""
    inside = [entity.scope.as_sql(actor.scope(entity.name, verb), "t", verb) for verb in (READ, EXPORT)]
    view = View(deleted=asked.view.deleted) if asked.ids is not None else asked.view
    chosen = [Sql("t.id = ANY(%s)", (sorted(set(asked.ids)),))] if asked.ids is not None else []
    return all_of([*chosen, *inside, conditions(entity, actor, view).whole])
