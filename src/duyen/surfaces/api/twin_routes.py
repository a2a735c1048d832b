"""The calls that tell of likely duplicates: of values before a record is made of them, and of a record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Path, Router, Schema
from pydantic import Field as Described

from duyen.entities.entity import Entity
from duyen.entities.errors import InvalidValues, NotAllowed, NotFound
from duyen.entities.twins.finding import find_duplicates, find_like
from duyen.entities.twins.likeness import Likeness
from duyen.entities.values import read_fields
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CREATE
from duyen.surfaces.api.calls import actor_of, answer, refuse_unknown_arguments
from duyen.surfaces.api.entity_routes import taking
from duyen.surfaces.api.own_fields import flat
from duyen.surfaces.api.schemas import LARGEST_ID, EntitySchemas

RecordId = Annotated[int, Path(ge=1, le=LARGEST_ID)]


class TwinOut(Schema):
    """A record that may be the same; one out of sight tells its unit and whom to ask."""

    id: int | None
    entity: str | None
    code: str
    label: str
    reasons: Annotated[
        list[str], Described(description="Why, the strongest first; name: the names are alike")
    ]
    likely: Annotated[
        bool | None, Described(description="false: a family or a branch may share what they share")
    ]
    unit: str
    ask: str


class TwinsOut(Schema):
    """What may be the same, the best first."""

    items: list[TwinOut]


def add_twins(entity: Entity, schemas: EntitySchemas, router: Router, *, one: str) -> None:
    """Add both calls for an entity that declares by what its records may be one."""
    if entity.duplicates is None:
        return
    router.post(
        f"/{entity.name}/duplicates",
        response=TwinsOut,
        operation_id=f"find_duplicates_of_{entity.name}",
        summary=f"Tell which of {entity.name} may be the same as these values",
        tags=[entity.name],
    )(taking(_of_values(entity), schemas.change))
    router.get(
        f"/{entity.name}/{{int:id}}/duplicates",
        response=TwinsOut,
        operation_id=f"read_duplicates_of_{one}",
        summary=f"Tell which of {entity.name} may be the same as one of them",
        tags=[entity.name],
    )(_of_record(entity))


def _of_values(entity: Entity) -> Any:
    def view(request: HttpRequest, body: Any) -> HttpResponse:
        refuse_unknown_arguments(request, frozenset())
        actor = actor_of(request)
        if not actor.may(entity.name, CREATE):
            raise NotAllowed(why=_("creating this kind of record is not among your rights."))
        values, problems = _read(entity, actor, body.model_dump(exclude_unset=True))
        if problems:
            raise InvalidValues(problems)
        return answer({"items": _shown(find_duplicates(entity, actor=actor, rows=[values])[0])})

    return view


def _read(entity: Entity, actor: Actor, given: dict[str, Any]) -> Any:
    given.pop("version", None)
    return read_fields(entity.writable(actor), flat(given))


def _of_record(entity: Entity) -> Any:
    def view(request: HttpRequest, id: RecordId) -> HttpResponse:
        refuse_unknown_arguments(request, frozenset())
        actor = actor_of(request)
        row = entity.rows(actor).filter(pk=id).values(*entity.columns).order_by("pk").first()
        if row is None:
            raise NotFound
        entity.unfold(row)
        return answer({"items": _shown(find_like(entity, actor=actor, given=[row], leave_out=[id])[0])})

    return view


def _shown(found: Sequence[Likeness]) -> list[dict[str, Any]]:
    return [
        {
            "id": each.id,
            "entity": each.entity or None,
            "code": each.code,
            "label": each.label,
            "reasons": list(each.reasons),
            "likely": each.is_likely if each.is_open else None,
            "unit": each.unit,
            "ask": each.ask,
        }
        for each in found
    ]
