"""All that hangs on the records of a family: found from the registry, told where it must be, checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.translation import gettext_lazy as _

from duyen.entities.entity import Entity
from duyen.entities.fields import Link
from duyen.entities.merging.declared import GivesWay, Hanging, Row, Same
from duyen.entities.merging.own_links import own_links
from duyen.entities.models import ApprovalRequest, Erasure, RecentRecord
from duyen.entities.registry import BadDeclaration, all_entities
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE, DELETE, SHARE
from duyen.foundation.audit.models import History
from duyen.foundation.files.models import File, FileVersion
from duyen.foundation.notices.models import Notice
from duyen.foundation.shares.models import Share
from duyen.foundation.watching.models import Watch
from duyen.foundation.webhooks.models import Delivery

_told: dict[str, list[Hanging]] = {}
_by_name: list[Hanging] = []
#: Tables of (entity, id) that no merge moves: the trail and what people were told stay as they were
#: written, a way back is added to, and what somebody asked about one record nobody granted for another.
_LEFT: tuple[type[models.Model], ...] = (History, RecentRecord, Notice, Delivery, ApprovalRequest, Erasure)


def hang(family: str, *hangings: Hanging) -> None:
    """Say what hangs on the records of a family by a foreign key."""
    _told.setdefault(family, []).extend(hangings)


def hang_by_name(*hangings: Hanging) -> None:
    """Say which tables hang on records of any entity, by its name and the record's id."""
    _by_name.extend(hangings)


def _of_two_shares(kept: Row, dropped: Row) -> Mapping[str, Any]:
    """Open a record as far and as long as the wider of two shares with one person."""
    later = (
        None if None in (kept["until"], dropped["until"]) else max(str(kept["until"]), str(dropped["until"]))
    )
    return {"may_change": bool(kept["may_change"] or dropped["may_change"]), "until": later}


hang_by_name(
    Hanging(
        Share,
        ("record_id",),
        _("Shares"),
        named="entity",
        same=[Same(("entity", "record_id", "user_id"), absorb=_of_two_shares)],
        # Whoever merges opens a record to nobody to whom she could not open it otherwise.
        needs=SHARE,
    ),
    # Each watches for herself, and sees of the record that stays no more than she may.
    Hanging(
        Watch,
        ("record_id",),
        _("Watches"),
        named="entity",
        same=[Same(("entity", "record_id", "user_id"))],
        is_told=False,
    ),
    Hanging(File, ("record_id",), _("Files"), named="entity"),
    Hanging(FileVersion, ("record_id",), _("Versions of files"), named="entity", is_told=False),
)


def mergeable(entity: Entity) -> bool:
    """Tell whether records of an entity can be merged: those that a bin keeps."""
    return entity.has_bin and entity.has_owner and entity.merging is not None


def may_merge_some(entity: Entity, actor: Actor) -> bool:
    """Tell whether the actor may merge any records of an entity."""
    return mergeable(entity) and actor.may(entity.name, CHANGE) and actor.may(entity.name, DELETE)


def hangings_of(entity: Entity) -> list[Hanging]:
    """List all that hangs on the records of an entity's family, links in own fields of the company too."""
    return [*_declared(entity), *own_links(entity)]


def settle_hanging(entity: Entity, ids: Sequence[int]) -> None:
    """Let follow what depends on the rows that hang on these records."""
    names = [each.name for each in (entity, *entity.relatives)]
    for each in hangings_of(entity):
        each.settle(names, ids)


def _declared(entity: Entity) -> list[Hanging]:
    told = [*_told.get(entity.family, ()), *_by_name]
    known = {(each.model, column) for each in told for column in each.columns}
    return [*told, *(each for each in _linked(entity) if (each.model, each.columns[0]) not in known)]


def _linked(entity: Entity) -> Iterator[Hanging]:
    """Give the links that declared entities have to this family, each column once."""
    names = {each.name for each in (entity, *entity.relatives)}
    seen = set()
    for other in all_entities():
        declared = (each for each in other.declared.fields if isinstance(each, Link))
        for field in (each for each in declared if each.to in names):
            place = (other.model, field.columns[0])
            if place not in seen:
                seen.add(place)
                yield Hanging(other.model, (field.columns[0],), other.labels)


def check() -> None:
    """Check that a merge would forget nothing that hangs on a record. Raises BadDeclaration."""
    for entity in (each for each in all_entities() if mergeable(each)):
        known = {(each.model, column) for each in _declared(entity) for column in each.columns}
        for model, column in foreign_keys_to(entity.model):
            if (model, column) not in known:
                raise BadDeclaration(
                    f"{model.__name__}.{column} points at {entity.family}, and no merge moves it: "
                    f"say so by merging.hangings.hang({entity.family!r}, Hanging(…))"
                )
        told = [each for each in _declared(entity) if not each.named]
        for each in told:
            _check_uniques(each)
    known_by_name = {each.model for each in _by_name} | set(_LEFT)
    for model in named_tables():
        if model not in known_by_name:
            raise BadDeclaration(
                f"{model.__name__} keeps records by (entity, record_id), and no merge moves it"
            )


def _check_uniques(hanging: Hanging) -> None:
    """See that each uniqueness over a moved column is one that the declaration knows to keep."""
    kept: tuple[Same | GivesWay, ...] = (*hanging.same, *hanging.gives_way)
    handled = {frozenset(each.columns) for each in kept}
    columns = {each.name: each.column for each in hanging.model._meta.concrete_fields}
    for constraint in hanging.model._meta.constraints:
        if not isinstance(constraint, models.UniqueConstraint):
            continue
        held = frozenset(columns[each] for each in constraint.fields)
        if held & set(hanging.columns) and held not in handled:
            raise BadDeclaration(
                f"{hanging.model.__name__}: a merge could break {constraint.name}; "
                "say in its Hanging which rows are the same, or which gives way"
            )


def foreign_keys_to(model: type[models.Model]) -> list[tuple[type[models.Model], str]]:
    """List every foreign key that points at a table, by the model and the column that holds it."""
    return [
        (other, str(field.column))
        for other in apps.get_models(include_auto_created=True)
        for field in other._meta.concrete_fields
        if field.is_relation and field.related_model is model
    ]


def named_tables() -> list[type[models.Model]]:
    """List the tables that keep something by an entity's name and a record's id."""
    return [
        model
        for model in apps.get_models()
        if {"entity", "record_id"} <= {each.column for each in model._meta.concrete_fields}
    ]
